package io.github.whylink.embedding.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads for many short parallel phases.
 *
 * <p>Between two phases a worker spins for some microseconds and then parks: a phase that follows soon starts without the
 * operating system, an idle team costs nothing. What the caller wrote before {@link #run} is visible to every piece, and
 * what the pieces wrote is visible to the caller after it. The calling thread is worker 0 and works too, so that a team of
 * one has no thread at all.
 *
 * <p>A team serves one caller at a time, and a piece must not call its own team.
 */
public final class Team implements AutoCloseable {
    /** How long a thread spins before it parks: about the time that waking a parked thread takes. */
    private static final long SPIN_NANOS = 40_000;

    /** One piece of a phase. */
    @FunctionalInterface
    public interface Piece {
        /**
         * Does a piece of the work.
         *
         * @param worker which worker does it, {@code 0 .. concurrency-1}: scratch space of that number is its own
         * @param piece which piece, each exactly once
         */
        void run(int worker, int piece);
    }

    private final Worker[] workers;
    private final long spinNanos;

    /** The next piece to hand out; at or above {@link #pieces} where there is none. */
    private final AtomicInteger next = new AtomicInteger();

    /** Workers, worker 0 not counted, that are not yet done with the phase. */
    private final AtomicInteger active = new AtomicInteger();

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** The phase; written before a worker's order and read after it. */
    private Piece work = (worker, piece) -> {};

    private int pieces;

    private Thread caller = Thread.currentThread();
    private volatile boolean callerParked;
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param concurrency threads, the calling one included; at least 1
     */
    public Team(int concurrency) {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency must be at least 1, not " + concurrency);
        }
        // With fewer processors than threads, a spinning one keeps a working one waiting.
        spinNanos = concurrency <= Runtime.getRuntime().availableProcessors() ? SPIN_NANOS : 0;
        workers = new Worker[concurrency - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
        }
        try {
            for (Worker worker : workers) {
                worker.thread.start();
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Returns the number of workers, the caller included. */
    public int concurrency() {
        return workers.length + 1;
    }

    /**
     * Runs pieces {@code 0 .. pieces-1}, handed out in ascending order, and returns when all are done. If one fails, no
     * further piece is handed out, and what the first one to fail threw is thrown here when all workers have stopped.
     *
     * @throws IllegalStateException if the team is closed
     */
    public void run(int pieces, Piece piece) {
        if (closed) {
            throw new IllegalStateException("the team is closed");
        }
        int others = Math.min(pieces - 1, workers.length);
        if (others < 1) {
            for (int i = 0; i < pieces; i++) {
                piece.run(0, i);
            }
            return;
        }
        work = piece;
        this.pieces = pieces;
        caller = Thread.currentThread();
        next.set(0);
        active.set(others);
        for (int i = 0; i < others; i++) {
            workers[i].begin();
        }
        work(0);
        awaitOthers();
        work = (worker, none) -> {};
        Throwable thrown = failure.getAndSet(null);
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        if (thrown != null) {
            throw new IllegalStateException(thrown);
        }
    }

    /** Ends the threads and waits until they have ended. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (Worker worker : workers) {
            LockSupport.unpark(worker.thread);
        }
        for (Worker worker : workers) {
            while (worker.thread.isAlive()) {
                try {
                    worker.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(int worker) {
        try {
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                work.run(worker, i);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            next.set(pieces);
        }
    }

    private void awaitOthers() {
        long deadline = System.nanoTime() + spinNanos;
        while (active.get() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        if (active.get() == 0) {
            return;
        }
        // The others still write to what the caller owns: an interrupt is kept for later.
        boolean interrupted = false;
        callerParked = true;
        while (active.get() > 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        callerParked = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread and its order: one more phase than it has done means that there is work. */
    private final class Worker implements Runnable {
        private final int number;
        private final Thread thread;

        /** Phases begun; the caller's own count. */
        private int phases;

        /** The same count for the worker to see; writing it publishes the phase. */
        private volatile int ordered;

        private volatile boolean parked;

        Worker(int number) {
            this.number = number;
            thread = new Thread(this, "whylink-worker");
            thread.setDaemon(true);
        }

        void begin() {
            phases++;
            ordered = phases;
            if (parked) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void run() {
            for (int done = 0; awaitOrder(done); done++) {
                work(number);
                if (active.decrementAndGet() == 0 && callerParked) {
                    LockSupport.unpark(caller);
                }
            }
        }

        /** Waits for the next phase; false where the team was closed instead. */
        private boolean awaitOrder(int done) {
            long deadline = System.nanoTime() + spinNanos;
            while (ordered == done && !closed && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            if (ordered == done && !closed) {
                parked = true;
                while (ordered == done && !closed) {
                    LockSupport.park(Team.this);
                }
                parked = false;
            }
            return !closed;
        }
    }
}
