package io.github.whylink.embedding.tune;

/**
 * One training of a search.
 *
 * @param number in the order in which they ended, from 0
 * @param draw which configuration of the {@linkplain SearchSpace#draw space}; the trials of one draw differ by their rung
 * @param rung how often it was promoted before
 * @param configuration what was trained; after a training that finished, its {@code maxEpochs} is the epoch after which it
 *     was best
 * @param epochs how many it was to be trained
 * @param outcome how it ended
 * @param validationMrr filtered, both sides, after the best epoch; 0 where it diverged, NaN where it was broken off
 * @param seconds that it took, measuring included
 * @param message why it did not finish; empty if it did
 */
public record Trial(
        int number,
        long draw,
        int rung,
        TunedConfiguration configuration,
        int epochs,
        Outcome outcome,
        double validationMrr,
        double seconds,
        String message) {
    /** How a training ended. */
    public enum Outcome {
        FINISHED,
        /** The loss or the parameters became infinite. */
        DIVERGED,
        /** It took too long for the budget. */
        BROKEN_OFF
    }

    /** The epoch after which it was best; without meaning unless it finished. */
    public int bestEpoch() {
        return configuration.settings().epochs();
    }
}
