package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.neo4j.driver.Record;
import org.neo4j.driver.exceptions.Neo4jException;

/** Models that differ by their seed alone and answer together. */
final class EnsembleIT {
    private static final String TRAINING =
            "heldOutFraction: 0.0, maxEpochs: 20, optimizer: 'SGD', learningRate: 0.02, initialScale: 0.5, embeddingDimension: 6, negativeSamples: 5";
    private static final String DORA = "MATCH (dora {name: 'dora'}), (germany {name: 'Germany'}) ";
    private static final String LINK = "source: dora, type: 'CITIZEN_OF', target: germany";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    private void train(String name, String configuration) {
        server.run("CALL whylink.train('%s', {%s})".formatted(name, configuration));
    }

    private List<Record> scores(String model) {
        return server.run(
                "MATCH (dora {name: 'dora'}) CALL whylink.predict.targets('%s', {source: dora, type: 'CITIZEN_OF', topK: 100, includeKnown: true}) YIELD target, score, probability RETURN target.name AS target, score, probability ORDER BY target"
                        .formatted(model));
    }

    private List<Record> explain(String how) {
        return server.run(DORA
                + "CALL whylink.explain('all', {%s, %s}) YIELD type, source, influence, spread, verified, probability RETURN type, source.name AS source, influence, spread, verified, probability"
                        .formatted(LINK, how));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DistMult", "ComplEx", "TransE-L1", "SimplE", "CP"})
    void itsScoreIsTheMeanOfItsMembersScores(String scoringFunction) {
        String how = TRAINING + ", scoringFunction: '%s'".formatted(scoringFunction);
        train("all", how + ", ensembleSize: 3, randomSeed: 5");
        for (int m = 0; m < 3; m++) {
            train("m" + m, how + ", randomSeed: " + (5 + m));
        }
        List<Record> mean = scores("all");
        List<List<Record>> members = List.of(scores("m0"), scores("m1"), scores("m2"));
        double sum = 0;
        for (int i = 0; i < mean.size(); i++) {
            double expected = 0;
            for (List<Record> member : members) {
                expected += member.get(i).get("score").asDouble() / 3;
            }
            assertEquals(expected, mean.get(i).get("score").asDouble(), 1e-5);
            sum += mean.get(i).get("probability").asDouble();
        }
        assertTrue(mean.size() > 10);
        assertTrue(sum <= 1 + 1e-9, "probabilities of the ensemble, without dora herself: " + sum);
    }

    @Test
    void anAnswerSaysHowManyMembersHaveItAsTheirOwnBest() {
        train("all", TRAINING + ", ensembleSize: 3, randomSeed: 5");
        for (int m = 0; m < 3; m++) {
            train("m" + m, TRAINING + ", randomSeed: " + (5 + m));
        }
        List<Integer> counts = new ArrayList<>();
        for (String ask :
                List.of("targets('%s', {source: n, type: 'KNOWS'", "sources('%s', {target: n, type: 'KNOWS'")) {
            String query = "MATCH (n:Person) WHERE n.whylink_all IS NOT NULL CALL whylink.predict." + ask
                    + ", topK: %d}) YIELD rank, source, target, members RETURN source.name AS source, target.name AS target, members, rank";
            List<String> best = new ArrayList<>();
            for (int m = 0; m < 3; m++) {
                for (Record row : server.run(query.formatted("m" + m, 1))) {
                    assertTrue(row.get("members").isNull(), "one model");
                    best.add(row.get("source").asString() + row.get("target").asString());
                }
            }
            int sum = 0;
            for (Record row : server.run(query.formatted("all", 1000))) {
                String link = row.get("source").asString() + row.get("target").asString();
                assertEquals(
                        Collections.frequency(best, link), row.get("members").asInt(), link);
                counts.add(row.get("members").asInt());
                sum += row.get("members").asInt();
            }
            assertEquals(best.size(), sum, "every member has one best answer");
        }
        assertTrue(counts.contains(1) && counts.contains(2), "they neither agree always nor never: " + counts);
        Record explained = server.one(DORA
                + "CALL whylink.explain('all', {%s, topK: 1}) YIELD members CALL whylink.explain.graph('all', {%s, topK: 1}) YIELD members AS drawn CALL whylink.predict.targets('all', {source: dora, type: 'CITIZEN_OF', topK: 100}) YIELD target, members AS predicted WITH * WHERE target = germany RETURN members, drawn, predicted"
                        .formatted(LINK, LINK));
        assertEquals(explained.get("predicted"), explained.get("members"));
        assertEquals(explained.get("predicted"), explained.get("drawn"));
    }

    @Test
    void itIsExplainedByTheMeanInfluenceAndItsSpread() {
        train("all", TRAINING + ", ensembleSize: 4");
        List<Record> replayed = explain("tier: 'replay', topK: 100");
        assertTrue(replayed.size() > 10 && replayed.size() < SmallGraphs.TOWNS_FACTS, "facts that share a row");
        assertTrue(replayed.stream().anyMatch(row -> row.get("spread").asDouble() > 0));
        List<Record> walked = explain("method: 'unrolled', topK: 100");
        assertEquals(SmallGraphs.TOWNS_FACTS, walked.size());
        assertTrue(walked.stream().anyMatch(row -> row.get("spread").asDouble() > 0));
        List<Record> fast = explain("topK: 100");
        assertFalse(fast.isEmpty());
        assertTrue(fast.stream().allMatch(row -> row.get("spread").isNull()));
    }

    @Test
    void verifyingTrainsAllMembersAgain() {
        train("all", TRAINING + ", ensembleSize: 3");
        Record first = explain("tier: 'verify', topK: 1").get(0);
        server.run("MATCH ({name: '%s'})-[fact:%s]->() DELETE fact"
                .formatted(first.get("source").asString(), first.get("type").asString()));
        train("without", TRAINING + ", ensembleSize: 3");
        double without = scores("without").stream()
                .filter(row -> row.get("target").asString().equals("Germany"))
                .findFirst()
                .orElseThrow()
                .get("probability")
                .asDouble();
        assertEquals(
                first.get("probability").asDouble() - without,
                first.get("verified").asDouble());
    }

    @Test
    void everyMethodAnswersOrSaysWhyNot() {
        train("all", TRAINING + ", ensembleSize: 2");
        for (String method : List.of(
                "rollback", "neighbourhood", "unrolled", "tracin", "influence_function", "gauss_newton", "random")) {
            assertEquals(5, explain("topK: 5, method: '%s'".formatted(method)).size(), method);
        }
        var refused = assertThrows(Neo4jException.class, () -> explain("method: 'similarity'"));
        assertTrue(refused.getMessage().contains("ensemble of 2"), refused.getMessage());
        List<Record> faithfulness = server.run(
                "CALL whylink.evaluate.faithfulness('all', {queries: 3, facts: 5, methods: ['rollback', 'gauss_newton']}) YIELD method RETURN method");
        assertEquals(4, faithfulness.size());
    }

    @Test
    void whatItCannotDoWithoutIsFound() {
        train("all", "heldOutFraction: 0.0, maxEpochs: 60, embeddingDimension: 8, ensembleSize: 2");
        List<Record> rows = server.run(
                """
                MATCH (dora {name: 'dora'})
                CALL whylink.predict.targets('all', {source: dora, type: 'CITIZEN_OF', topK: 1}) YIELD target
                CALL whylink.explain.necessary('all', {source: dora, type: 'CITIZEN_OF', target: target, maxFacts: 1})
                YIELD fact RETURN fact
                """);
        assertEquals(1, rows.size());
    }

    /** Without its last facts a row begins anew in each of the members, which only they can do. */
    @Test
    void whatWouldBeWithoutAllFactsOfANodeIsPredicted() {
        train("all", TRAINING + ", ensembleSize: 2");
        List<Record> rows = server.run(
                """
                MATCH ({name: 'karl'})-[fact]->() WITH collect(fact) AS facts
                CALL whylink.whatif('all', {remove: facts, topK: 4, verify: true}) YIELD rank, predictedChange, change
                RETURN rank, predictedChange, change
                """);
        assertEquals(4, rows.size());
        assertTrue(rows.stream().allMatch(row -> row.get("change").asDouble() != 0), rows::toString);
    }

    @Test
    void validationOfTheFirstMemberDecidesWhenAllStop() {
        train(
                "all",
                "ensembleSize: 2, maxEpochs: 40, validationFraction: 0.2, validateEvery: 2, patience: 2, embeddingDimension: 6");
        assertFalse(explain("tier: 'replay'").isEmpty(), "the training of both is found again");
    }

    @Test
    void functionsWhoseScoresHaveNoMeanAreRefused() {
        for (String function : List.of("TransE", "RotatE", "RESCAL")) {
            var refused = assertThrows(
                    Neo4jException.class,
                    () -> train("all", "ensembleSize: 2, scoringFunction: '%s'".formatted(function)));
            assertTrue(
                    refused.getMessage().contains("ensembleSize")
                            && refused.getMessage().contains(function),
                    refused.getMessage());
        }
        assertTrue(server.traces().isEmpty());
    }
}
