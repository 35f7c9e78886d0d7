package io.github.whylink.embedding.tune;

/** Progress and cancellation of a search, called from the thread that searches. */
public interface TuningMonitor {
    /** Neither reports nor cancels. */
    TuningMonitor NONE = new TuningMonitor() {};

    /**
     * Called many times per epoch; cancels the search by throwing.
     *
     * @throws RuntimeException to cancel; it reaches the caller of the search as it is
     */
    default void checkCancelled() {}

    /** A training has ended, well or not. */
    default void trialEnded(Trial trial) {}
}
