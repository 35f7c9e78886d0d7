package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;

/** Explanations that take the training again, and what trainings without some facts say to them. */
final class ExplainByTrainingIT {
    private static final String DORA_IN_GERMANY = "MATCH (dora {name: 'dora'}), (germany {name: 'Germany'}) ";
    private static final String LINK = "source: dora, type: 'CITIZEN_OF', target: germany";

    /** As far from a fixed point as to tell a good explanation from a bad one. */
    private static final String UNDERTRAINED =
            "heldOutFraction: 0.0, maxEpochs: 20, optimizer: 'SGD', learningRate: 0.02, initialScale: 0.5, embeddingDimension: 8, negativeSamples: 5";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void allFactsOfTheTrainingAreCreditedWhereverTheyAre() {
        train("m", UNDERTRAINED);
        List<Record> rows = explain("m", "tier: 'replay', topK: 1000");
        assertEquals(SmallGraphs.TOWNS_FACTS, rows.size());
        double probability = server.one(
                        """
                        MATCH (dora {name: 'dora'})
                        CALL whylink.predict.targets('m', {source: dora, type: 'CITIZEN_OF', topK: 100})
                        YIELD target, probability WHERE target.name = 'Germany' RETURN probability
                        """)
                .get("probability")
                .asDouble();
        double before = Double.POSITIVE_INFINITY;
        for (Record row : rows) {
            assertEquals(probability, row.get("probability").asDouble());
            assertTrue(row.get("influence").asDouble() <= before);
            before = row.get("influence").asDouble();
            assertTrue(row.get("verified").isNull());
            assertEquals(row.get("type"), row.get("typeOfFact"));
        }
        Record elsewhere = rows.stream()
                .filter(row -> row.get("source").asString().equals("gilles")
                        && row.get("type").asString().equals("KNOWS"))
                .findFirst()
                .orElseThrow();
        assertEquals("elsewhere in the graph", elsewhere.get("role").asString());
        assertNotEquals(0, elsewhere.get("influence").asDouble());
    }

    @Test
    void verifiedDropsAreThoseOfModelsThatNeverSawTheFact() {
        train("m", UNDERTRAINED);
        List<Record> rows = explain("m", "tier: 'verify', topK: 3");
        assertEquals(3, rows.size());
        for (Record row : rows) {
            Record verification = server.one(DORA_IN_GERMANY
                    + "MATCH ({name: '%s'})-[fact:%s]->({name: '%s'}) "
                            .formatted(
                                    row.get("source").asString(),
                                    row.get("type").asString(),
                                    row.get("target").asString())
                    + "CALL whylink.explain.verify('m', {%s, facts: [fact], seeds: 0}) ".formatted(LINK)
                    + "YIELD predictedDrop, probability, probabilityWithout, drop, noise "
                    + "RETURN predictedDrop, probability, probabilityWithout, drop, noise");
            assertEquals(row.get("verified"), verification.get("drop"));
            assertEquals(row.get("influence"), verification.get("predictedDrop"));
            assertEquals(row.get("probability"), verification.get("probability"));
            assertTrue(verification.get("noise").isNull());
        }
        Record first = rows.get(0);
        server.run("MATCH ({name: '%s'})-[fact:%s]->({name: '%s'}) DELETE fact"
                .formatted(
                        first.get("source").asString(),
                        first.get("type").asString(),
                        first.get("target").asString()));
        train("without", UNDERTRAINED);
        double without = explain("without", "topK: 1").get(0).get("probability").asDouble();
        assertEquals(
                first.get("probability").asDouble() - without,
                first.get("verified").asDouble());
    }

    @Test
    void unrolledInfluencesAgreeWithTrainingAgain() {
        train("m", UNDERTRAINED);
        List<Record> rows = explain("m", "tier: 'verify', topK: 1000");
        double unrolled = correlation(rows);
        double random = correlation(explain("m", "tier: 'verify', method: 'random', topK: 1000"));
        assertTrue(unrolled > 0.9, "unrolled %s, random %s".formatted(unrolled, random));
        assertTrue(Math.abs(random) < 0.6, "random " + random);
    }

    @Test
    void aDirectionSaysWhichFactsAndInWhichOrder() {
        train("m", UNDERTRAINED);
        for (String tier : List.of("fast", "replay")) {
            String how = "topK: 1000, tier: '%s'".formatted(tier);
            List<Double> all = influences(explain("m", how));
            List<Double> supporting = influences(explain("m", how + ", direction: 'supporting'"));
            List<Double> opposing = influences(explain("m", how + ", direction: 'opposing'"));
            List<Double> both = influences(explain("m", how + ", direction: 'both'"));
            assertEquals(all.stream().filter(x -> x > 0).toList(), supporting);
            assertEquals(all.stream().filter(x -> x < 0).sorted().toList(), opposing);
            assertFalse(opposing.isEmpty());
            assertEquals(Set.copyOf(all), new HashSet<>(both));
            for (int i = 1; i < both.size(); i++) {
                assertTrue(Math.abs(both.get(i - 1)) >= Math.abs(both.get(i)));
            }
        }
    }

    @Test
    void everyMethodExplainsAndIsVerified() {
        train("m", UNDERTRAINED);
        for (String method : List.of(
                "rollback",
                "neighbourhood",
                "similarity",
                "unrolled",
                "tracin",
                "influence_function",
                "gauss_newton",
                "random")) {
            List<Record> alone = explain("m", "method: '%s'".formatted(method));
            assertEquals(10, alone.size(), method);
            assertTrue(alone.get(0).get("verified").isNull(), method);
            List<Record> verified = explain("m", "tier: 'verify', method: '%s', topK: 2".formatted(method));
            assertEquals(2, verified.size(), method);
            assertFalse(verified.get(0).get("verified").isNull(), method);
            if (!method.equals("similarity")) {
                assertEquals(influences(alone).subList(0, 2), influences(verified), method);
            }
        }
    }

    /** All ten of whom it is known are citizens of the country that their town is in. */
    @Test
    void pathsExplainByChainsInTheOrderOfTheirSteps() {
        train("m", UNDERTRAINED);
        List<Record> rows = explain("m", "method: 'paths', topK: 4");
        assertEquals(List.of("dora LIVES_IN Berlin", "Berlin IN Germany"), chain(rows, 1));
        assertEquals(10.0 / 15, rows.get(0).get("influence").asDouble(), 1e-12);
        assertEquals(2, chain(rows, 2).size(), () -> "dora lives in Berlin as another citizen does: " + rows);
        assertEquals(4, rows.size());
        assertEquals(List.of("dora LIVES_IN Berlin"), chain(explain("m", "method: 'paths', topK: 1"), 1));
        assertEquals(0, explain("m", "method: 'paths', direction: 'opposing'").size());

        List<Record> verified = explain("m", "method: 'paths', tier: 'verify', topK: 2");
        assertTrue(verified.get(0).get("verified").asDouble() > 0);
        assertTrue(explain("m", "").get(0).get("chain").isNull());
        Record graph = server.one(DORA_IN_GERMANY
                + "CALL whylink.explain.graph('m', {%s, method: 'paths', topK: 2}) YIELD nodes, relationships, svg "
                        .formatted(LINK)
                + "RETURN [node IN nodes | node.name] AS nodes, [r IN relationships | type(r)] AS types, svg");
        assertEquals(List.of("dora", "Germany", "Berlin"), graph.get("nodes").asList(Value::asString));
        assertEquals(List.of("LIVES_IN", "IN"), graph.get("types").asList(Value::asString));
    }

    private static List<String> chain(List<Record> rows, int number) {
        return rows.stream()
                .filter(row -> row.get("chain").asInt() == number)
                .map(row -> "%s %s %s"
                        .formatted(
                                row.get("source").asString(),
                                row.get("type").asString(),
                                row.get("target").asString()))
                .toList();
    }

    @Test
    void everyTrainingThatCanBeWalkedBackwardsIsExplained() {
        List<String> ways = List.of(
                "heldOutFraction: 0.2, influence: false",
                "maxEpochs: 300, batchSize: 4, heldOutFraction: 0.1, validationFraction: 0.2, validateEvery: 2, patience: 3",
                "reciprocalRelations: true, negativeSampling: '1vsAll', batchSize: 8, regularizer: 'N3', maxEpochs: 10",
                "negativeSampling: '1vsAll', batchSize: 8, maxEpochs: 10",
                "scoringFunction: 'DistMult', negativeSampling: 'KvsAll', batchSize: 8, labelSmoothing: 0.1, maxEpochs: 10",
                "scoringFunction: 'RotatE', loss: 'selfAdversarial', margin: 2.0, batchSize: 8, maxEpochs: 10",
                "scoringFunction: 'TransE', loss: 'margin', maxEpochs: 10",
                "negativeDistribution: 'typed', optimizer: 'RowAdagrad', maxEpochs: 10",
                "negativeSampling: 'shared', negativeSamples: 5, batchSize: 8, filterNegatives: true, maxEpochs: 10",
                "entityDropout: 0.2, learningRateSchedule: 'cosine', warmupSteps: 5, maxEpochs: 10");
        for (int i = 0; i < ways.size(); i++) {
            String model = "way" + i;
            train(model, ways.get(i));
            List<Record> rows = explain(model, "tier: 'verify', topK: 2");
            assertEquals(2, rows.size(), ways.get(i));
            assertTrue(rows.get(0).get("influence").asDouble() > 0, ways.get(i));
            Record verification = verify(model, "topK: 5");
            assertEquals(
                    verification.get("probability").asDouble()
                            - verification.get("probabilityWithout").asDouble(),
                    verification.get("drop").asDouble(),
                    ways.get(i));
            assertTrue(verification.get("noise").asDouble() > 0, ways.get(i));
        }
    }

    @Test
    void verifyingSaysWhatBecomesOfThePrediction() {
        train("m", UNDERTRAINED);
        Record row = verify("m", "topK: 4, seeds: 2");
        assertEquals(4, row.get("removed").size());
        assertTrue(row.get("predictedDrop").asDouble() > 0);
        assertTrue(row.get("drop").asDouble() > 0, () -> "" + row);
        assertEquals(2, row.get("others").size());
        double moved = row.get("others").asList(Value::asDouble).stream()
                .mapToDouble(other -> Math.abs(other - row.get("probability").asDouble()))
                .average()
                .orElseThrow();
        assertEquals(moved, row.get("noise").asDouble(), 1e-12);
        assertEquals(row.get("rank").asInt() == 1, row.get("top").asString().equals("Germany"));
        assertEquals(
                row.get("rankWithout").asInt() > row.get("rank").asInt(),
                row.get("fell").asBoolean());
        assertEquals("unrolled", row.get("method").asString());
        assertTrue(row.get("retrainMillis").asInt() >= 0);
        Record job = server.run("CALL whylink.jobs()").get(0);
        assertEquals("verify", job.get("task").asString());
        assertEquals("done", job.get("phase").asString());
        assertEquals(1.0, job.get("progress").asDouble());

        // The same facts by name, in any order and one of them twice.
        Record byName = server.one(DORA_IN_GERMANY
                + "CALL whylink.explain('m', {%s, tier: 'replay', direction: 'supporting', topK: 4}) ".formatted(LINK)
                + "YIELD fact, rank WITH dora, germany, fact ORDER BY rank DESC "
                + "WITH dora, germany, collect(fact) AS facts "
                + "CALL whylink.explain.verify('m', {%s, facts: facts + facts[0], seeds: 0}) ".formatted(LINK)
                + "YIELD drop, predictedDrop, removed RETURN drop, predictedDrop, removed");
        assertEquals(row.get("drop"), byName.get("drop"));
        assertEquals(
                row.get("predictedDrop").asDouble(), byName.get("predictedDrop").asDouble(), 1e-12);
        assertEquals(4, byName.get("removed").size());
    }

    @Test
    void necessaryFactsOverturnThePredictionAndNoneOfThemCanBeSpared() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 200");
        String top =
                """
                MATCH (dora {name: 'dora'})
                CALL whylink.predict.targets('m', {source: dora, type: 'CITIZEN_OF', topK: 1}) YIELD target
                """;
        List<Record> rows = server.run(
                top
                        + "CALL whylink.explain.necessary('m', {source: dora, type: 'CITIZEN_OF', target: target}) "
                        + "YIELD rank, fact, type, role, influence, enough, topTargetWithout, probability, probabilityWithout, trainings "
                        + "RETURN rank, target.name AS target, type(fact) = type AS typed, influence, enough, topTargetWithout.name AS without, probability, probabilityWithout, trainings");
        assertFalse(rows.isEmpty());
        for (Record row : rows) {
            assertTrue(row.get("enough").asBoolean(), () -> "" + rows);
            assertTrue(row.get("typed").asBoolean());
            assertNotEquals(row.get("target"), row.get("without"));
            assertTrue(row.get("influence").asDouble() > 0);
            assertTrue(row.get("trainings").asInt() >= 1);
        }
        String verify = top
                + "CALL whylink.explain.necessary('m', {source: dora, type: 'CITIZEN_OF', target: target}) YIELD fact "
                + "WITH dora, target, collect(fact) AS facts "
                + "CALL whylink.explain.verify('m', {source: dora, type: 'CITIZEN_OF', target: target, facts: [fact IN facts WHERE %s], seeds: 0}) "
                + "YIELD fell, probabilityWithout, topTargetWithout RETURN fell, probabilityWithout, topTargetWithout.name AS without";
        Record all = server.one(verify.formatted("true"));
        assertTrue(all.get("fell").asBoolean());
        assertEquals(rows.get(0).get("probabilityWithout"), all.get("probabilityWithout"));
        assertEquals(rows.get(0).get("without"), all.get("without"));
        for (int spared = 0; rows.size() > 1 && spared < rows.size(); spared++) {
            assertFalse(
                    server.one(verify.formatted("fact <> facts[" + spared + "]"))
                            .get("fell")
                            .asBoolean(),
                    rows::toString);
        }
    }

    /** No single fact decides, whichever of them chance takes: that hangs on the ids of the nodes. */
    @Test
    void tooFewFactsAreSaidToBeTooFew() {
        server.run(
                """
                MATCH (dora {name: 'dora'}), (munich {name: 'Munich'})
                CREATE (dora)-[:LIVES_IN]->(munich), (dora)-[:BORN_IN]->(munich)
                WITH dora
                MATCH (person)-[:CITIZEN_OF]->({name: 'Germany'})
                MERGE (dora)-[:KNOWS]->(person)
                MERGE (person)-[:KNOWS]->(dora)
                """);
        train("m", "heldOutFraction: 0.0, maxEpochs: 200");
        List<Record> rows = server.run(DORA_IN_GERMANY
                + "CALL whylink.explain.necessary('m', {%s, maxFacts: 1, method: 'random'}) YIELD enough, topTargetWithout, trainings "
                        .formatted(LINK)
                + "RETURN enough, topTargetWithout.name AS without, trainings");
        assertEquals(1, rows.size());
        assertFalse(rows.get(0).get("enough").asBoolean());
        assertEquals("Germany", rows.get(0).get("without").asString());
        assertEquals(1, rows.get(0).get("trainings").asInt());
    }

    /** Where somebody lives says what they are a citizen of; how surely a model learns that hangs on the ids of the nodes. */
    @Test
    void sufficientFactsMakeThePredictionHoldForOthers() {
        Server.emptied();
        server.run(
                """
                UNWIND range(0, 3) AS t
                CREATE (town:Town {name: 'town' + t}), (country:Country {name: 'country' + t})
                WITH t, town, country
                UNWIND range(0, 7) AS p
                CREATE (person:Person {name: 'person' + t + p})-[:LIVES_IN]->(town)
                MERGE (food:Food {name: 'food' + (p + 2 * t) % 3})
                CREATE (person)-[:LIKES]->(food)
                FOREACH (known IN CASE WHEN p > 1 THEN [1] ELSE [] END | CREATE (person)-[:CITIZEN_OF]->(country))
                """);
        train("m", "heldOutFraction: 0.0, maxEpochs: 60, embeddingDimension: 16");
        String asked = "MATCH (person {name: 'person00'}), (country {name: 'country0'}) "
                + "CALL whylink.explain.sufficient('m', {source: person, type: 'CITIZEN_OF', target: country%s}) "
                + "YIELD rank, source, fact, type, target, influence, probability, enough, entities, holding, trainings "
                + "RETURN rank, source.name AS source, type(fact) AS type, target.name AS target, influence, enough, "
                + "[entity IN entities | entity.name] AS entities, holding, trainings";
        List<Record> rows = server.run(asked.formatted(", entities: 5, threshold: 0.8"));
        assertTrue(rows.stream().anyMatch(row -> row.get("type").asString().equals("LIVES_IN")), rows::toString);
        for (Record row : rows) {
            assertEquals("person00", row.get("source").asString());
            assertEquals(row.get("holding").asInt() >= 4, row.get("enough").asBoolean());
            assertTrue(row.get("holding").asInt() >= 1);
            assertTrue(row.get("trainings").asInt() >= 1);
            assertTrue(row.get("entities").asList(Value::asString).size() <= 5);
            assertFalse(row.get("entities").asList(Value::asString).contains("person00"));
        }
        assertEquals(
                rows,
                server.run(asked.formatted(", entities: 5, threshold: 0.8, concurrency: 1")),
                "the same each time");
        fails(
                asked.formatted("").replace("country0", "country1"),
                "is not the model's best answer but has rank",
                "whylink.predict.targets");
    }

    @Test
    void faithfulnessIsMeasuredBesideItsFloors() {
        train("m", UNDERTRAINED.replace("heldOutFraction: 0.0", "heldOutFraction: 0.3"));
        List<Record> rows = server.run(
                "CALL whylink.evaluate.faithfulness('m', {methods: ['rollback', 'unrolled', 'tracin'], queries: 6, facts: 1000, seeds: 2})");
        assertEquals(
                List.of("rollback", "unrolled", "tracin", "neighbourhood", "seed"),
                rows.stream().map(row -> row.get("method").asString()).toList());
        for (Record row : rows) {
            for (String share : List.of("probabilityDrop", "topChange")) {
                double value = row.get(share).asDouble();
                assertTrue(value >= 0 && value <= 1, () -> "" + row);
            }
            assertTrue(row.get("queries").asInt() >= 1 && row.get("queries").asInt() <= 6);
            assertEquals(SmallGraphs.TOWNS_FACTS - 8, row.get("facts").asInt());
            assertEquals(
                    row.get("method").asString().equals("seed"),
                    row.get("leaveOneOutSpearman").isNull());
        }
        assertTrue(Double.isFinite(rows.get(0).get("rollbackBoundLog10").asDouble()));
        assertTrue(rows.stream().skip(1).allMatch(row -> row.get("rollbackBoundLog10")
                .isNull()));
        Record unrolled = rows.get(1);
        assertTrue(unrolled.get("leaveOneOutSpearman").asDouble()
                > rows.get(3).get("leaveOneOutSpearman").asDouble());
        assertEquals(1.0, unrolled.get("probabilityDrop").asDouble());
        assertEquals(
                "faithfulness",
                server.run("CALL whylink.jobs()").get(0).get("task").asString());
    }

    /** Of one model of twenty facts it is between .89 and .98, as the database numbers its nodes. */
    @Test
    void whatUnrolledSaysAgreesWithWhatRetrainingDoes() {
        double agreement = IntStream.rangeClosed(1, 6)
                .mapToDouble(seed -> {
                    train(
                            "m",
                            UNDERTRAINED.replace("heldOutFraction: 0.0", "heldOutFraction: 0.3")
                                    + ", overwrite: true, randomSeed: " + seed);
                    return server.run(
                                    "CALL whylink.evaluate.faithfulness('m', {methods: ['unrolled'], queries: 6, facts: 1000, seeds: 0})")
                            .get(0)
                            .get("leaveOneOutSpearman")
                            .asDouble();
                })
                .average()
                .orElseThrow();
        assertTrue(agreement > 0.9, () -> "" + agreement);
    }

    @Test
    void theoryBoundsTheErrorOfRollbackAfterSgdOnly() {
        train("m", "optimizer: 'Adagrad', maxEpochs: 3, heldOutFraction: 0.2");
        List<Record> rows = server.run("CALL whylink.evaluate.faithfulness('m', {queries: 2, facts: 0, seeds: 0})");
        assertEquals("rollback", rows.get(0).get("method").asString());
        assertTrue(rows.stream().allMatch(row -> row.get("rollbackBoundLog10").isNull()));
    }

    @Test
    void aTrainingWithAdamIsExplainedByWhatNeedsNoWalkBackwards() {
        train("m", "heldOutFraction: 0.0, optimizer: 'Adam', learningRate: 0.01, maxEpochs: 20");
        fails(
                explaining("m", "tier: 'replay'"),
                "method 'unrolled' cannot walk the training of model 'm' backwards, as it has the optimizer 'Adam'",
                "set 'method' to 'rollback'",
                "'SGD', 'Adagrad' or 'RowAdagrad'");
        fails("CALL whylink.evaluate.faithfulness('m')", "cannot walk the training", "'Adam'");
        assertEquals(
                3, explain("m", "tier: 'verify', method: 'rollback', topK: 3").size());
        assertEquals(3, explain("m", "method: 'tracin', topK: 3").size());
        train("clipped", "heldOutFraction: 0.0, maxGradientNorm: 1.0, influence: false");
        fails(explaining("clipped", "tier: 'replay'"), "a 'maxGradientNorm'", "set 'method' to 'tracin'");
    }

    @Test
    void aGraphThatHasChangedIsRefused() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 5");
        explain("m", "tier: 'replay'");
        server.run("MATCH (a {name: 'anna'}), (b {name: 'karl'}) CREATE (a)-[:KNOWS]->(b)");
        for (String call : List.of(
                explaining("m", "tier: 'replay'"),
                explaining("m", "tier: 'verify'"),
                explaining("m", "")
                        .replace("whylink.explain(", "whylink.explain.verify(")
                        .replace("YIELD rank", "YIELD noise"),
                "CALL whylink.evaluate.faithfulness('m')")) {
            fails(
                    call,
                    "the facts of model 'm' are no longer those that it was trained on",
                    "train it again",
                    "tier: 'fast'");
        }
        assertFalse(explain("m", "").isEmpty());
        server.run("MATCH ()-[r]->() WHERE NOT type(r) STARTS WITH '_' DELETE r");
        for (String how : List.of("", "direction: 'opposing'", "method: 'similarity'", "method: 'neighbourhood'")) {
            assertEquals(List.of(), explain("m", how), how);
        }
    }

    @Test
    void rowsThatTheTrainingDoesNotLeadToAreRefused() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 5, embeddingDimension: 4");
        explain("m", "tier: 'replay'");
        server.run("MATCH (a {name: 'jean'}), (b {name: 'karl'}) WITH a, b, a.whylink_m AS x, b.whylink_m AS y "
                + "SET a.whylink_m = y, b.whylink_m = x");
        fails(
                explaining("m", "tier: 'replay'"),
                "the training of model 'm' does not lead to its rows again",
                "its embeddings were changed");
        server.run("MATCH (n {name: 'jean'}) REMOVE n.whylink_m");
        fails(explaining("m", "tier: 'replay'"), "some nodes of model 'm' have lost their embedding");
        train("typed", "heldOutFraction: 0.0, maxEpochs: 5, negativeDistribution: 'typed'");
        server.run("MATCH (n:Country) REMOVE n:Country SET n:Town");
        fails(explaining("typed", "tier: 'replay'"), "does not lead to its rows again", "the labels of its nodes");
        train("old", "heldOutFraction: 0.0, maxEpochs: 5");
        server.run("MATCH (m:_WhylinkModel {name: 'old'}) SET m.pluginVersion = '0.0.1', m.learningRate = 0.2");
        fails(explaining("old", "tier: 'replay'"), "version 0.0.1 of the plugin trained it");
    }

    @Test
    void keysThatDoNotGoTogetherAreRefused() {
        train("m", "heldOutFraction: 0.1, maxEpochs: 2");
        fails(
                explaining("m", "tier: 'fast', method: 'unrolled'"),
                "'method' 'unrolled' cannot be with 'tier' 'fast'",
                "set 'tier' to 'replay'");
        fails(
                explaining("m", "tier: 'replay', method: 'rollback'"),
                "'method' 'rollback' cannot be with 'tier' 'replay'",
                "set 'tier' to 'fast', or to 'verify'");
        fails(explaining("m", "concurrency: 2"), "'concurrency' is only for the tiers 'replay' and 'verify'");
        fails(
                explaining("m", "replayMemory: 10, method: 'tracin'"),
                "'replayMemory' is only for the method 'unrolled'");
        fails(
                explaining("m", "tier: 'slow', direction: 'up', method: 'unroled', replayMemory: 0"),
                "3 problems",
                "'tier' must be one of 'fast', 'replay', 'verify', but is 'slow'",
                "'direction' must be one of 'supporting', 'opposing', 'both', but is 'up'",
                "did you mean 'unrolled'?");
        fails(explaining("m", "tier: 'replay', replayMemory: 0"), "'replayMemory' must be a whole number from 1 to");
        String verify = DORA_IN_GERMANY + "CALL whylink.explain.verify('m', {%s, %s}) YIELD drop RETURN drop";
        fails(verify.formatted(LINK, "facts: []"), "'facts' must be a list of relationships");
        fails(verify.formatted(LINK, "facts: [dora]"), "'facts' must be a list of relationships");
        fails(verify.formatted(LINK, "tier: 'verify'"), "'tier' must be one of 'fast', 'replay'");
        fails(
                "MATCH (a {name: 'anna'})-[r]->() WITH collect(r) AS facts "
                        + verify.formatted(LINK, "facts: facts, topK: 3").replace("RETURN drop", "RETURN drop"),
                "'facts' and 'topK' both say which facts to leave out");
        fails(
                "MATCH ()-[r]->() WHERE NOT type(r) STARTS WITH '_' AND r.whylink_m_rollback IS NULL "
                        + "WITH collect(r) AS facts " + verify.formatted(LINK, "facts: facts"),
                "that model 'm' was not trained on");
        fails(
                "CALL whylink.evaluate.faithfulness('m', {methods: ['rollback', 'unrold'], queries: 0})",
                "2 problems",
                "did you mean 'unrolled'?",
                "'queries' must be a whole number from 1 to");
    }

    @Test
    void onlyTheBestAnswerCanBeOverturned() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 200");
        fails(
                "MATCH (dora {name: 'dora'}), (paris {name: 'Paris'}) CALL whylink.explain.necessary('m', "
                        + "{source: dora, type: 'CITIZEN_OF', target: paris}) YIELD rank RETURN rank",
                "is not the model's best answer but has rank",
                "whylink.predict.targets");
    }

    @Test
    void aModelWithoutInfluenceIsExplainedByItsTrainingOnly() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 5, influence: false");
        assertEquals(10, explain("m", "tier: 'replay'").size());
        assertEquals(10, explain("m", "tier: 'verify', method: 'neighbourhood'").size());
        fails(explaining("m", ""), "trained with influence: false", "'tier' 'replay'");
        fails(explaining("m", "tier: 'verify', method: 'rollback'"), "trained with influence: false");
        fails(
                "MATCH (s {name: 'anna'}), (t {name: 'Germany'}) CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, tier: 'replay'}) YIELD fact RETURN fact",
                "is a fact the model was trained on");
    }

    @Test
    void thePictureTakesTheSameKeys() {
        train("m", UNDERTRAINED);
        List<Record> rows = explain("m", "tier: 'verify', direction: 'both', topK: 12");
        Record graph = server.one(
                DORA_IN_GERMANY
                        + "CALL whylink.explain.graph('m', {%s, tier: 'verify', direction: 'both', topK: 12}) "
                                .formatted(LINK)
                        + "YIELD influences, verified, svg, nodes, relationships "
                        + "RETURN influences, verified, svg, all(r IN relationships WHERE startNode(r) IN nodes AND endNode(r) IN nodes) AS closed");
        assertEquals(influences(rows), graph.get("influences").asList(Value::asDouble));
        assertEquals(
                rows.stream().map(row -> row.get("verified").asDouble()).toList(),
                graph.get("verified").asList(Value::asDouble));
        assertTrue(graph.get("closed").asBoolean());
        assertTrue(graph.get("svg").asString().contains("Germany"));
    }

    @Test
    void threadsAndMemoryNeverChangeTheResult() {
        train("m", "heldOutFraction: 0.0, batchSize: 4, maxEpochs: 10");
        List<Record> one = explain("m", "tier: 'verify', topK: 5, concurrency: 1, replayMemory: 1");
        List<Record> two = explain("m", "tier: 'verify', topK: 5, concurrency: 2, replayMemory: 64");
        assertEquals(one, two);
    }

    private Record verify(String model, String how) {
        return server.one(DORA_IN_GERMANY
                + "CALL whylink.explain.verify('%s', {%s, %s}) ".formatted(model, LINK, how)
                + "YIELD removed, probability, predictedDrop, probabilityWithout, drop, noise, probabilitiesOfOtherSeeds, "
                + "rank, rankWithout, topTarget, topTargetWithout, fell, method, retrainMillis "
                + "RETURN removed, probability, predictedDrop, probabilityWithout, drop, noise, "
                + "probabilitiesOfOtherSeeds AS others, rank, rankWithout, topTarget.name AS top, "
                + "topTargetWithout.name AS topWithout, fell, method, retrainMillis");
    }

    private void train(String name, String configuration) {
        server.run("CALL whylink.train('%s', {%s})".formatted(name, configuration));
    }

    private static String explaining(String model, String how) {
        return DORA_IN_GERMANY
                + "CALL whylink.explain('%s', {%s%s}) YIELD rank RETURN *"
                        .formatted(model, LINK, how.isEmpty() ? "" : ", " + how);
    }

    private List<Record> explain(String model, String how) {
        return server.run(
                explaining(model, how)
                        .replace(
                                "YIELD rank RETURN *",
                                "YIELD rank, source, fact, type, target, role, chain, influence, verified, share, probability "
                                        + "RETURN rank, source.name AS source, type(fact) AS typeOfFact, type, target.name AS target, role, chain, influence, verified, share, probability"));
    }

    private static List<Double> influences(List<Record> rows) {
        return rows.stream().map(row -> row.get("influence").asDouble()).toList();
    }

    /** Pearson's correlation of influences and verified drops. */
    private static double correlation(List<Record> rows) {
        double[] x = rows.stream()
                .mapToDouble(row -> row.get("influence").asDouble())
                .toArray();
        double[] y =
                rows.stream().mapToDouble(row -> row.get("verified").asDouble()).toArray();
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        return xy / Math.sqrt(xx * yy);
    }

    private void fails(String query, String... parts) {
        server.fails(query, parts);
    }
}
