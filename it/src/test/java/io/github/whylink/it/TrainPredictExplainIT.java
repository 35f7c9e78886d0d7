package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.Value;

final class TrainPredictExplainIT {
    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void trainReturnsCountsMetricsAndTheWholeConfiguration() {
        Record row = server.one("CALL whylink.train('m', {maxEpochs: 5})");
        assertEquals("m", row.get("modelName").asString());
        assertEquals("ComplEx", row.get("scoringFunction").asString());
        assertEquals(SmallGraphs.TOWNS_ENTITIES, row.get("entities").asInt());
        assertEquals(4, row.get("relations").asInt());
        assertEquals(3, row.get("heldOut").asInt());
        assertEquals(SmallGraphs.TOWNS_FACTS - 3, row.get("facts").asInt());
        double mrr = row.get("mrr").asDouble();
        assertTrue(mrr > 0 && mrr <= 1, "mrr " + mrr);
        assertTrue(row.get("hits1").asDouble() <= row.get("hits3").asDouble());
        assertTrue(row.get("meanRank").asDouble() >= 1);
        assertTrue(row.get("loss").asDouble() > 0);
        Map<String, Object> configuration = row.get("configuration").asMap();
        assertEquals(5L, configuration.get("maxEpochs"));
        assertEquals(0.1, configuration.get("learningRate"));

        assertEquals(5, row.get("epochs").asInt());
        assertEquals(0, row.get("validation").asInt());
        List<Map<String, Object>> curve = row.get("curve").asList(Value::asMap);
        assertEquals(5, curve.size());
        assertEquals(1L, curve.get(0).get("epoch"));
        assertTrue(curve.stream()
                .allMatch(epoch -> epoch.containsKey("validationMrr") && epoch.get("validationMrr") == null));
        assertEquals(row.get("loss").asDouble(), curve.get(4).get("loss"));
        assertTrue((double) curve.get(0).get("loss") > (double) curve.get(4).get("loss"));

        Record again = server.run("CALL whylink.train('again', $configuration)", Map.of("configuration", configuration))
                .get(0);
        assertEquals(configuration, again.get("configuration").asMap());
        assertEquals(row.get("loss"), again.get("loss"));
    }

    @Test
    void aMissingLinkIsPredictedAndExplainedByTheFactsThatImplyIt() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 200");
        List<Record> predicted = server.run(
                """
                MATCH (dora {name: 'dora'})
                CALL whylink.predict.targets('m', {source: dora, type: 'CITIZEN_OF', topK: 100})
                YIELD rank, source, type, target, score, probability, known
                RETURN rank, source.name AS source, type, target.name AS target, score, probability, known ORDER BY rank
                """);
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 1, predicted.size(), "everybody but dora");
        List<String> targets =
                predicted.stream().map(row -> row.get("target").asString()).toList();
        assertTrue(targets.indexOf("Germany") < targets.indexOf("France"), () -> "" + targets);
        Record germany = predicted.get(targets.indexOf("Germany"));
        assertEquals("dora", germany.get("source").asString());
        assertEquals("CITIZEN_OF", germany.get("type").asString());
        assertFalse(germany.get("known").asBoolean());
        double sum = 0;
        for (int i = 0; i < predicted.size(); i++) {
            assertEquals(i + 1, predicted.get(i).get("rank").asInt());
            sum += predicted.get(i).get("probability").asDouble();
        }
        assertTrue(sum > 0.9 && sum < 1, "what is missing to 1 is the probability of dora herself: " + sum);

        List<Record> why = explainDora("m");
        assertFalse(why.isEmpty());
        double probability = why.get(0).get("probability").asDouble();
        assertEquals(germany.get("probability").asDouble(), probability);
        double before = Double.POSITIVE_INFINITY;
        for (Record fact : why) {
            assertTrue(fact.get("influence").asDouble() <= before, "sorted");
            before = fact.get("influence").asDouble();
            assertEquals(
                    fact.get("influence").asDouble() / probability,
                    fact.get("share").asDouble());
            assertNotEquals("", fact.get("role").asString());
            assertEquals(fact.get("source"), fact.get("start"));
            assertEquals(fact.get("target"), fact.get("end"));
        }
        assertTrue(
                why.stream()
                        .anyMatch(fact -> fact.get("role").asString().equals("source")
                                && fact.get("source").asString().equals("dora")
                                && fact.get("type").asString().equals("LIVES_IN")),
                () -> "roles " + why);
        assertTrue(why.stream().anyMatch(fact -> fact.get("role").asString().equals("type + target")));
        assertTrue(
                why.stream()
                        .noneMatch(fact -> fact.get("source").asString().equals("gilles")
                                && fact.get("type").asString().equals("KNOWS")),
                "a fact that shares no row is no candidate");
    }

    @Test
    void trainingStopsWhenValidationNoLongerGetsBetterAndKeepsTheBestEpoch() {
        Record row = train(
                "early",
                "maxEpochs: 500, batchSize: 4, heldOutFraction: 0.1, validationFraction: 0.2, validateEvery: 2, patience: 3");
        assertEquals(
                SmallGraphs.TOWNS_FACTS,
                row.get("facts").asInt()
                        + row.get("heldOut").asInt()
                        + row.get("validation").asInt());
        assertEquals(5, row.get("validation").asInt());
        int epochs = row.get("epochs").asInt();
        List<Map<String, Object>> curve = row.get("curve").asList(Value::asMap);
        assertTrue(curve.size() < 500, "stopped after " + curve.size());
        assertEquals(epochs + 2 * 3, curve.size(), "three validations without improvement");
        double best = (double) curve.get(epochs - 1).get("validationMrr");
        for (Map<String, Object> epoch : curve) {
            boolean validated = (long) epoch.get("epoch") % 2 == 0;
            assertEquals(validated, epoch.get("validationMrr") != null, "epoch " + epoch.get("epoch"));
            assertTrue(!validated || (double) epoch.get("validationMrr") <= best);
        }
        assertEquals(row.get("loss").asDouble(), curve.get(epochs - 1).get("loss"));
        Record job = server.run("CALL whylink.jobs()").get(0);
        assertEquals(
                curve.get(curve.size() - 1).get("validationMrr"),
                job.get("validationMrr").asDouble());

        // The model and what its facts did to it are those of a training that ends with that epoch.
        train(
                "exact",
                "maxEpochs: %d, batchSize: 4, heldOutFraction: 0.1, validationFraction: 0.2, validateEvery: 100000"
                        .formatted(epochs));
        assertEquals(embeddings("exact"), embeddings("early"));
        assertEquals(rollbacks("exact"), rollbacks("early"));
        train(
                "without",
                "influence: false, maxEpochs: 500, batchSize: 4, heldOutFraction: 0.1, validationFraction: 0.2, validateEvery: 2, patience: 3");
        assertEquals(embeddings("without"), embeddings("early"));
        assertEquals(
                row.get("facts").asInt(),
                server.one("MATCH ()-[r]->() WHERE r.whylink_early_rollback IS NOT NULL RETURN count(r) AS n")
                        .get("n")
                        .asInt());
    }

    @Test
    void whatTheTrainingMeasuredCanBeMeasuredAgain() {
        Record row = train("m", "heldOutFraction: 0.3, validationFraction: 0.1, maxEpochs: 20");
        List<Record> rows = server.run("CALL whylink.evaluate('m')");
        Record all = rows.get(0);
        assertTrue(all.get("type").isNull());
        assertEquals("both", all.get("side").asString());
        for (String figure : List.of("mrr", "hits1", "hits3", "hits10", "meanRank")) {
            assertEquals(row.get(figure).asDouble(), all.get(figure).asDouble(), figure);
        }
        assertEquals(row.get("heldOut").asInt(), all.get("facts").asInt());
        assertTrue(all.get("adjustedMeanRankIndex").asDouble() <= 1);
        assertTrue(all.get("filtered").asBoolean());
        assertEquals("realistic", all.get("ties").asString());
        assertTrue(all.get("expectedCalibrationError").isNull(), "8 facts are too few");
        assertTrue(rows.size() > 2 && rows.size() % 2 == 1, "two for each type: " + rows);
        double tails = 0;
        int facts = 0;
        for (int i = 1; i < rows.size(); i += 2) {
            assertEquals(rows.get(i).get("type"), rows.get(i + 1).get("type"));
            assertEquals("target", rows.get(i).get("side").asString());
            assertEquals("source", rows.get(i + 1).get("side").asString());
            int n = rows.get(i).get("facts").asInt();
            tails += n * rows.get(i).get("mrr").asDouble();
            facts += n;
        }
        assertEquals(row.get("heldOut").asInt(), facts);
        assertEquals(row.get("mrrTail").asDouble(), tails / facts, 1e-12);

        assertEquals(
                row.get("facts").asInt(),
                overall("m", "facts: 'training'").get("facts").asInt());
        assertEquals(
                SmallGraphs.TOWNS_FACTS,
                overall("m", "facts: 'all'").get("facts").asInt());
        assertTrue(overall("m", "filtered: false").get("mrr").asDouble()
                < all.get("mrr").asDouble());
        assertTrue(overall("m", "facts: 'training'").get("mrr").asDouble()
                > all.get("mrr").asDouble());
    }

    @Test
    void tiesAreCountedAsAskedFor() {
        // Without a step that changes them, rows so small that all their products are the same 0.
        train("m", "heldOutFraction: 0.3, maxEpochs: 1, optimizer: 'SGD', learningRate: 1e-30, initialScale: 1e-30");
        double realistic = overall("m", "").get("meanRank").asDouble();
        double optimistic = overall("m", "ties: 'optimistic'").get("meanRank").asDouble();
        double pessimistic = overall("m", "ties: 'pessimistic'").get("meanRank").asDouble();
        assertEquals(1, optimistic);
        assertTrue(pessimistic > 2);
        assertEquals((optimistic + pessimistic) / 2, realistic, 1e-12);
    }

    @Test
    void heldOutFactsAreToldFromTrainedOnesWhenTheGraphHasMovedOn() {
        Record row = train("m", "heldOutFraction: 0.3, maxEpochs: 20");
        int heldOut = row.get("heldOut").asInt();
        server.run(
                "MATCH ()-[r]->() WHERE NOT type(r) STARTS WITH '_' AND r.whylink_m_rollback IS NULL WITH r LIMIT 1 DELETE r");
        server.run("MATCH ()-[r:KNOWS]->() WHERE r.whylink_m_rollback IS NOT NULL WITH r LIMIT 1 DELETE r");
        server.run("MATCH (dora {name: 'dora'}) CREATE (dora)-[:KNOWS]->(:Person {name: 'newcomer'})");
        int now = overall("m", "").get("facts").asInt();
        assertTrue(now > 0 && now < heldOut, now + " of " + heldOut);
        assertEquals(
                row.get("facts").asInt() - 1,
                overall("m", "facts: 'training'").get("facts").asInt());
        assertEquals(
                SmallGraphs.TOWNS_FACTS - 2,
                overall("m", "facts: 'all'").get("facts").asInt(),
                "a fact with a node that the model does not know is none");
    }

    @Test
    void probabilitiesAreCalibratedWhereThereAreFactsEnough() {
        server.run("UNWIND range(1, 60) AS i MATCH (germany {name: 'Germany'}), (berlin {name: 'Berlin'}) "
                + "CREATE (p:Person {name: 'p' + i})-[:CITIZEN_OF]->(germany), (p)-[:LIVES_IN]->(berlin)");
        train("m", "maxEpochs: 20, heldOutFraction: 0.4");
        double error = overall("m", "").get("expectedCalibrationError").asDouble();
        assertTrue(error > 0 && error < 0.5, "error " + error);
    }

    @Test
    void everyWayOfTrainingGivesAModelThatPredictsAndExplains() {
        List<String> ways = List.of(
                "scoringFunction: 'RotatE', loss: 'selfAdversarial', margin: 2.0, batchSize: 8",
                "scoringFunction: 'RESCAL', embeddingDimension: 8",
                "scoringFunction: 'SimplE', regularizer: 'L2', penaltyWeighting: 'perRow'",
                "scoringFunction: 'CP', entityDropout: 0.2, relationDropout: 0.1",
                "reciprocalRelations: true, negativeSampling: '1vsAll', batchSize: 8, regularizer: 'N3'",
                "reciprocalRelations: true, scoringFunction: 'RESCAL', embeddingDimension: 8",
                "scoringFunction: 'DistMult', negativeSampling: 'KvsAll', batchSize: 8, labelSmoothing: 0.1",
                "negativeSampling: 'shared', negativeSamples: 5, batchSize: 8, filterNegatives: true",
                "negativeDistribution: 'bernoulli', negativeSides: 'random'",
                "negativeDistribution: 'typed', optimizer: 'RowAdagrad', maxGradientNorm: 1.0",
                "learningRateSchedule: 'cosine', warmupSteps: 5");
        for (int i = 0; i < ways.size(); i++) {
            String model = "way" + i;
            String way = ways.get(i);
            Record row = train(model, way + ", maxEpochs: 10, heldOutFraction: 0.2");
            assertTrue(row.get("mrr").asDouble() > 0, way);
            assertEquals(
                    row.get("mrr").asDouble(), overall(model, "").get("mrr").asDouble(), way);
            String known = "MATCH (n {name: '%s'}) CALL whylink.predict.%s('%s', {%s: n, type: 'CITIZEN_OF', topK: 3}) "
                    + "YIELD rank RETURN rank";
            assertEquals(
                    3,
                    server.run(known.formatted("dora", "targets", model, "source"))
                            .size(),
                    way);
            assertEquals(
                    3,
                    server.run(known.formatted("Germany", "sources", model, "target"))
                            .size(),
                    way);
            List<Record> why = explainDora(model);
            assertTrue(
                    why.size() > 3
                            && why.stream()
                                    .anyMatch(fact -> fact.get("influence").asDouble() != 0),
                    way);
        }
    }

    @Test
    void aReciprocalModelAnswersSourcesWithRelationRowsOfTheirOwn() {
        train(
                "m",
                "reciprocalRelations: true, embeddingDimension: 8, heldOutFraction: 0.0, influenceStorage: 'float32'");
        Record widths = server.one(
                """
                MATCH ()-[r]->() WHERE r.whylink_m_rollback IS NOT NULL
                WITH collect(DISTINCT size(r.whylink_m_rollback)) AS facts
                MATCH (relation:_WhylinkRelation) RETURN facts, collect(DISTINCT size(relation.embedding)) AS relations
                """);
        assertEquals(List.of(64L), widths.get("facts").asList());
        assertEquals(List.of(32L), widths.get("relations").asList());
        assertNotEquals(scoreOfDoraInGermany("m", "targets"), scoreOfDoraInGermany("m", "sources"));
        train("plain", "embeddingDimension: 8, heldOutFraction: 0.0");
        assertEquals(scoreOfDoraInGermany("plain", "targets"), scoreOfDoraInGermany("plain", "sources"));
    }

    @Test
    void whatFactsDidExplainsInWhateverFormItIsStored() {
        train("exact", "heldOutFraction: 0.0, influenceStorage: 'float32'");
        train("half", "heldOutFraction: 0.0");
        train("quarter", "heldOutFraction: 0.0, influenceStorage: 'INT8'");
        int width = 3 * 2 * 32;
        Record sizes = server.one(
                """
                MATCH ()-[r]->() WHERE r.whylink_exact_rollback IS NOT NULL
                RETURN collect(DISTINCT size(r.whylink_exact_rollback)) AS exact,
                  collect(DISTINCT r.whylink_half_influence = r.whylink_exact_influence
                    AND r.whylink_quarter_influence = r.whylink_exact_influence) AS same,
                  collect(r.whylink_half_rollback)[0] AS half, collect(r.whylink_quarter_rollback)[0] AS quarter
                """);
        assertEquals(List.of((long) width), sizes.get("exact").asList());
        assertEquals(13 + 2 * width, sizes.get("half").asByteArray().length);
        assertEquals(13 + width, sizes.get("quarter").asByteArray().length);
        assertEquals(List.of(true), sizes.get("same").asList(), "the size of what a fact did is exact in any case");

        Map<List<Object>, Double> exact = influencesOnDora("exact");
        assertInfluences(exact, influencesOnDora("half"), 1e-4);
        assertInfluences(exact, influencesOnDora("quarter"), 0.03);
        assertNotEquals(exact, influencesOnDora("quarter"));
        assertEquals(
                List.of("float32", "int16", "int8"),
                server
                        .run("CALL whylink.models() YIELD modelName, configuration "
                                + "RETURN configuration.influenceStorage AS form ORDER BY modelName")
                        .stream()
                        .map(row -> row.get("form").asString())
                        .toList());
    }

    /** Models from before there was a choice have floats, and nothing on their node that says so. */
    @Test
    void theUpdatesOfAFactMayBeFloatsOrWrittenByHand() {
        train("m", "heldOutFraction: 0.0, influenceStorage: 'float32'");
        Map<List<Object>, Double> before = influencesOnDora("m");
        server.run("MATCH (m:_WhylinkModel {name: 'm'}) REMOVE m.influenceStorage");
        assertEquals(before, influencesOnDora("m"));
        assertFalse(server.one("CALL whylink.models('m')").get("stale").asBoolean());

        // As int8: nothing at all, by a form byte, three scales and the numbers.
        byte[] nothing = new byte[13 + 3 * 2 * 32];
        nothing[0] = 2;
        String living = "MATCH ({name: 'dora'})-[r:LIVES_IN]->() ";
        server.run(living + "SET r.whylink_m_rollback = $row", Map.of("row", nothing));
        Map<List<Object>, Double> after = influencesOnDora("m");
        assertEquals(before.keySet(), after.keySet());
        after.forEach((fact, influence) -> {
            boolean written = fact.get(0).equals("dora") && fact.get(1).equals("LIVES_IN");
            assertEquals(written ? 0 : before.get(fact), influence, 1e-12, "" + fact);
            assertTrue(!written || Math.abs(before.get(fact)) > 1e-6, "it had an influence to lose");
        });

        server.run(living + "SET r.whylink_m_rollback = $row", Map.of("row", new byte[] {2, 0, 0}));
        assertEquals(before.size() - 1, influencesOnDora("m").size(), "what is no row is no candidate");
    }

    @Test
    void aFactThatWasDeletedSinceItWasAskedForExplainsNoMore() {
        train("m", "heldOutFraction: 0.0");
        Map<List<Object>, Double> before = influencesOnDora("m");
        for (int call = 0; call < 50; call++) {
            assertEquals(before, influencesOnDora("m"), "from the graph, and soon from memory");
        }
        Record first = explainDora("m").get(0);
        server.run(
                "MATCH ({name: $source})-[r]->({name: $target}) WHERE type(r) = $type DELETE r",
                Map.of(
                        "source", first.get("source"),
                        "type", first.get("type"),
                        "target", first.get("target")));
        Map<List<Object>, Double> expected = new HashMap<>(before);
        expected.remove(List.of(
                first.get("source").asString(),
                first.get("type").asString(),
                first.get("target").asString()));
        assertEquals(before.size() - 1, expected.size());
        for (int call = 0; call < 50; call++) {
            assertEquals(expected, influencesOnDora("m"), "from the graph, and soon from memory again");
        }
    }

    private Map<List<Object>, Double> influencesOnDora(String model) {
        return explainDora(model).stream()
                .collect(Collectors.toMap(
                        row -> List.of(
                                row.get("source").asString(),
                                row.get("type").asString(),
                                row.get("target").asString()),
                        row -> row.get("influence").asDouble()));
    }

    private static void assertInfluences(
            Map<List<Object>, Double> expected, Map<List<Object>, Double> actual, double tolerance) {
        assertEquals(expected.keySet(), actual.keySet());
        double largest = expected.values().stream().mapToDouble(Math::abs).max().orElseThrow();
        expected.forEach(
                (fact, influence) -> assertEquals(influence, actual.get(fact), tolerance * largest, "" + fact));
    }

    @Test
    void typedNegativesGoByTheLabelsWhereEveryNodeHasOne() {
        String typed = "negativeDistribution: 'typed', heldOutFraction: 0.0, maxEpochs: 3";
        train("uniform", "heldOutFraction: 0.0, maxEpochs: 3");
        train("labels", typed);
        // Every other selection of negatives is another model: towns and countries are now of one class.
        server.run("MATCH (n:Country) REMOVE n:Country SET n:Town");
        train("merged", typed);
        server.run("MATCH (n {name: 'anna'}) REMOVE n:Person");
        train("observed", typed);
        List<String> models = List.of("uniform", "labels", "merged", "observed");
        for (String one : models) {
            for (String other : models) {
                assertEquals(one.equals(other), embeddings(one).equals(embeddings(other)), one + " and " + other);
            }
        }
    }

    @Test
    void onlyFactsTheModelWasTrainedOnExplain() {
        train("m", "heldOutFraction: 0.4");
        server.run("MATCH (dora {name: 'dora'}), (jean {name: 'jean'}) CREATE (dora)-[:KNOWS]->(jean)");
        Record facts = server.one(
                """
                MATCH (dora {name: 'dora'}), (germany {name: 'Germany'})
                CALL whylink.explain('m', {source: dora, type: 'CITIZEN_OF', target: germany, topK: 10000})
                YIELD fact
                WITH collect(fact) AS facts
                RETURN size(facts) AS n, all(fact IN facts WHERE fact.whylink_m_rollback IS NOT NULL) AS trained,
                  COUNT { MATCH (a)-[f]->(b) WHERE f.whylink_m_rollback IS NOT NULL AND (type(f) = 'CITIZEN_OF'
                    OR a.name IN ['dora', 'Germany'] OR b.name IN ['dora', 'Germany']) } AS candidates
                """);
        assertTrue(facts.get("trained").asBoolean());
        assertTrue(facts.get("n").asInt() > 0);
        assertEquals(facts.get("candidates"), facts.get("n"), "every fact that shares a row, and no other");
    }

    @Test
    void aNodeIsItsOwnAnswerOnlyWhereItsTypeHasSelfLoops() {
        String anna =
                """
                MATCH (s {name: 'anna'})
                CALL whylink.predict.targets('%s', {source: s, type: 'KNOWS', topK: 100, includeKnown: true})
                YIELD target WHERE target = s RETURN count(target) AS n
                """;
        train("without", "heldOutFraction: 0.0");
        assertEquals(0, server.one(anna.formatted("without")).get("n").asInt());
        server.run("MATCH (carl {name: 'carl'}) CREATE (carl)-[:KNOWS]->(carl)");
        train("with", "heldOutFraction: 0.0");
        assertEquals(1, server.one(anna.formatted("with")).get("n").asInt());
    }

    @Test
    void anExplanationIsAlsoOneGraph() {
        train("m", "heldOutFraction: 0.0");
        List<Record> rows = explainDora("m");
        Record graph = server.one(
                """
                MATCH (dora {name: 'dora'}), (germany {name: 'Germany'})
                CALL whylink.explain.graph('m', {source: dora, type: 'CITIZEN_OF', target: germany, topK: 100, captionProperty: 'name'})
                YIELD source, target, type, probability, nodes, relationships, influences, svg
                RETURN source, target, type, probability, nodes, relationships, influences, svg,
                  all(r IN relationships WHERE startNode(r) IN nodes AND endNode(r) IN nodes) AS closed
                """);
        assertEquals(rows.size(), graph.get("relationships").size());
        assertEquals(
                rows.stream().map(row -> row.get("influence").asDouble()).toList(),
                graph.get("influences").asList(Value::asDouble));
        assertTrue(graph.get("closed").asBoolean());
        assertEquals(
                graph.get("nodes").asList().size(),
                graph.get("nodes").asList().stream().distinct().count());
        assertEquals(rows.get(0).get("probability"), graph.get("probability"));
        assertTrue(graph.get("svg").asString().contains("Germany"), "captions in the picture");
    }

    @Test
    void theModelStandsInTheGraph() {
        train("m", "heldOutFraction: 0.2, embeddingDimension: 8, influenceStorage: 'float32'");
        assertEquals(
                SmallGraphs.TOWNS_ENTITIES,
                server.one("MATCH (n) WHERE n.whylink_m IS NOT NULL AND size(n.whylink_m) = 16 RETURN count(n) AS n")
                        .get("n")
                        .asInt());
        Record facts = server.one(
                """
                MATCH ()-[r]->() WHERE r.whylink_m_influence IS NOT NULL
                RETURN count(r) AS n, min(r.whylink_m_influence) AS least, collect(DISTINCT size(r.whylink_m_rollback)) AS widths
                """);
        Record model = server.one(
                "MATCH (m:_WhylinkModel) RETURN m { .* } AS m, COUNT { (m)-[:_WHYLINK_RELATION]->(:_WhylinkRelation) } AS relations");
        assertEquals(facts.get("n").asLong(), model.get("m").get("factCount").asLong());
        assertTrue(facts.get("least").asDouble() > 0);
        assertEquals(List.of(48L), facts.get("widths").asList());
        assertEquals(4, model.get("relations").asInt());
        assertEquals("ready", model.get("m").get("state").asString());
        assertEquals(
                System.getProperty("whylink.version"),
                model.get("m").get("pluginVersion").asString());
        assertTrue(model.get("m").get("configuration").asString().contains("\"embeddingDimension\": 8"));
    }

    @Test
    void trainingNeverReadsWhatOtherModelsKeepInTheGraph() {
        train("first", "");
        Record second = train("second", "");
        assertEquals(SmallGraphs.TOWNS_ENTITIES, second.get("entities").asInt());
        assertEquals(embeddings("first"), embeddings("second"));
    }

    @Test
    void parallelRelationshipsAreOneFact() {
        server.run("MATCH (a {name: 'anna'}), (b {name: 'bob'}) CREATE (a)-[:KNOWS]->(b), (a)-[:KNOWS]->(b)");
        Record row = train("m", "heldOutFraction: 0.0");
        assertEquals(SmallGraphs.TOWNS_FACTS, row.get("facts").asInt());
        assertEquals(
                1,
                server.one(
                                "MATCH ({name: 'anna'})-[r:KNOWS]->({name: 'bob'}) WHERE r.whylink_m_rollback IS NOT NULL RETURN count(r) AS n")
                        .get("n")
                        .asInt());
    }

    @Test
    void theSelectionDecidesWhatIsAFact() {
        Record row = train("m", "nodeLabels: 'Person', relationshipTypes: ['KNOWS', 'LIVES_IN'], heldOutFraction: 0.0");
        assertEquals(4, row.get("facts").asInt());
        assertEquals(6, row.get("entities").asInt());
        assertEquals(1, row.get("relations").asInt());

        Record typesOnly = train("n", "relationshipTypes: ['LIVES_IN'], heldOutFraction: 0.0");
        assertEquals(11, typesOnly.get("facts").asInt());
        assertEquals(14, typesOnly.get("entities").asInt());
    }

    @Test
    void theSameSeedGivesTheSameBitsWhateverTheConcurrency() {
        train("one", "concurrency: 1, batchSize: 7, randomSeed: 5");
        train("four", "concurrency: 4, batchSize: 7, randomSeed: 5");
        train("again", "concurrency: 4, batchSize: 7, randomSeed: 5");
        train("other", "concurrency: 4, batchSize: 7, randomSeed: 6");
        assertEquals(embeddings("one"), embeddings("four"));
        assertEquals(embeddings("one"), embeddings("again"));
        assertEquals(rollbacks("one"), rollbacks("four"));
        assertNotEquals(embeddings("one"), embeddings("other"));
    }

    @Test
    void knownLinksComeBackOnlyWhenAskedFor() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 100");
        String query =
                """
                MATCH (germany {name: 'Germany'})
                CALL whylink.predict.sources('m', {target: germany, type: 'CITIZEN_OF', topK: 100, includeKnown: %s})
                YIELD rank, source, target, score, known
                RETURN rank, source.name AS source, target.name AS target, score, known
                """;
        List<Record> unknown = server.run(query.formatted(false));
        List<Record> all = server.run(query.formatted(true));
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 1, all.size(), "everything but Germany");
        assertEquals(6, all.stream().filter(row -> row.get("known").asBoolean()).count());
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 1 - 6, unknown.size());
        List<String> sources =
                unknown.stream().map(row -> row.get("source").asString()).toList();
        assertTrue(sources.indexOf("dora") < sources.indexOf("jean"), () -> "" + sources);
        for (int i = 1; i < all.size(); i++) {
            assertTrue(all.get(i - 1).get("score").asDouble()
                    >= all.get(i).get("score").asDouble());
        }
    }

    @Test
    void targetsAndSourcesAgreeOnTheScoreOfALink() {
        train("m", "");
        double asTarget = server.one(
                        """
                        MATCH (s {name: 'dora'})
                        CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true})
                        YIELD target, score WITH * WHERE target.name = 'France' RETURN score
                        """)
                .get("score")
                .asDouble();
        double asSource = server.one(
                        """
                        MATCH (t {name: 'France'})
                        CALL whylink.predict.sources('m', {target: t, type: 'CITIZEN_OF', topK: 100, includeKnown: true})
                        YIELD source, score WITH * WHERE source.name = 'dora' RETURN score
                        """)
                .get("score")
                .asDouble();
        assertEquals(asTarget, asSource);
    }

    @Test
    void deletedEntitiesAreNoLongerPredicted() {
        train("m", "heldOutFraction: 0.0");
        String query =
                "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true}) YIELD target RETURN target.name AS name";
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 1, server.run(query).size());
        server.run("MATCH (n {name: 'Germany'}) DETACH DELETE n");
        List<String> names = server.run(query).stream()
                .map(row -> row.get("name").asString())
                .toList();
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 2, names.size());
        assertFalse(names.contains("Germany"));
    }

    /** As a new node would do that has got the id of a deleted one. */
    @Test
    void aNodeWithoutItsEmbeddingIsNoLongerPartOfTheModel() {
        train("m", "heldOutFraction: 0.0");
        String query =
                "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true}) YIELD target RETURN target.name AS name";
        server.run(query);
        server.run("MATCH (n {name: 'Germany'}) REMOVE n.whylink_m");
        assertTrue(server.run(query).stream()
                .noneMatch(row -> row.get("name").asString().equals("Germany")));
    }

    @Test
    void whatACallerRollsBackIsNotRememberedForOthers() {
        train("m", "heldOutFraction: 0.0");
        String count =
                "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true}) YIELD target RETURN count(target) AS n";
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction.run("MATCH (n {name: 'Germany'}) DETACH DELETE n").consume();
            assertEquals(
                    SmallGraphs.TOWNS_ENTITIES - 2,
                    transaction.run(count).single().get("n").asInt());
            transaction.rollback();
        }
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 1, server.one(count).get("n").asInt());
    }

    @Test
    void rowsThatADeletedModelNodeLeftBehindAreNoPartOfANewModel() {
        train("m", "heldOutFraction: 0.0");
        server.run("MATCH (n) WHERE n:_WhylinkModel OR n:_WhylinkRelation DETACH DELETE n");
        Record trained = train("m", "relationshipTypes: ['CITIZEN_OF'], heldOutFraction: 0.0");
        assertEquals(
                trained.get("entities").asInt(),
                server.one("MATCH (n) WHERE n.whylink_m IS NOT NULL RETURN count(n) AS n")
                        .get("n")
                        .asInt());
        assertEquals(
                trained.get("facts").asInt(),
                server.one("MATCH ()-[r]->() WHERE r.whylink_m_rollback IS NOT NULL RETURN count(r) AS n")
                        .get("n")
                        .asInt());
    }

    @Test
    void aNodeThatOnlyBearsTheLabelOfModelsIsInNobodysWay() {
        server.run("CREATE (:_WhylinkModel), (:_WhylinkModel {name: 7}), (:_WhylinkModel {name: 'x_rollback'})");
        train("m", "maxEpochs: 1");
        assertEquals(1, server.run("CALL whylink.models()").size());
        server.run("CALL whylink.models.drop('m')");
    }

    @Test
    void modelsAreListedAndKnowWhenTheGraphHasMovedOn() {
        Record trained = train("m", "relationshipTypes: ['KNOWS'], heldOutFraction: 0.0");
        train("n", "influence: false");
        List<Record> models = server.run("CALL whylink.models()");
        assertEquals(
                List.of("m", "n"),
                models.stream().map(row -> row.get("modelName").asString()).toList());
        Record m = models.get(0);
        assertEquals("ready", m.get("state").asString());
        assertFalse(m.get("stale").asBoolean());
        assertTrue(m.get("influence").asBoolean());
        assertTrue(m.get("mrr").isNull());
        assertEquals(4, m.get("facts").asInt());
        assertEquals(trained.get("configuration"), m.get("configuration"));
        assertTrue(m.get("lipschitz").asDouble() > 0);
        assertEquals(trained.get("lipschitz"), m.get("lipschitz"));
        assertFalse(models.get(1).get("influence").asBoolean());

        server.run("MATCH (a {name: 'anna'}), (b {name: 'karl'}) CREATE (a)-[:LIVES_IN]->(b)");
        assertFalse(server.one("CALL whylink.models('m')").get("stale").asBoolean());
        assertTrue(server.one("CALL whylink.models('n')").get("stale").asBoolean());
        server.run("MATCH (a {name: 'anna'}), (b {name: 'karl'}) CREATE (a)-[:KNOWS]->(b)");
        assertTrue(server.one("CALL whylink.models('m')").get("stale").asBoolean());
    }

    @Test
    void droppingLeavesNothingBehind() {
        train("a", "");
        train("ab", "");
        server.run("MATCH (n:Person) REMOVE n:Person SET n:Human");
        Record dropped = server.one("CALL whylink.models.drop('a')");
        assertEquals(SmallGraphs.TOWNS_ENTITIES, dropped.get("entities").asInt());
        assertEquals(SmallGraphs.TOWNS_FACTS - 3, dropped.get("facts").asInt());
        assertTrue(server.traces().contains("whylink_ab_rollback"));
        assertFalse(server.traces().contains("whylink_a_rollback"));
        server.run("CALL whylink.models.drop('ab')");
        assertEquals(List.of(), server.traces());
        assertEquals(List.of(), server.run("CALL whylink.models.drop('ab', {failIfMissing: false})"));
    }

    @Test
    void anInterruptedTrainingIsIncompleteAndCanBeDropped() {
        train("m", "");
        server.run("MATCH (m:_WhylinkModel) SET m.state = 'training'");
        assertEquals(
                "incomplete",
                server.one("CALL whylink.models('m')").get("state").asString());
        server.run("CALL whylink.models.drop('m')");
        assertEquals(List.of(), server.traces());
    }

    @Test
    void jobsTellHowATrainingEnded() {
        train("m", "maxEpochs: 3");
        Record job = server.run("CALL whylink.jobs()").get(0);
        assertEquals("m", job.get("modelName").asString());
        assertEquals("done", job.get("phase").asString());
        assertEquals(3, job.get("epoch").asInt());
        assertEquals(1.0, job.get("progress").asDouble());
    }

    private Record overall(String model, String configuration) {
        return server.run("CALL whylink.evaluate('%s', {%s})".formatted(model, configuration))
                .get(0);
    }

    private double scoreOfDoraInGermany(String model, String asked) {
        boolean targets = asked.equals("targets");
        return server.one(
                        """
                        MATCH (n {name: '%s'})
                        CALL whylink.predict.%s('%s', {%s: n, type: 'CITIZEN_OF', topK: 100, includeKnown: true})
                        YIELD source, target, score WHERE source.name = 'dora' AND target.name = 'Germany' RETURN score
                        """
                                .formatted(targets ? "dora" : "Germany", asked, model, targets ? "source" : "target"))
                .get("score")
                .asDouble();
    }

    private Record train(String name, String configuration) {
        return server.one("CALL whylink.train('%s', {%s})".formatted(name, configuration));
    }

    private List<Record> explainDora(String model) {
        return server.run(
                """
                MATCH (dora {name: 'dora'}), (germany {name: 'Germany'})
                CALL whylink.explain('%s', {source: dora, type: 'CITIZEN_OF', target: germany, topK: 1000})
                YIELD rank, source, fact, target, role, influence, share, probability
                RETURN rank, source.name AS source, type(fact) AS type, target.name AS target, role, influence, share,
                  probability, startNode(fact).name AS start, endNode(fact).name AS end
                ORDER BY rank
                """
                        .formatted(model));
    }

    private List<Record> embeddings(String model) {
        return server.run(
                "MATCH (n) WHERE n.whylink_%s IS NOT NULL RETURN n.name AS name, n.whylink_%s AS row ORDER BY name"
                        .formatted(model, model));
    }

    private List<Record> rollbacks(String model) {
        return server.run(
                "MATCH (a)-[r]->(b) RETURN a.name AS a, type(r) AS type, b.name AS b, r.whylink_%s_rollback AS row, r.whylink_%s_influence AS influence ORDER BY a, type, b"
                        .formatted(model, model));
    }
}
