package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;
import org.neo4j.driver.exceptions.Neo4jException;

/** {@code whylink.tune} through the driver. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TuneIT {
    /** Ends by its number of trainings. */
    private static final Map<String, Object> SHORT =
            Map.of("budgetSeconds", 600, "maxTrials", 5, "maxEpochs", 20, "validationFraction", 0.2, "topK", 2);

    private static final String TUNE = "CALL whylink.tune($map)";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void theConfigurationsTrainAsTheyAreAndNothingWasWritten() {
        List<Record> rows = server.run(TUNE, Map.of("map", SHORT));
        assertEquals(List.of(), server.traces());
        assertTrue(!rows.isEmpty() && rows.size() <= 2, rows.toString());
        double before = 1;
        for (Record row : rows) {
            assertEquals(5, row.get("trials").asLong());
            assertTrue(row.get("validationMrr").asDouble() <= before, rows.toString());
            before = row.get("validationMrr").asDouble();
            Map<String, Object> configuration = row.get("configuration").asMap();
            assertEquals(row.get("epochs").asLong(), configuration.get("maxEpochs"));
            Record trained = server.run("CALL whylink.train('tuned', $map)", Map.of("map", configuration))
                    .get(0);
            assertEquals(configuration, trained.get("configuration").asMap());
            server.run("CALL whylink.models.drop('tuned')");
        }
    }

    @Test
    void aSearchThatEndsByItsTrialsIsTheSameEveryTime() {
        String search = TUNE + " YIELD configuration, validationMrr";
        List<Map<String, Object>> first = maps(server.run(search, Map.of("map", SHORT)));
        assertEquals(first, maps(server.run(search, Map.of("map", SHORT))));
    }

    @Test
    void aSearchIsSeenAndCancelled() throws InterruptedException {
        CompletableFuture<List<Record>> search = CompletableFuture.supplyAsync(() -> server.run(
                TUNE, Map.of("map", Map.of("budgetSeconds", 3000, "validationFraction", 0.2, "maxEpochs", 100_000))));
        Record job;
        do {
            Thread.sleep(20);
            job = server.run("CALL whylink.jobs()").stream()
                    .filter(row -> row.get("task").asString().equals("tune"))
                    .findFirst()
                    .orElse(null);
        } while (job == null || !job.get("phase").asString().equals("tuning"));
        assertTrue(job.get("modelName").isNull());
        Record cancelled = server.run(
                        "CALL whylink.jobs.cancel($id)",
                        Map.of("id", job.get("jobId").asString()))
                .get(0);
        assertEquals("cancelled", cancelled.get("phase").asString());
        CompletionException e = assertThrows(CompletionException.class, search::join);
        assertTrue(e.getMessage().contains("the search was cancelled with whylink.jobs.cancel"), e.getMessage());
        assertEquals(List.of(), server.traces());
    }

    @Test
    void whatIsFoundInTheBackgroundIsWhatWouldHaveBeenReturned() throws InterruptedException {
        Map<String, Object> inBackground = new HashMap<>(SHORT);
        inBackground.put("background", true);
        Record started = server.run(TUNE, Map.of("map", inBackground)).get(0);
        assertTrue(started.get("rank").isNull() && started.get("configuration").isNull(), started.toString());
        Record job = ended(started.get("jobId").asString());
        assertEquals("done", job.get("phase").asString());
        List<Map<String, Object>> waitedFor = maps(
                server.run(TUNE + " YIELD rank, configuration, validationMrr, epochs, trials", Map.of("map", SHORT)));
        assertEquals(waitedFor, job.get("found").asList(row -> {
            Map<String, Object> columns = new HashMap<>(row.asMap());
            columns.remove("seconds");
            return columns;
        }));
        assertEquals(
                List.of(),
                server.run(
                        "CALL whylink.jobs() YIELD jobId WHERE jobId = $id RETURN jobId",
                        Map.of("id", started.get("jobId"))),
                "until the next search begins");
    }

    @Test
    void aSearchInTheBackgroundIsCancelledAndFailsWhereItIsSeen() throws InterruptedException {
        String id = server.one(
                        "CALL whylink.tune({background: true, budgetSeconds: 3000, validationFraction: 0.2, maxEpochs: 100000}) YIELD jobId")
                .get("jobId")
                .asString();
        server.run("CALL whylink.jobs.cancel($id)", Map.of("id", id));
        assertEquals("cancelled", ended(id).get("phase").asString());
        String failing = server.one("CALL whylink.tune({background: true, validationFraction: 0.001}) YIELD jobId")
                .get("jobId")
                .asString();
        Record failed = ended(failing);
        assertEquals("failed", failed.get("phase").asString());
        assertTrue(failed.get("found").isNull());
        assertTrue(
                failed.get("message").asString().contains("leaves nothing to validate with"),
                failed.get("message").asString());
    }

    private Record ended(String id) throws InterruptedException {
        Record job;
        do {
            Thread.sleep(20);
            job = server.run("CALL whylink.jobs()").stream()
                    .filter(row -> row.get("jobId").asString().equals(id))
                    .findFirst()
                    .orElseThrow();
        } while (!List.of("done", "failed", "cancelled")
                .contains(job.get("phase").asString()));
        return job;
    }

    @Test
    void aValidationFractionThatLeavesNothingToMeasureByIsRefused() {
        Neo4jException e = assertThrows(
                Neo4jException.class, () -> server.run(TUNE, Map.of("map", Map.of("validationFraction", 0.001))));
        assertTrue(
                e.getMessage().contains("'validationFraction' 0.001 leaves nothing to validate with"), e.getMessage());
    }

    private static List<Map<String, Object>> maps(List<Record> rows) {
        return rows.stream().map(Record::asMap).toList();
    }
}
