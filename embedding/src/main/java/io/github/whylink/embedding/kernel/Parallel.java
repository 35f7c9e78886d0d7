package io.github.whylink.embedding.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Independent pieces of work on a few threads. Each piece writes to a place of its own, so that the result does not
 * depend on the number of threads.
 */
public final class Parallel {
    private Parallel() {}

    /**
     * Runs pieces {@code 0 .. count-1}.
     *
     * @param concurrency threads, the calling one included
     * @param checkCancelled called by the calling thread before each of its pieces; cancels everything by throwing
     * @param workers makes one worker, with scratch space of its own, per thread
     */
    public static void run(int concurrency, int count, Runnable checkCancelled, Supplier<IntConsumer> workers) {
        AtomicInteger next = new AtomicInteger();
        int others = Math.min(concurrency, count) - 1;
        if (others < 1) {
            work(next, count, checkCancelled, workers.get());
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(others, Parallel::daemon);
        try {
            List<Future<?>> running = new ArrayList<>(others);
            for (int i = 0; i < others; i++) {
                running.add(threads.submit(() -> work(next, count, () -> {}, workers.get())));
            }
            work(next, count, checkCancelled, workers.get());
            running.forEach(Parallel::await);
        } finally {
            next.set(count);
            threads.shutdown();
        }
    }

    /** A thread that does not keep the JVM alive. */
    public static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "whylink-worker");
        thread.setDaemon(true);
        return thread;
    }

    /** Waits for a piece of work and passes on what it threw. */
    public static void await(Future<?> future) {
        try {
            future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a worker", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static void work(AtomicInteger next, int count, Runnable checkCancelled, IntConsumer worker) {
        for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            checkCancelled.run();
            worker.accept(i);
        }
    }
}
