package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
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
import org.neo4j.driver.TransactionConfig;
import org.neo4j.driver.exceptions.Neo4jException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class CancelIT {
    private static final String ENDLESS = "CALL whylink.train('endless', {maxEpochs: 100000, embeddingDimension: 512})";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void aTerminatedTrainingLeavesNothingBehind() throws InterruptedException {
        CompletableFuture<List<Record>> training = CompletableFuture.supplyAsync(() -> server.run(ENDLESS));
        awaitPhase("training");
        assertEquals(
                "training", server.one("CALL whylink.models()").get("state").asString());
        Neo4jException busy = assertThrows(Neo4jException.class, () -> server.run(ENDLESS));
        assertTrue(busy.getMessage().contains("being trained, changed or dropped by another call"), busy.getMessage());

        String id = server.one(
                        "SHOW TRANSACTIONS YIELD transactionId, currentQuery WHERE currentQuery CONTAINS 'endless' AND NOT currentQuery STARTS WITH 'SHOW'")
                .get("transactionId")
                .asString();
        server.run("TERMINATE TRANSACTIONS $id", Map.of("id", id));
        CompletionException e = assertThrows(CompletionException.class, training::join);
        assertTrue(e.getCause() instanceof Neo4jException, () -> "" + e.getCause());
        awaitPhase("failed");
        assertEquals(List.of(), server.traces());
        server.run("CALL whylink.train('endless', {maxEpochs: 1})");
    }

    @Test
    void aTransactionTimeoutStopsATraining() {
        try (Session session = server.session()) {
            TransactionConfig oneSecond = TransactionConfig.builder()
                    .withTimeout(Duration.ofSeconds(1))
                    .build();
            assertThrows(
                    Neo4jException.class, () -> session.run(ENDLESS, oneSecond).consume());
        }
        assertEquals(List.of(), server.traces());
    }

    @Test
    void aTransactionTimeoutStopsWhateverTrainsAgain() {
        server.run("CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 2000})");
        String link = "MATCH (dora {name: 'dora'}), (germany {name: 'Germany'}) CALL whylink.%s('m', "
                + "{source: dora, type: 'CITIZEN_OF', target: germany, concurrency: 1, %s}) YIELD probability RETURN probability";
        for (String call : List.of(
                link.formatted("explain", "tier: 'verify', topK: 1000"),
                link.formatted("explain.verify", "seeds: 100"),
                "CALL whylink.evaluate.faithfulness('m', {facts: 1000, seeds: 100})")) {
            try (Session session = server.session()) {
                TransactionConfig oneSecond = TransactionConfig.builder()
                        .withTimeout(Duration.ofSeconds(1))
                        .build();
                long begun = System.nanoTime();
                Neo4jException e = assertThrows(
                        Neo4jException.class, () -> session.run(call, oneSecond).consume(), call);
                assertTrue(e.getMessage().contains("terminated"), e.getMessage());
                assertTrue(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) < 15, call);
            }
            assertEquals(
                    "failed",
                    server.run("CALL whylink.jobs()").get(0).get("phase").asString(),
                    call);
        }
    }

    @Test
    void aCallerThatHasWrittenToAnEntityIsToldSoBeforeTheTraining() {
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction.run("MATCH (n {name: 'dora'}) SET n.age = 40").consume();
            Neo4jException e = assertThrows(
                    Neo4jException.class,
                    () -> transaction.run("CALL whylink.train('m')").consume());
            assertTrue(e.getMessage().contains("the calling transaction has itself written"), e.getMessage());
        }
        assertEquals(List.of(), server.traces());
    }

    @Test
    void aDropThatWouldHaveToWaitIsRefusedAndLeavesTheModelAsItWas() {
        server.run("CALL whylink.train('m', {maxEpochs: 2})");
        try (Session session = server.session();
                Transaction transaction = session.beginTransaction()) {
            transaction.run("MATCH (n {name: 'dora'}) SET n.age = 40").consume();
            Neo4jException e = assertThrows(
                    Neo4jException.class,
                    () -> transaction.run("CALL whylink.models.drop('m')").consume());
            assertTrue(e.getMessage().contains("the calling transaction has itself written"), e.getMessage());
        }
        assertEquals(
                "ready", server.one("CALL whylink.models('m')").get("state").asString());
        server.run("CALL whylink.models.drop('m')");
        assertEquals(List.of(), server.traces());
    }

    private void awaitPhase(String phase) throws InterruptedException {
        while (server.run("CALL whylink.jobs()").stream()
                .noneMatch(job -> job.get("modelName").asString().equals("endless")
                        && job.get("phase").asString().equals(phase))) {
            Thread.sleep(20);
        }
    }
}
