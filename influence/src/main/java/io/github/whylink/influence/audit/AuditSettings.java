package io.github.whylink.influence.audit;

import java.util.EnumSet;
import java.util.Set;

/**
 * How an audit is done.
 *
 * @param canaryFraction canaries per fact, above 0 and below 1; there are at least {@link Audit#LEAST_CANARIES} where the
 *     graph has room, and at most {@link Audit#MOST_CANARIES}
 * @param canaries how the canaries are made
 * @param signals which signals are asked, at least one
 * @param folds trainings for the signals of facts that the model did not see, at least 2
 * @param repetitions how often canaries are planted, all anew; 0 for once in large graphs, and up to
 *     {@link Audit#MOST_REPETITIONS} times in small ones
 * @param seed draws canaries, and the parts of which each is judged by what was learnt from the others; the folds are drawn
 *     by the seed of the training
 */
public record AuditSettings(
        double canaryFraction, FalseFacts.Mix canaries, Set<Signal> signals, int folds, int repetitions, long seed) {
    /** Checks the numbers. */
    public AuditSettings {
        if (!(canaryFraction > 0 && canaryFraction < 1)) {
            throw new IllegalArgumentException("canaryFraction must be above 0 and below 1, but is " + canaryFraction);
        }
        if (folds < 2) {
            throw new IllegalArgumentException("folds must be at least 2, but are " + folds);
        }
        if (repetitions < 0) {
            throw new IllegalArgumentException("repetitions must be at least 0, but are " + repetitions);
        }
        if (signals.isEmpty()) {
            throw new IllegalArgumentException("an audit needs a signal");
        }
        signals = Set.copyOf(EnumSet.copyOf(signals));
    }

    /** Half of the canaries untyped, half typed; the usual signals. */
    public static AuditSettings standard(long seed) {
        return new AuditSettings(0.05, FalseFacts.Mix.MIXED, Signal.standard(), 2, 0, seed);
    }
}
