package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingResult.Epoch;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.neo4j.logging.Log;

/** Tells the job and, not too often, the log how far a training is, and stops it when the user does. */
final class TrainingProgress implements TrainingMonitor {
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ModelName name;
    private final Job job;
    private final Log log;
    private final Runnable check;
    private final int epochsBefore;
    private final List<Epoch> curve = new ArrayList<>();
    private long lastLog = System.nanoTime();

    /**
     * Watches one training.
     *
     * @param epochsBefore those of the members of an ensemble that are done
     */
    TrainingProgress(ModelName name, Job job, Log log, Runnable check, int epochsBefore) {
        this.name = name;
        this.job = job;
        this.log = log;
        this.check = check;
        this.epochsBefore = epochsBefore;
    }

    @Override
    public void checkCancelled() {
        check.run();
    }

    @Override
    public void epochFinished(int epoch, int epochs, double meanLoss) {
        job.epochFinished(epochsBefore + epoch, meanLoss);
        if (epoch > curve.size()) {
            curve.add(new Epoch(epoch, meanLoss, Double.NaN));
        }
        if (System.nanoTime() - lastLog > LOG_NANOS) {
            lastLog = System.nanoTime();
            log.info("whylink: model '%s', epoch %d of %d, loss %.5f", name, epoch, epochs, meanLoss);
        }
    }

    @Override
    public void validated(int epoch, double mrr) {
        job.validated(mrr);
        log.info("whylink: model '%s', epoch %d, validation mrr %.4f", name, epoch, mrr);
    }

    /** The epochs so far, without what validation measured. */
    List<Epoch> curve() {
        return List.copyOf(curve);
    }
}
