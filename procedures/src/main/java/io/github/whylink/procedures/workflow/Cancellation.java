package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.result.JobRow;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.jobs.cancel}: asks a training or a search to stop and waits until it has. */
public final class Cancellation {
    private static final long LOOK_NANOS = 10_000_000;

    private final GraphDatabaseService database;
    private final TerminationGuard guard;

    public Cancellation(GraphDatabaseService database, TerminationGuard guard) {
        this.database = database;
        this.guard = guard;
    }

    /**
     * Stops a training.
     *
     * @throws IllegalArgumentException if it does not run
     */
    public Stream<JobRow> run(String jobId) {
        Job job = Jobs.OF_THIS_SERVER.cancel(database.databaseName(), jobId);
        while (!job.hasEnded()) {
            guard.check();
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return Stream.of(new JobRow(job.snapshot()));
    }
}
