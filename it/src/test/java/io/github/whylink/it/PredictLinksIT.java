package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.exceptions.Neo4jException;

/** The best links of the whole graph, as rows and as relationships, and the types between two nodes. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class PredictLinksIT {
    private static final String COLUMNS = "YIELD rank, source, type, target, score, probability, targetRank, known "
            + "RETURN rank, source.name AS source, type, target.name AS target, score, probability, targetRank, known ORDER BY rank";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void theBestLinksAreTheBestOfWhatIsPredictedForEachSourceAndType() {
        train("m", "heldOutFraction: 0.1, maxEpochs: 50");
        for (String by : List.of("score", "probability")) {
            List<List<Object>> all = new ArrayList<>();
            for (String type : List.of("IN", "LIVES_IN", "CITIZEN_OF", "KNOWS")) {
                server.run(
                                "MATCH (n) WHERE n.whylink_m IS NOT NULL "
                                        + "CALL whylink.predict.targets('m', {source: n, type: $type, topK: 1000}) "
                                        + "YIELD target, score, probability "
                                        + "RETURN n.name AS source, target.name AS target, score, probability",
                                Map.of("type", type))
                        .forEach(row -> all.add(List.of(
                                row.get(by).asDouble(),
                                row.get("source").asString(),
                                type,
                                row.get("target").asString())));
            }
            all.sort(Comparator.comparingDouble(row -> -(double) row.get(0)));
            List<List<Object>> found = new ArrayList<>();
            for (Record row : links("topK: 50, orderBy: '%s'".formatted(by))) {
                found.add(List.of(
                        row.get(by).asDouble(),
                        row.get("source").asString(),
                        row.get("type").asString(),
                        row.get("target").asString()));
                assertEquals(found.size(), row.get("rank").asInt());
                assertFalse(row.get("known").asBoolean());
            }
            assertEquals(all.subList(0, 50), found);
        }
    }

    @Test
    void theResultDoesNotDependOnTheNumberOfThreads() {
        train("m", "maxEpochs: 20");
        assertEquals(rows(links("topK: 300, concurrency: 1")), rows(links("topK: 300, concurrency: 4")));
    }

    @Test
    void typesAndLabelsOfTheEndsCanBeChosen() {
        train("m", "maxEpochs: 20");
        List<Record> some = links(
                "relationshipTypes: 'CITIZEN_OF', sourceLabels: ['Person'], targetLabels: ['Country', 'Town'], topK: 1000");
        // 11 people, of whom one takes part in no fact; 5 places; 10 of them known.
        assertEquals(11 * 5 - 10, some.size());
        assertTrue(some.stream().allMatch(row -> row.get("type").asString().equals("CITIZEN_OF")));
        assertEquals(
                "dora",
                links(
                                "relationshipTypes: 'CITIZEN_OF', sourceLabels: ['Person'], targetLabels: ['Country'], orderBy: 'probability', topK: 1, threshold: 0.0001")
                        .get(0)
                        .get("source")
                        .asString(),
                "all others have their country");
        assertEquals(List.of(), links("threshold: 1e30"));
        fails(
                "CALL whylink.predict.links('m', {sourceLabels: 'Persn'})",
                "'sourceLabels': the database has no node label 'Persn'; did you mean 'Person'?");
        fails(
                "CALL whylink.predict.links('m', {relationshipTypes: ['CITIZENOF']})",
                "'relationshipTypes': model 'm' was not trained on relationships of type 'CITIZENOF'; did you mean 'CITIZEN_OF'?");
    }

    @Test
    void whatTheGraphHasIsLeftOutOrFlagged() {
        train("m", "heldOutFraction: 0.2, maxEpochs: 20");
        List<Record> all = links("includeKnown: true, topK: 100000");
        assertEquals(
                SmallGraphs.TOWNS_FACTS,
                all.stream().filter(row -> row.get("known").asBoolean()).count(),
                "held-out facts are known too");
        List<Record> novel = links("topK: 100000");
        assertEquals(all.size() - SmallGraphs.TOWNS_FACTS, novel.size());
        Record best = novel.get(0);
        server.run(
                "MATCH (a {name: $a}), (b {name: $b}) CREATE (a)-[:%s]->(b)"
                        .formatted(best.get("type").asString()),
                Map.of(
                        "a",
                        best.get("source").asString(),
                        "b",
                        best.get("target").asString()));
        assertEquals(novel.get(1).get("source"), links("topK: 1").get(0).get("source"));
    }

    @Test
    void answersCanBeRestrictedToLabels() {
        train("m", "maxEpochs: 20");
        String targets =
                "MATCH (n {name: 'dora'}) CALL whylink.predict.targets('m', {source: n, type: 'CITIZEN_OF', topK: 100%s}) "
                        + "YIELD rank, target, score, probability RETURN target.name AS name, labels(target)[0] AS label, score, probability ORDER BY rank";
        List<Record> all = server.run(targets.formatted(""));
        List<Record> countries = server.run(targets.formatted(", nodeLabels: ['Country']"));
        assertEquals(
                all.stream()
                        .filter(row -> row.get("label").asString().equals("Country"))
                        .toList(),
                countries);
        assertEquals(2, countries.size());
        List<Record> towns = server.run(
                "MATCH (n {name: 'Germany'}) CALL whylink.predict.sources('m', {target: n, type: 'CITIZEN_OF', nodeLabels: ['Town']}) "
                        + "YIELD source RETURN labels(source)[0] AS label");
        assertEquals(3, towns.size());
        assertTrue(towns.stream().allMatch(row -> row.get("label").asString().equals("Town")));
        fails(targets.formatted(", nodeLabels: 'Contry'"), "'nodeLabels': the database has no node label 'Contry'");
    }

    @Test
    void theTypesBetweenTwoNodesAreRanked() {
        train("m", "heldOutFraction: 0.0, maxEpochs: 200");
        String types =
                "MATCH (a {name: 'anna'}), (b {name: '%s'}) CALL whylink.predict.types('m', {source: a, target: b%s}) "
                        + COLUMNS;
        List<Record> all = server.run(types.formatted("Germany", ", includeKnown: true"));
        assertEquals(4, all.size());
        assertEquals("CITIZEN_OF", all.get(0).get("type").asString());
        assertTrue(all.get(0).get("known").asBoolean());
        List<Record> novel = server.run(types.formatted("Germany", ""));
        assertEquals(3, novel.size());
        assertTrue(novel.stream().noneMatch(row -> row.get("known").asBoolean()));
        assertTrue(novel.get(0).get("probability").asDouble()
                >= novel.get(1).get("probability").asDouble());
        assertEquals(
                all.get(0).get("type"),
                server.run(types.formatted("Germany", ", includeKnown: true, orderBy: 'score', topK: 1"))
                        .get(0)
                        .get("type"));
        assertEquals(List.of(), server.run(types.formatted("anna", "")), "nobody knows himself");
    }

    @Test
    void linksAreWrittenWithWhatTheModelSaysOfThem() {
        train("m", "maxEpochs: 20");
        List<Record> best = links("topK: 20, sourceLabels: 'Person'");
        Record row =
                server.one("CALL whylink.predict.write('m', {writeType: 'MAY BE', topK: 20, sourceLabels: 'Person'})");
        assertEquals("MAY BE", row.get("writeType").asString());
        assertEquals(20, row.get("found").asInt());
        assertEquals(20, row.get("written").asInt() + row.get("skipped").asInt());
        assertEquals("probability", row.get("configuration").get("orderBy").asString());
        List<Record> written = server.run(
                "MATCH (a)-[r:`MAY BE`]->(b) RETURN a.name AS source, r.type AS type, b.name AS target, r.score AS score, r.probability AS probability, r.model AS model ORDER BY probability DESC");
        assertEquals(row.get("written").asInt(), written.size());
        assertTrue(written.stream().allMatch(r -> r.get("model").asString().equals("m")));
        List<Map<String, Object>> expected = new ArrayList<>();
        for (Record link : best) {
            // Of two types between the same nodes the better one is written.
            if (expected.stream()
                    .noneMatch(other -> other.get("source")
                                    .equals(link.get("source").asString())
                            && other.get("target").equals(link.get("target").asString()))) {
                expected.add(Map.of(
                        "source", link.get("source").asString(),
                        "type", link.get("type").asString(),
                        "target", link.get("target").asString(),
                        "score", link.get("score").asDouble(),
                        "probability", link.get("probability").asDouble(),
                        "model", "m"));
            }
        }
        assertEquals(expected, rows(written));

        Record again =
                server.one("CALL whylink.predict.write('m', {writeType: 'MAY BE', topK: 20, sourceLabels: 'Person'})");
        assertEquals(0, again.get("written").asInt());
        assertEquals(20, again.get("skipped").asInt());
        assertEquals(
                "done", server.run("CALL whylink.jobs()").get(0).get("phase").asString());
        assertEquals(
                "write", server.run("CALL whylink.jobs()").get(0).get("task").asString());
    }

    @Test
    void anExistingRelationshipIsNeverChanged() {
        train("m", "maxEpochs: 20");
        Record best = links("topK: 1").get(0);
        server.run(
                "MATCH (a {name: $a}), (b {name: $b}) CREATE (a)-[:POSSIBLE {score: 'mine'}]->(b)",
                Map.of(
                        "a",
                        best.get("source").asString(),
                        "b",
                        best.get("target").asString()));
        Record row = server.one("CALL whylink.predict.write('m', {writeType: 'POSSIBLE', topK: 1})");
        assertEquals(1, row.get("skipped").asInt());
        assertEquals(
                Map.of("score", "mine"),
                server.one("MATCH ()-[r:POSSIBLE]->() RETURN properties(r) AS p")
                        .get("p")
                        .asMap());
    }

    @Test
    void whatIsWrittenNeedsATypeOfItsOwn() {
        train("m", "maxEpochs: 1");
        fails("CALL whylink.predict.write('m', {})", "'writeType' is missing");
        fails(
                "CALL whylink.predict.write('m', {writeType: ' '})",
                "'writeType' must be the name of a relationship type");
        fails(
                "CALL whylink.predict.write('m', {writeType: '_Whylink_X'})",
                "'writeType' must be",
                "none of Whylink's own");
        fails("CALL whylink.predict.write('m', {writeType: 'X', includeKnown: true})", "unknown key 'includeKnown'");
    }

    @Test
    void aCallerThatHasWrittenToANodeIsToldSoAndNothingIsLeftBehind() {
        train("m", "maxEpochs: 1");
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction.run("MATCH (n {name: 'dora'}) SET n.age = 40").consume();
            Neo4jException e = assertThrows(Neo4jException.class, () -> transaction
                    .run("CALL whylink.predict.write('m', {writeType: 'POSSIBLE', topK: 1000})")
                    .consume());
            assertTrue(e.getMessage().contains("the calling transaction has itself written"), e.getMessage());
        }
        assertEquals(0, possible());
    }

    @Test
    void linksOfANodeThatIsDeletedWhileTheyAreWrittenArePassedOver() throws InterruptedException {
        train("m", "maxEpochs: 1");
        List<Record> all = links("topK: 1000");
        CompletableFuture<Record> writing;
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction.run("MATCH (n {name: 'fred'}) DETACH DELETE n").consume();
            writing = CompletableFuture.supplyAsync(
                    () -> server.one("CALL whylink.predict.write('m', {writeType: 'POSSIBLE', topK: 1000})"));
            // It has found the links, fred's among them, and waits for what becomes of him.
            while (server.run(
                            "CALL whylink.jobs() YIELD task, phase WHERE task = 'write' AND phase = 'writing' RETURN 1")
                    .isEmpty()) {
                Thread.sleep(10);
            }
            transaction.commit();
        }
        Record row = writing.join();
        long left = all.stream()
                .map(link -> List.of(
                        link.get("source").asString(), link.get("target").asString()))
                .filter(ends -> !ends.contains("fred"))
                .distinct()
                .count();
        assertEquals(all.size(), row.get("found").asInt());
        assertEquals(left, row.get("written").asInt());
        assertEquals(all.size() - left, row.get("skipped").asInt());
        assertEquals(left, possible());
    }

    @Test
    void twoCallsAtOnceWriteEachLinkOnce() {
        train("m", "maxEpochs: 1");
        String write = "CALL whylink.predict.write('m', {writeType: 'POSSIBLE', topK: 1000})";
        CompletableFuture<Record> first = CompletableFuture.supplyAsync(() -> server.one(write));
        int written = server.one(write).get("written").asInt()
                + first.join().get("written").asInt();
        assertEquals(possible(), written);
        assertEquals(
                written,
                server.one("MATCH (a)-[:POSSIBLE]->(b) WITH DISTINCT a, b RETURN count(*) AS n")
                        .get("n")
                        .asInt());
    }

    @Test
    void cancellingLeavesNothingBehind() throws InterruptedException {
        server.run("MATCH (n) DETACH DELETE n");
        server.run("UNWIND range(0, 399) AS i CREATE (:N {i: i})");
        server.run("MATCH (a:N), (b:N {i: (a.i * 7 + 1) % 400}) CREATE (a)-[:TO]->(b)");
        train("m", "maxEpochs: 1, embeddingDimension: 4, heldOutFraction: 0.0");
        CompletableFuture<List<Record>> writing = CompletableFuture.supplyAsync(
                () -> server.run("CALL whylink.predict.write('m', {writeType: 'POSSIBLE', topK: 100000})"));
        int seen = 0;
        while (seen == 0 && !writing.isDone()) {
            seen = possible();
        }
        String id = server.one(
                        "SHOW TRANSACTIONS YIELD transactionId, currentQuery WHERE currentQuery CONTAINS 'predict.write' AND NOT currentQuery STARTS WITH 'SHOW'")
                .get("transactionId")
                .asString();
        server.run("TERMINATE TRANSACTIONS $id", Map.of("id", id));
        assertThrows(CompletionException.class, writing::join);
        assertNotEquals(0, seen, "some of them had been committed");
        while (!server.run("CALL whylink.jobs()").get(0).get("phase").asString().equals("failed")) {
            Thread.sleep(10);
        }
        assertEquals(0, possible());
        assertEquals(
                400,
                server.one("MATCH ()-[r:TO]->() RETURN count(r) AS n").get("n").asInt());
    }

    private int possible() {
        return server.one("MATCH ()-[r:POSSIBLE]->() RETURN count(r) AS n")
                .get("n")
                .asInt();
    }

    private List<Record> links(String configuration) {
        return server.run("CALL whylink.predict.links('m', {%s}) ".formatted(configuration) + COLUMNS);
    }

    private static List<Map<String, Object>> rows(List<Record> records) {
        return records.stream().map(Record::asMap).toList();
    }

    private void train(String name, String configuration) {
        server.run("CALL whylink.train('%s', {%s})".formatted(name, configuration));
    }

    private void fails(String query, String... parts) {
        server.fails(query, parts);
    }
}
