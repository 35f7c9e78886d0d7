package io.github.whylink.embedding.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TeamTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void everyPieceIsDoneExactlyOnceByAWorkerOfTheTeam(int concurrency) {
        try (Team team = new Team(concurrency)) {
            for (int pieces : new int[] {0, 1, 2, concurrency - 1, concurrency, 1000}) {
                AtomicIntegerArray done = new AtomicIntegerArray(pieces);
                AtomicIntegerArray by = new AtomicIntegerArray(concurrency);
                team.run(pieces, (worker, piece) -> {
                    by.incrementAndGet(worker);
                    done.incrementAndGet(piece);
                });
                int total = 0;
                for (int worker = 0; worker < concurrency; worker++) {
                    total += by.get(worker);
                }
                assertEquals(pieces, total);
                for (int piece = 0; piece < pieces; piece++) {
                    assertEquals(1, done.get(piece), "piece " + piece);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aPhaseSeesWhatThePhasesBeforeItWroteThousandsOfTimes(int concurrency) {
        int phases = 5000;
        int[] values = new int[7];
        int[] next = new int[7];
        try (Team team = new Team(concurrency)) {
            for (int phase = 0; phase < phases; phase++) {
                int[] from = values;
                int[] to = next;
                // Every piece reads what other workers wrote a phase ago: a lost write shows in the sum.
                team.run(to.length, (worker, piece) -> to[piece] = from[(piece + 3) % from.length] + 1);
                values = to;
                next = from;
                if (phase % 1000 == 0) {
                    LockSupport.parkNanos(2_000_000); // long enough for the workers to park
                }
            }
        }
        int[] expected = new int[7];
        Arrays.fill(expected, phases);
        assertArrayEquals(expected, values);
    }

    @Test
    void allWorkersWorkAtTheSameTime() {
        try (Team team = new Team(3)) {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            CountDownLatch together = new CountDownLatch(3);
            team.run(3, (worker, piece) -> {
                threads.add(Thread.currentThread());
                together.countDown();
                await(together);
            });
            assertEquals(3, threads.size());
            assertTrue(threads.contains(Thread.currentThread()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aFailureReachesTheCallerAndTheTeamWorksOn(int concurrency) {
        try (Team team = new Team(concurrency)) {
            IllegalStateException failure = new IllegalStateException("piece 17");
            AtomicIntegerArray done = new AtomicIntegerArray(100_000);
            assertSame(
                    failure,
                    assertThrows(
                            IllegalStateException.class,
                            () -> team.run(done.length(), (worker, piece) -> {
                                if (piece == 17) {
                                    throw failure;
                                }
                                done.incrementAndGet(piece);
                            })));
            int after = 0;
            for (int i = 0; i < done.length(); i++) {
                after += done.get(i);
            }
            assertTrue(after < done.length() - 1, "no further pieces after a failure");

            AtomicIntegerArray again = new AtomicIntegerArray(50);
            team.run(50, (worker, piece) -> again.incrementAndGet(piece));
            for (int i = 0; i < 50; i++) {
                assertEquals(1, again.get(i));
            }
        }
    }

    @Test
    void anErrorOfAnotherWorkerReachesTheCallerOnlyWhenAllHaveStopped() {
        try (Team team = new Team(2)) {
            CountDownLatch together = new CountDownLatch(2);
            CountDownLatch failed = new CountDownLatch(1);
            int[] finished = new int[1];
            AssertionError failure = new AssertionError("not the caller");
            assertSame(
                    failure,
                    assertThrows(
                            AssertionError.class,
                            () -> team.run(2, (worker, piece) -> {
                                together.countDown();
                                await(together);
                                if (worker == 0) {
                                    await(failed);
                                    LockSupport.parkNanos(5_000_000);
                                    finished[0]++;
                                } else {
                                    failed.countDown();
                                    throw failure;
                                }
                            })));
            assertEquals(1, finished[0]);
        }
    }

    @Test
    void anInterruptIsKeptUntilThePhaseIsOver() {
        try (Team team = new Team(2)) {
            int[] done = new int[2];
            Thread.currentThread().interrupt();
            team.run(2, (worker, piece) -> {
                LockSupport.parkNanos(worker == 0 ? 0 : 3_000_000);
                done[piece]++;
            });
            assertTrue(Thread.interrupted());
            assertArrayEquals(new int[] {1, 1}, done);
        }
    }

    @Test
    void closingEndsTheThreadsAndRefusesMoreWork() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch together = new CountDownLatch(3);
        Team team = new Team(3);
        team.run(3, (worker, piece) -> {
            threads.add(Thread.currentThread());
            together.countDown();
            await(together);
        });
        threads.remove(Thread.currentThread());
        assertEquals(2, threads.size());
        for (Thread thread : threads) {
            assertTrue(thread.isAlive() && thread.isDaemon());
            assertEquals("whylink-worker", thread.getName());
        }
        team.close();
        for (Thread thread : threads) {
            assertFalse(thread.isAlive());
        }
        team.close();
        assertThrows(IllegalStateException.class, () -> team.run(1, (worker, piece) -> {}));
        assertThrows(IllegalArgumentException.class, () -> new Team(0));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
