package io.github.whylink.embedding.tune;

/**
 * When a search ends, whichever comes first.
 *
 * @param seconds by the clock, above 0
 * @param trials how many trainings, at least 1
 */
public record TuningBudget(double seconds, int trials) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if there is nothing to spend
     */
    public TuningBudget {
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the budget in seconds must be above 0, but is " + seconds);
        }
        if (trials < 1) {
            throw new IllegalArgumentException("the budget in trials must be at least 1, but is " + trials);
        }
    }

    /** A budget of time alone. */
    public static TuningBudget ofSeconds(double seconds) {
        return new TuningBudget(seconds, Integer.MAX_VALUE);
    }
}
