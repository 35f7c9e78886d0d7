package io.github.whylink.embedding.train;

/** Progress and cancellation of a training, called from the thread that trains. */
public interface TrainingMonitor {
    /** Neither reports nor cancels. */
    TrainingMonitor NONE = new TrainingMonitor() {};

    /**
     * Called many times per epoch; cancels the training by throwing.
     *
     * @throws RuntimeException to cancel; it reaches the caller of the training as it is
     */
    default void checkCancelled() {}

    /**
     * How far the epoch is; called many times per epoch.
     *
     * @param epoch counts from 1
     * @param slots of the facts whose steps were taken in it, those of removed facts too
     */
    default void advanced(int epoch, int slots) {}

    /**
     * An epoch has ended.
     *
     * @param epoch counts from 1
     * @param epochs how many there will be
     * @param meanLoss the mean loss of the facts in this epoch, each at the time of its step
     */
    default void epochFinished(int epoch, int epochs, double meanLoss) {}

    /**
     * The parameters were validated after an epoch.
     *
     * @param epoch counts from 1
     * @param measure higher is better
     */
    default void validated(int epoch, double measure) {}
}
