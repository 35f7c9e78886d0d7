package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.jobs.Job;
import java.util.concurrent.TimeUnit;
import org.neo4j.graphdb.GraphDatabaseService;

/** Stops a job that nobody waits for when it is cancelled, or when its database goes. */
final class BackgroundCheck implements Runnable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final GraphDatabaseService database;
    private final Job job;

    /** What it does, in the words of a message. */
    private final String task;

    private volatile long nextLook = System.nanoTime();

    BackgroundCheck(GraphDatabaseService database, Job job, String task) {
        this.database = database;
        this.job = job;
        this.task = task;
    }

    @Override
    public void run() {
        job.checkCancelled();
        if (System.nanoTime() - nextLook > 0) {
            nextLook = System.nanoTime() + LOOK_NANOS;
            if (!database.isAvailable()) {
                throw new IllegalStateException("the database was stopped during the %s".formatted(task));
            }
        }
    }
}
