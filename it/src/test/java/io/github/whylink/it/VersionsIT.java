package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;
import org.neo4j.driver.Session;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.exceptions.Neo4jException;

/** A model is replaced by a new version of it, trains in the background, and is estimated. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class VersionsIT {
    private static final String ENDLESS = "maxEpochs: 100000, embeddingDimension: 512";

    private static final String ASK =
            """
            MATCH (s {name: 'dora'}), (t {name: 'Germany'})
            CALL whylink.predict.targets('%1$s', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true})
            YIELD rank, target, score
            WITH s, t, collect([rank, target.name, score]) AS predicted
            CALL whylink.explain('%1$s', {source: s, type: 'CITIZEN_OF', target: t, topK: 1000})
            YIELD rank, source, fact, target, influence
            RETURN predicted, collect([rank, source.name, type(fact), target.name, influence]) AS explained
            """;

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void anOverwrittenModelIsTheOneThatTheSameCallTrainsAnew() {
        server.run("CALL whylink.train('fresh', {randomSeed: 2, influenceStorage: 'float32'})");
        server.run("CALL whylink.train('m', {randomSeed: 1, loss: 'margin', margin: 2.0, validationFraction: 0.1})");
        Record row =
                server.one("CALL whylink.train('m', {overwrite: true, randomSeed: 2, influenceStorage: 'float32'})");
        assertEquals(2, row.get("configuration").get("randomSeed").asInt());
        assertTrue(row.get("configuration").get("overwrite").isNull());
        assertEquals(answers("fresh"), answers("m"));
        assertEquals(rows("fresh", "whylink_fresh_rollback"), rows("m", "whylink__2_m_rollback"));
        assertEquals(keys("_WhylinkModel", "fresh"), keys("_WhylinkModel", "m"));
        Record listed = server.one("CALL whylink.models('m')");
        assertEquals("ready", listed.get("state").asString());
        assertEquals("whylink_m", listed.get("embeddingProperty").asString());
        assertEquals(row.get("configuration"), listed.get("configuration"));

        server.run("CALL whylink.train('m', {overwrite: true, randomSeed: 1})");
        server.run("CALL whylink.train('m', {overwrite: true, randomSeed: 2, influenceStorage: 'float32'})");
        server.run("CALL whylink.train('m', {overwrite: true, randomSeed: 2, influenceStorage: 'float32'})");
        assertEquals(rows("fresh", "whylink_fresh_rollback"), rows("m", "whylink_m_rollback"));
        server.run("CALL whylink.models.drop('fresh')");
        server.run("CALL whylink.models.drop('m')");
        assertEquals(List.of(), server.traces());
    }

    @Test
    void whatTheNewVersionHasNotIsGone() {
        server.run("CALL whylink.train('m')");
        server.run("CALL whylink.train('m', {overwrite: true, relationshipTypes: ['CITIZEN_OF'], influence: false})");
        assertEquals(
                12,
                server.one("MATCH (n) WHERE n.whylink_m IS NOT NULL RETURN count(n) AS n")
                        .get("n")
                        .asInt());
        assertEquals(
                Set.of("_WhylinkModel", "_WhylinkRelation", "whylink_m", "_WHYLINK_RELATION"),
                Set.copyOf(server.traces()));
        assertEquals(
                1,
                server.one("MATCH (r:_WhylinkRelation) RETURN count(r) AS n")
                        .get("n")
                        .asInt());
    }

    @Test
    void theOldVersionAnswersUntilTheNewOneDoesAndWhenThatIsCancelled() throws InterruptedException {
        server.run("CALL whylink.train('m')");
        List<String> traces = server.traces();
        List<Map<String, Object>> before = answers("m");
        Record started =
                server.one("CALL whylink.train('m', {overwrite: true, background: true, %s})".formatted(ENDLESS));
        String jobId = started.get("jobId").asString();
        assertTrue(started.get("facts").isNull());
        assertEquals(512, started.get("configuration").get("embeddingDimension").asInt());
        awaitPhase(jobId, "training");
        assertEquals(
                "replacing", server.one("CALL whylink.models('m')").get("state").asString());
        assertEquals(before, answers("m"));
        for (String second : List.of("CALL whylink.train('m', {overwrite: true})", "CALL whylink.models.drop('m')")) {
            Neo4jException busy = assertThrows(Neo4jException.class, () -> server.run(second));
            assertTrue(
                    busy.getMessage().contains("being trained, changed or dropped by another call"), busy.getMessage());
        }
        Record cancelled = server.one("CALL whylink.jobs.cancel('%s')".formatted(jobId));
        assertEquals("cancelled", cancelled.get("phase").asString());
        assertEquals(traces, server.traces());
        assertEquals(
                "ready", server.one("CALL whylink.models('m')").get("state").asString());
        assertEquals(before, answers("m"));
        server.run("CALL whylink.train('m', {overwrite: true, randomSeed: 3})");
        assertNotEquals(before, answers("m"));
    }

    @Test
    void aTrainingInTheBackgroundGoesOnAfterTheCall() throws InterruptedException {
        String jobId = server.one("CALL whylink.train('m', {background: true, validationFraction: 0.1})")
                .get("jobId")
                .asString();
        awaitPhase(jobId, "done");
        server.run("CALL whylink.train('fresh', {validationFraction: 0.1})");
        assertEquals(answers("fresh"), answers("m"));
    }

    @Test
    void aCancelledTrainingInTheBackgroundLeavesNothingBehind() throws InterruptedException {
        String jobId = server.one("CALL whylink.train('m', {background: true, %s})".formatted(ENDLESS))
                .get("jobId")
                .asString();
        Record job = awaitPhase(jobId, "training");
        assertTrue(job.get("epoch").asInt() == 0 || job.get("remainingMillis").asLong() > 0, () -> "" + job);
        server.run("CALL whylink.jobs.cancel('%s')".formatted(jobId));
        assertEquals(List.of(), server.traces());
        server.run("CALL whylink.train('m', {maxEpochs: 1})");
        fails("CALL whylink.jobs.cancel('%s')".formatted(jobId), "no job '%s' is running".formatted(jobId));
    }

    @Test
    void whatIsWrongWithATrainingInTheBackgroundIsSaidAtOnceWhereItCanBe() throws InterruptedException {
        fails("CALL whylink.train('m', {background: true, maxEpochs: 0})", "'maxEpochs' must be");
        fails("CALL whylink.train('m', {background: true, nodeLabels: ['Persn']})", "did you mean 'Person'?");
        String jobId = server.one(
                        "CALL whylink.train('m', {background: true, scoringFunction: 'RESCAL', embeddingDimension: 4096})")
                .get("jobId")
                .asString();
        assertTrue(awaitPhase(jobId, "failed").get("message").asString().contains("the training needs about"));
        assertEquals(List.of(), server.traces());
    }

    @Test
    void anIncompleteModelIsReplaced() {
        server.run("CALL whylink.train('m')");
        server.run("MATCH (m:_WhylinkModel) SET m.state = 'training'");
        fails("CALL whylink.train('m')", "overwrite: true replaces it");
        server.run("CALL whylink.train('m', {overwrite: true, randomSeed: 2})");
        server.run("CALL whylink.train('fresh', {randomSeed: 2})");
        assertEquals(answers("fresh"), answers("m"));
    }

    @Test
    void aVersionThatWasCutShortWhileWritingIsReportedAndRemoved() {
        server.run("CALL whylink.train('m')");
        List<Map<String, Object>> before = answers("m");
        server.run("MATCH (m:_WhylinkModel) SET m.nextVersion = 'writing'");
        server.run("MATCH (n {name: 'dora'}) SET n.whylink__2_m = [1.0, 2.0]");
        server.run("MATCH ()-[r:KNOWS]->() SET r.whylink__2_m_rollback = [1.0], r.whylink__2_m_influence = 1.0");
        assertEquals(
                "leftovers", server.one("CALL whylink.models('m')").get("state").asString());
        assertEquals(before, answers("m"));
        Record removed = server.one("CALL whylink.models.drop('m', {onlyUnfinished: true})");
        assertEquals(
                List.of(1L, 4L),
                List.of(removed.get("entities").asLong(), removed.get("facts").asLong()));
        assertEquals(
                "ready", server.one("CALL whylink.models('m')").get("state").asString());
        assertTrue(
                server.traces().stream().noneMatch(key -> key.startsWith("whylink__2_")), () -> "" + server.traces());
        assertEquals(before, answers("m"));
        assertEquals(List.of(), server.run("CALL whylink.models.drop('m', {onlyUnfinished: true})"));
    }

    @Test
    void aVersionThatWasCutShortAfterTheSwitchAnswersAndIsPutInPlace() {
        server.run("CALL whylink.train('m')");
        List<Map<String, Object>> before = answers("m");
        List<Record> rows = rows("m", "whylink_m_rollback");
        server.run("MATCH (n) WHERE n.whylink_m IS NOT NULL SET n.whylink__2_m = n.whylink_m, n.whylink_m = [1.0]");
        server.run(
                "MATCH ()-[r]->() WHERE r.whylink_m_rollback IS NOT NULL SET r.whylink__2_m_influence = r.whylink_m_influence, "
                        + "r.whylink__2_m_rollback = r.whylink_m_rollback, r.whylink_m_influence = 0.0, r.whylink_m_rollback = [1.0]");
        // A fact of the old version only.
        server.run(
                "MATCH (a {name: 'anna'}), (b {name: 'karl'}) CREATE (a)-[:KNOWS {whylink_m_influence: 1.0, whylink_m_rollback: [1.0]}]->(b)");
        server.run("MATCH (m:_WhylinkModel) SET m.nextVersion = 'settling', m.embeddingProperty = 'whylink__2_m', "
                + "m.rollbackProperty = 'whylink__2_m_rollback', m.createdAt = datetime()");
        Record listed = server.one("CALL whylink.models('m')");
        assertEquals("leftovers", listed.get("state").asString());
        assertEquals("whylink__2_m", listed.get("embeddingProperty").asString());
        assertEquals(before, answers("m"));
        server.run("CALL whylink.models.drop('m', {onlyUnfinished: true})");
        server.run("MATCH ({name: 'anna'})-[r:KNOWS]->({name: 'karl'}) WHERE size(keys(r)) = 0 DELETE r");
        assertEquals(before, answers("m"));
        assertEquals(rows, rows("m", "whylink__2_m_rollback"));
        assertEquals(
                "ready", server.one("CALL whylink.models('m')").get("state").asString());
    }

    @Test
    void anEstimateWritesNothing() {
        Record row = server.one("CALL whylink.train.estimate('m', {overwrite: true, maxEpochs: 100000})");
        assertTrue(row.get("fits").asBoolean());
        assertTrue(row.get("heapBytes").asLong() > 0);
        assertTrue(row.get("logBytes").asLong() > row.get("storeBytes").asLong());
        double seconds = row.get("seconds").asDouble();
        assertTrue(seconds > 1 && seconds < 10_000, () -> "seconds: " + seconds);
        assertEquals(List.of(), server.traces());
        assertEquals(
                List.of(), server.run("CALL whylink.jobs() YIELD modelName, phase WHERE phase = 'training' RETURN *"));
    }

    @Test
    void whatDoesNotFitIsRefusedUnlessTheUserInsists() {
        String large = "scoringFunction: 'RESCAL', embeddingDimension: 4096";
        Record row = server.one("CALL whylink.train.estimate('m', {%s})".formatted(large));
        assertEquals(false, row.get("fits").asBoolean());
        assertTrue(row.get("seconds").isNull());
        assertTrue(row.get("heapBytes").asLong() > row.get("maxHeapBytes").asLong());
        fails("CALL whylink.train('m', {%s})".formatted(large), "'sudo': true tries all the same");
    }

    /** Whoever asks through a transaction function of the driver, which tries again by itself, hears of no error. */
    @Test
    void whoAsksWhileVersionsAreReplacedGetsTheOldAnswersOrTheNew() throws InterruptedException {
        String train =
                "CALL whylink.train('m', {overwrite: true, randomSeed: %d, maxEpochs: 5, influenceStorage: 'int8'})";
        server.run(train.formatted(2));
        List<Map<String, Object>> two = answers("m");
        server.run(train.formatted(1));
        List<Map<String, Object>> one = answers("m");
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Integer>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2; reader++) {
            readers.add(CompletableFuture.supplyAsync(() -> {
                int asked = 0;
                try (Session session = server.session()) {
                    for (; !done.get(); asked++) {
                        List<Map<String, Object>> found = session.executeRead(transaction ->
                                transaction.run(ASK.formatted("m")).list(Record::asMap));
                        // Two calls, between which the version may change.
                        assertEquals(1, found.size(), "an explanation without facts");
                        for (String column : List.of("predicted", "explained")) {
                            Object value = found.get(0).get(column);
                            assertTrue(
                                    value.equals(one.get(0).get(column))
                                            || value.equals(two.get(0).get(column)),
                                    () -> "" + value);
                        }
                    }
                }
                return asked;
            }));
        }
        for (int version = 2; version < 150; version++) {
            server.run(train.formatted(1 + version % 2));
        }
        done.set(true);
        for (CompletableFuture<Integer> reader : readers) {
            assertTrue(reader.join() > 0);
        }
    }

    @Test
    void nodesAndFactsThatAreDeletedDuringATrainingAreNoPartOfTheModel() throws InterruptedException {
        server.run("CALL whylink.train('m')");
        String jobId = inBackground("m");
        server.run("MATCH (n {name: 'fred'}) DETACH DELETE n");
        server.run("MATCH ({name: 'anna'})-[r:KNOWS]->() DELETE r");
        server.run("MATCH (a {name: 'anna'}) CREATE (a)-[:KNOWS]->(:Person {name: 'newcomer'})");
        awaitPhase(jobId, "done");
        Record listed = server.one("CALL whylink.models('m')");
        assertEquals("ready", listed.get("state").asString());
        assertTrue(listed.get("stale").asBoolean());
        assertEquals(
                SmallGraphs.TOWNS_ENTITIES - 1,
                server.one("MATCH (n) WHERE n.whylink_m IS NOT NULL RETURN count(n) AS n")
                        .get("n")
                        .asInt());
        assertEquals(
                0,
                server.one(
                                "MATCH (n {name: 'newcomer'})<-[r]-() WHERE n.whylink_m IS NOT NULL OR r.whylink_m_influence IS NOT NULL RETURN count(r) AS n")
                        .get("n")
                        .asInt());
        assertTrue(server.run(ASK.formatted("m")).stream()
                .noneMatch(row -> row.toString().contains("fred")));
    }

    @Test
    void aTrainingWaitsForAnotherWriterAndTouchesNothingOfIts() throws InterruptedException {
        String jobId = inBackground("m");
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction.run("MATCH (n {name: 'dora'}) SET n.age = 40").consume();
            awaitPhase(jobId, "writing");
            Thread.sleep(300);
            awaitPhase(jobId, "writing");
            transaction.commit();
        }
        awaitPhase(jobId, "done");
        assertEquals(
                40,
                server.one("MATCH (n {name: 'dora'}) WHERE n.whylink_m IS NOT NULL RETURN n.age AS age")
                        .get("age")
                        .asInt());
    }

    /** The embeddings are committed by then, and what the facts did is not. */
    @Test
    void aLockThatIsNotHadWhileWritingEndsATrainingWithoutTraces() throws InterruptedException {
        server.setLockTimeout(Duration.ofMillis(300));
        try {
            awaitRefusedFacts();
            assertEquals(List.of(), server.traces());
            server.run("CALL whylink.train('m')");
            List<Map<String, Object>> before = answers("m");
            awaitRefusedFacts();
            assertEquals(before, answers("m"));
            assertEquals(
                    "ready", server.one("CALL whylink.models('m')").get("state").asString());
        } finally {
            server.setLockTimeout(Duration.ZERO);
        }
    }

    private void awaitRefusedFacts() throws InterruptedException {
        String jobId = inBackground("m");
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction
                    .run("MATCH ({name: 'anna'})-[r:KNOWS]->() SET r.since = 2020")
                    .consume();
            String message = awaitPhase(jobId, "failed").get("message").asString();
            assertTrue(
                    message.contains("could not write within the server's db.lock.acquisition.timeout")
                            && message.contains("try again"),
                    message);
        }
    }

    @Test
    void aModelNodeThatIsDeletedDuringATrainingEndsItWithoutTraces() throws InterruptedException {
        // A new one, and one that is to replace another.
        for (String before : List.of("RETURN 0", "CALL whylink.train('m')")) {
            server.run(before);
            String jobId = inBackground("m");
            // The relation nodes too: they are no more reached from anywhere.
            server.run("MATCH (m:_WhylinkModel|_WhylinkRelation) DETACH DELETE m");
            assertTrue(
                    awaitPhase(jobId, "failed").get("message").asString().contains("was deleted while it was trained"));
            assertEquals(List.of(), server.traces());
        }
    }

    /** Trains for a second or so; returns when it does. */
    private String inBackground(String model) throws InterruptedException {
        String jobId = server.one("CALL whylink.train('%s', {overwrite: true, background: true, maxEpochs: 4000})"
                        .formatted(model))
                .get("jobId")
                .asString();
        awaitPhase(jobId, "training");
        return jobId;
    }

    private Record awaitPhase(String jobId, String phase) throws InterruptedException {
        while (true) {
            List<Record> jobs = server.run(
                    "CALL whylink.jobs() YIELD jobId, phase, epoch, message, remainingMillis WHERE jobId = $id AND phase = $phase RETURN *",
                    Map.of("id", jobId, "phase", phase));
            if (!jobs.isEmpty()) {
                return jobs.get(0);
            }
            Thread.sleep(10);
        }
    }

    private List<Map<String, Object>> answers(String model) {
        return server.run(ASK.formatted(model)).stream().map(Record::asMap).toList();
    }

    /** What stands on nodes and relationships, as values without keys. */
    private List<Record> rows(String model, String rollbackKey) {
        return server.run(
                """
                MATCH (n) WHERE n.name IS NOT NULL AND NOT n:_WhylinkModel
                OPTIONAL MATCH (n)-[r]->(b)
                RETURN n.name AS name, n['whylink_' + $model] AS embedding, type(r) AS type, b.name AS b,
                  r['whylink_' + $model + '_influence'] AS influence, r[$rollbackKey] AS updates
                ORDER BY name, type, b
                """,
                Map.of("model", model, "rollbackKey", rollbackKey));
    }

    private List<Object> keys(String label, String model) {
        return server.one(
                        "MATCH (m:%s {name: '%s'}) UNWIND keys(m) AS key WITH key ORDER BY key WHERE key <> 'rollbackProperty' RETURN collect(key) AS keys"
                                .formatted(label, model))
                .get("keys")
                .asList();
    }

    private void fails(String query, String... parts) {
        server.fails(query, parts);
    }
}
