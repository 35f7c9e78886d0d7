package io.github.whylink.procedures.jobs;

import io.github.whylink.procedures.config.ModelName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * One training, a search for how to train, or a call that trains again or writes many links, as far as it has come. Written by the threads that work, read by those
 * that watch.
 */
public final class Job {
    private final String id;
    private final String database;
    private final ModelName model;
    private final String task;
    private int maxEpochs;
    private final long startedNanos = System.nanoTime();
    private Phase phase = Phase.READING;
    private long phaseStartedNanos = startedNanos;
    private double progress;
    private int epoch;
    private Double loss;
    private Double validationMrr;
    private String message = "reading the graph";
    private Long elapsedMillis;
    private Long remainingMillis;
    private List<Map<String, Object>> found;
    private volatile boolean cancelled;

    Job(String database, ModelName model, String task, int maxEpochs) {
        // Told apart from those before a restart, which somebody may still want to cancel.
        id = (model == null ? task : model.value()) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        this.database = database;
        this.model = model;
        this.task = task;
        this.maxEpochs = maxEpochs;
    }

    /**
     * What is to be seen of a job at one moment.
     *
     * @param id names it for cancelling
     * @param model null where it is about none, as a search is
     * @param task the last part of the procedure's name
     * @param loss mean loss of the last epoch; null before the first has ended
     * @param validationMrr mean reciprocal rank of the last validation; null before there was one
     * @param progress 0 to 1
     * @param found what came out, where nobody waited for it; else null
     * @param remainingMillis at the speed so far, for the present phase; null where there is nothing to tell from, and at
     *     the end
     */
    public record Snapshot(
            String id,
            ModelName model,
            String task,
            Phase phase,
            int epoch,
            int maxEpochs,
            Double loss,
            Double validationMrr,
            double progress,
            long elapsedMillis,
            Long remainingMillis,
            String message,
            List<Map<String, Object>> found) {}

    /** Enters a phase. */
    public synchronized void enter(Phase next, String text) {
        phase = next;
        phaseStartedNanos = System.nanoTime();
        remainingMillis = null;
        progress = Math.max(progress, next.begins);
        message = text;
    }

    /** Says what is done within a phase. */
    public synchronized void says(String text) {
        message = text;
    }

    /** Corrects how many epochs there will be, where that is not known from the beginning. */
    public synchronized void expect(int epochs) {
        maxEpochs = epochs;
    }

    /** An epoch has ended, counted from 1; for the second time if the training is repeated up to its best epoch. */
    public synchronized void epochFinished(int finished, double meanLoss) {
        if (finished <= epoch) {
            message = "epoch %d again, to record what led to the best one".formatted(finished);
            return;
        }
        epoch = finished;
        remaining(finished, maxEpochs);
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
        remaining(done, of);
        message = "%d of %d trainings, about %d s to go"
                .formatted(done, of, TimeUnit.MILLISECONDS.toSeconds(remainingMillis));
    }

    /**
     * Some trainings of a search have ended.
     *
     * @param best highest validation MRR so far; null before there is one
     */
    public synchronized void tried(int trainings, Double best, double seconds, double budgetSeconds) {
        double left = Math.max(0, budgetSeconds - seconds);
        validationMrr = best;
        progress = Math.max(progress, phase.begins + (1 - phase.begins) * (1 - left / budgetSeconds));
        remainingMillis = (long) (1_000 * left);
        message = String.format(
                Locale.ROOT,
                "%d trainings%s, at most %.0f s to go",
                trainings,
                best == null ? "" : String.format(Locale.ROOT, ", best validation mrr %.4f", best),
                left);
    }

    private void remaining(int done, int of) {
        remainingMillis = TimeUnit.NANOSECONDS.toMillis((System.nanoTime() - phaseStartedNanos) / done * (of - done));
    }

    private String lastValidation() {
        return validationMrr == null ? "" : String.format(Locale.ROOT, ", validation mrr %.4f", validationMrr);
    }

    /** The job has ended well. */
    public synchronized void done(String text) {
        enter(Phase.DONE, text);
        elapsedMillis = elapsed();
    }

    /** Whether it has rows that nobody may have read yet. */
    synchronized boolean hasFound() {
        return found != null;
    }

    /** The job has ended well, and this is what came out. */
    synchronized void found(List<Map<String, Object>> rows) {
        found = List.copyOf(rows);
        done("done");
    }

    /** The job has ended with a failure, or was cancelled. */
    public synchronized void failed(Throwable cause) {
        boolean asked = cause instanceof JobCancelledException;
        enter(asked ? Phase.CANCELLED : Phase.FAILED, String.valueOf(cause.getMessage()));
        elapsedMillis = elapsed();
    }

    /** Names it for cancelling. */
    public String id() {
        return id;
    }

    /** Asks the thread that works to stop. */
    void cancel() {
        cancelled = true;
    }

    /**
     * Stops what runs if somebody asked for that.
     *
     * @throws JobCancelledException then
     */
    public void checkCancelled() {
        if (cancelled) {
            throw new JobCancelledException(
                    model == null ? "the search" : "the training of model '%s'".formatted(model));
        }
    }

    public synchronized Snapshot snapshot() {
        return new Snapshot(
                id,
                model,
                task,
                phase,
                epoch,
                maxEpochs,
                loss,
                validationMrr,
                progress,
                elapsedMillis == null ? elapsed() : elapsedMillis,
                remainingMillis,
                message,
                found);
    }

    /** Whether it is over, well or not. */
    public synchronized boolean hasEnded() {
        return elapsedMillis != null;
    }

    /** Whether it may be asked to stop; what answers a question of its caller is stopped with that one's transaction. */
    boolean isCancellable() {
        return task.equals(Jobs.TRAIN) || task.equals(Jobs.TUNE);
    }

    boolean isOf(String wanted) {
        return database.equals(wanted);
    }

    boolean isOf(String wantedDatabase, ModelName wantedModel, String wantedTask) {
        return isOf(wantedDatabase) && Objects.equals(model, wantedModel) && task.equals(wantedTask);
    }

    private long elapsed() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
