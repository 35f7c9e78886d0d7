package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Job;
import java.util.concurrent.TimeUnit;
import org.neo4j.logging.Log;
import org.neo4j.procedure.TerminationGuard;

/** Tells the job and, not too often, the log how far a training is, and stops it when the user does. */
final class TrainingProgress implements TrainingMonitor {
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ModelName name;
    private final Job job;
    private final Log log;
    private final TerminationGuard guard;
    private long lastLog = System.nanoTime();

    TrainingProgress(ModelName name, Job job, Log log, TerminationGuard guard) {
        this.name = name;
        this.job = job;
        this.log = log;
        this.guard = guard;
    }

    @Override
    public void checkCancelled() {
        guard.check();
    }

    @Override
    public void epochFinished(int epoch, int epochs, double meanLoss) {
        job.epochFinished(epoch, meanLoss);
        if (System.nanoTime() - lastLog > LOG_NANOS) {
            lastLog = System.nanoTime();
            log.info("whylink: model '%s', epoch %d of %d, loss %.5f", name, epoch, epochs, meanLoss);
        }
    }
}
