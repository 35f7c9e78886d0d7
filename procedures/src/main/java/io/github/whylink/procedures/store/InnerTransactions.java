package io.github.whylink.procedures.store;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.graphdb.TransactionTerminatedException;
import org.neo4j.graphdb.TransientFailureException;
import org.neo4j.kernel.api.exceptions.Status;

/**
 * Transactions of our own beside the one of the caller: a training writes more than fits into one.
 *
 * <p>They commit by themselves and do not see what the caller has not committed. If the caller has itself written to
 * something that they want to write, they would wait for it for ever, and it for them; therefore they have a time limit,
 * and running into it, or into a shorter one of the server's own, is reported as what it is.
 */
public final class InnerTransactions {
    /** Nodes or relationships per transaction: large enough to be fast. */
    private static final int BATCH = 10_000;

    /** Numbers per transaction, 32 MB of them: small enough for any heap. */
    private static final int FLOATS = 8 << 20;

    private static final int ATTEMPTS = 5;
    private static final long WRITE_SECONDS = 60;
    private static final long PROBE_SECONDS = 5;

    private final GraphDatabaseService database;

    public InnerTransactions(GraphDatabaseService database) {
        this.database = database;
    }

    /** Something done to the elements of one batch. */
    interface BatchWork {
        void run(Transaction transaction, int from, int to);
    }

    /** Reads what is committed. */
    public <T> T read(Function<Transaction, T> work) {
        try (Transaction transaction = database.beginTx()) {
            T result = work.apply(transaction);
            transaction.commit();
            return result;
        }
    }

    /** Writes what belongs to a model as a whole, and commits it while nobody reads that. */
    void write(Consumer<Transaction> work) {
        limited(WRITE_SECONDS, work, ModelCommits::commit);
    }

    /**
     * Writes and commits in batches; what is committed stays when a later batch fails.
     *
     * @param floats how many numbers are written for each element
     */
    void writeInBatches(int count, int floats, Runnable checkCancelled, BatchWork work) {
        int batch = Math.max(1, Math.min(BATCH, FLOATS / Math.max(1, floats)));
        inBatches(WRITE_SECONDS, count, batch, checkCancelled, work);
    }

    /** As {@link #writeInBatches}, but soon gives up: to find out whether a write would have to wait. */
    void probeInBatches(int count, Runnable checkCancelled, BatchWork work) {
        inBatches(PROBE_SECONDS, count, BATCH, checkCancelled, work);
    }

    private void inBatches(long seconds, int count, int batch, Runnable checkCancelled, BatchWork work) {
        for (int from = 0; from < count; from += batch) {
            checkCancelled.run();
            int start = from;
            limited(
                    seconds,
                    transaction -> work.run(transaction, start, Math.min(start + batch, count)),
                    Transaction::commit);
        }
    }

    /** Tries again when the server broke up a deadlock with another transaction: nothing was written then. */
    private void limited(long seconds, Consumer<Transaction> work, Consumer<Transaction> commit) {
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(seconds, work, commit);
                return;
            } catch (TransientFailureException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void attempt(long seconds, Consumer<Transaction> work, Consumer<Transaction> commit) {
        long begun = System.nanoTime();
        try (Transaction transaction = database.beginTx(seconds, TimeUnit.SECONDS)) {
            work.accept(transaction);
            commit.accept(transaction);
        } catch (RuntimeException e) {
            boolean ofServer = e instanceof TransactionTerminatedException ended
                    && ended.status() == Status.Transaction.LockAcquisitionTimeout;
            // The server's clock is coarser than ours.
            long almost = TimeUnit.SECONDS.toMillis(seconds) * 9 / 10;
            if (!ofServer && System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(almost)) {
                throw e;
            }
            // Not as the cause: the server shows the user the innermost exception only.
            IllegalStateException failure = new IllegalStateException(
                    ("could not write within %s, because another transaction holds a lock. Either the calling "
                                    + "transaction has itself written to these nodes or relationships: call the procedure in a "
                                    + "transaction of its own. Or another transaction writes to them right now: try again when "
                                    + "it has ended")
                            .formatted(ofServer ? "the server's db.lock.acquisition.timeout" : seconds + " seconds"));
            failure.addSuppressed(e);
            throw failure;
        }
    }
}
