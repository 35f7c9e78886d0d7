package io.github.whylink.procedures.store;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.neo4j.graphdb.Transaction;

/**
 * Keeps apart, in this server, those who commit a change of a model's node from those who read it: the database brings a
 * commit into the store value by value, and who reads several values meanwhile sees some of the new ones and some of the old
 * ones, as the version of one model with the keys of the other.
 *
 * <p>Locks of the database would do that too, but are had before the commit, and so they would let all who ask a model wait
 * for a transaction of some user that its change waits for. Here nobody waits for longer than a commit or a few reads.
 */
final class ModelCommits {
    private static final ReadWriteLock APART = new ReentrantReadWriteLock();

    private ModelCommits() {}

    /** Commits while nobody reads. */
    static void commit(Transaction transaction) {
        within(APART.writeLock(), () -> {
            transaction.commit();
            return null;
        });
    }

    /** Reads while nobody commits. It must be short. */
    static <T> T readBetween(Supplier<T> work) {
        return within(APART.readLock(), work);
    }

    private static <T> T within(Lock lock, Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
