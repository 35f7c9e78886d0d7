package io.github.whylink.procedures.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.graphdb.Transaction;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ModelCommitsTest {
    private static final long SHORT_MILLIS = 50;

    @Test
    void whoReadsWaitsForACommitToEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> ModelCommits.commit(transaction(() -> {
            begun.countDown();
            await(mayEnd);
            ended.set(true);
        })));
        begun.await();
        CompletableFuture<Boolean> read = CompletableFuture.supplyAsync(() -> ModelCommits.readBetween(ended::get));
        assertThrows(TimeoutException.class, () -> read.get(SHORT_MILLIS, TimeUnit.MILLISECONDS));
        mayEnd.countDown();
        assertTrue(read.join());
        commit.join();
    }

    @Test
    void readersWaitForNoReader() {
        assertEquals(
                1, ModelCommits.readBetween(() -> CompletableFuture.supplyAsync(() -> ModelCommits.readBetween(() -> 1))
                        .join()));
    }

    @Test
    void aCommitThatFailsKeepsNobodyWaiting() {
        Transaction failing = transaction(() -> {
            throw new IllegalStateException("no space left");
        });
        assertThrows(IllegalStateException.class, () -> ModelCommits.commit(failing));
        assertEquals(
                2,
                CompletableFuture.supplyAsync(() -> ModelCommits.readBetween(() -> 2))
                        .join());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Transaction transaction(Runnable commit) {
        return (Transaction) Proxy.newProxyInstance(
                Transaction.class.getClassLoader(), new Class<?>[] {Transaction.class}, (proxy, method, arguments) -> {
                    assertEquals("commit", method.getName());
                    commit.run();
                    return null;
                });
    }
}
