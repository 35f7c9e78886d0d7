package io.github.whylink.procedures.jobs;

import io.github.whylink.procedures.config.ModelName;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * One training, or an explanation that trains again, as far as it has come. Written by the threads that work, read by those
 * that watch.
 */
public final class Job {
    private final String database;
    private final ModelName model;
    private final String task;
    private final int maxEpochs;
    private final long startedNanos = System.nanoTime();
    private Phase phase = Phase.READING;
    private long phaseStartedNanos = startedNanos;
    private double progress;
    private int epoch;
    private Double loss;
    private Double validationMrr;
    private String message = "reading the graph";
    private Long elapsedMillis;

    Job(String database, ModelName model, String task, int maxEpochs) {
        this.database = database;
        this.model = model;
        this.task = task;
        this.maxEpochs = maxEpochs;
    }

    /**
     * What is to be seen of a job at one moment.
     *
     * @param task the last part of the procedure's name
     * @param loss mean loss of the last epoch; null before the first has ended
     * @param validationMrr mean reciprocal rank of the last validation; null before there was one
     * @param progress 0 to 1
     */
    public record Snapshot(
            ModelName model,
            String task,
            Phase phase,
            int epoch,
            int maxEpochs,
            Double loss,
            Double validationMrr,
            double progress,
            long elapsedMillis,
            String message) {}

    /** Enters a phase. */
    public synchronized void enter(Phase next, String text) {
        phase = next;
        phaseStartedNanos = System.nanoTime();
        progress = Math.max(progress, next.begins);
        message = text;
    }

    /** An epoch has ended, counted from 1; for the second time if the training is repeated up to its best epoch. */
    public synchronized void epochFinished(int finished, double meanLoss) {
        if (finished <= epoch) {
            message = "epoch %d again, to record what led to the best one".formatted(finished);
            return;
        }
        epoch = finished;
        loss = meanLoss;
        progress = Phase.TRAINING.begins
                + (Phase.EVALUATING.begins - Phase.TRAINING.begins) * finished / (double) maxEpochs;
        message = "epoch %d of %d".formatted(finished, maxEpochs) + lastValidation();
    }

    /** The last epoch was validated. */
    public synchronized void validated(double mrr) {
        validationMrr = mrr;
        message = "epoch %d of %d".formatted(epoch, maxEpochs) + lastValidation();
    }

    /** Some of the trainings of the present phase have ended. */
    public synchronized void trained(int done, int of) {
        progress = Math.max(progress, Math.min(1, phase.begins + (1 - phase.begins) * done / of));
        long left = TimeUnit.NANOSECONDS.toSeconds((System.nanoTime() - phaseStartedNanos) / done * (of - done));
        message = "%d of %d trainings, about %d s to go".formatted(done, of, left);
    }

    private String lastValidation() {
        return validationMrr == null ? "" : String.format(Locale.ROOT, ", validation mrr %.4f", validationMrr);
    }

    /** The job has ended well. */
    public synchronized void done(String text) {
        enter(Phase.DONE, text);
        elapsedMillis = elapsed();
    }

    /** The job has ended with a failure, or was cancelled. */
    public synchronized void failed(Throwable cause) {
        enter(Phase.FAILED, String.valueOf(cause.getMessage()));
        elapsedMillis = elapsed();
    }

    public synchronized Snapshot snapshot() {
        return new Snapshot(
                model,
                task,
                phase,
                epoch,
                maxEpochs,
                loss,
                validationMrr,
                progress,
                elapsedMillis == null ? elapsed() : elapsedMillis,
                message);
    }

    synchronized boolean hasEnded() {
        return elapsedMillis != null;
    }

    boolean isOf(String wanted) {
        return database.equals(wanted);
    }

    boolean isOf(String wantedDatabase, ModelName wantedModel, String wantedTask) {
        return isOf(wantedDatabase) && model.equals(wantedModel) && task.equals(wantedTask);
    }

    private long elapsed() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
