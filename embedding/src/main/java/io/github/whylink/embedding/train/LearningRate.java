package io.github.whylink.embedding.train;

import java.util.List;

/**
 * A learning rate and how it changes with the steps of a training:
 *
 * <pre>
 * warm-up   initial · (step + 1) / warmupSteps              while step &lt; warmupSteps
 * constant  initial
 * step      initial · decay^⌊n / decaySteps⌋                with n = step - warmupSteps, the steps since the warm-up
 * linear    initial · (1 - n / N)                           with N = totalSteps - warmupSteps, 0 at the end
 * cosine    initial · (1 + cos(π · n / N)) / 2              likewise
 * </pre>
 *
 * <p>A function of the step alone, with the same bits on every machine. The cosine is the one of Loshchilov and Hutter,
 * "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, arXiv 1608.03983, eq. 5, without restarts; the
 * warm-up is that of Goyal et al., "Accurate, large minibatch SGD", 2017, arXiv 1706.02677, section 2.2.
 *
 * @param schedule one of {@link #schedules}, whatever the case
 * @param initial the highest rate, above 0
 * @param decay the factor from one stair to the next, above 0, at most 1; read by "step" only
 * @param decaySteps steps from one stair to the next, at least 1; read by "step" only
 * @param warmupSteps steps over which the rate rises, 0 or more; 0 starts with the full rate
 */
public record LearningRate(String schedule, float initial, float decay, int decaySteps, int warmupSteps) {
    private static final List<String> SCHEDULES = List.of("constant", "step", "linear", "cosine");

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the schedule is unknown or a number is out of its range
     */
    public LearningRate {
        String wanted = schedule;
        schedule = SCHEDULES.stream()
                .filter(s -> s.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown schedule of the learning rate '%s'; known are %s".formatted(wanted, SCHEDULES)));
        require(initial > 0 && Float.isFinite(initial), "the learning rate must be above 0", initial);
        require(decay > 0 && decay <= 1, "the decay of the learning rate must be above 0 and at most 1", decay);
        require(decaySteps >= 1, "the decay steps of the learning rate must be at least 1", decaySteps);
        require(warmupSteps >= 0, "the warm-up steps of the learning rate must be 0 or more", warmupSteps);
    }

    /** A rate that decays in stairs from the first step on. */
    public LearningRate(float initial, float decay, int decaySteps) {
        this("step", initial, decay, decaySteps, 0);
    }

    /** A rate that does not change. */
    public static LearningRate constant(float rate) {
        return new LearningRate("constant", rate, 1f, 1, 0);
    }

    /** The names of all schedules. */
    public static List<String> schedules() {
        return SCHEDULES;
    }

    /**
     * The rate at a step.
     *
     * @param step counts from 0; a step that a mask leaves empty counts too
     * @param totalSteps how many steps the training has; read by "linear" and "cosine" only
     */
    public float at(long step, long totalSteps) {
        if (step < warmupSteps) {
            return (float) ((double) initial * (step + 1) / warmupSteps);
        }
        long since = step - warmupSteps;
        return switch (schedule) {
            case "step" -> stair(since / decaySteps);
            case "linear" -> (float) (initial * (1 - progress(since, totalSteps)));
            case "cosine" -> (float) (initial * 0.5 * (1 + StrictMath.cos(Math.PI * progress(since, totalSteps))));
            default -> initial;
        };
    }

    private float stair(long stair) {
        return decay == 1f ? initial : (float) (initial * StrictMath.pow(decay, (double) stair));
    }

    private double progress(long since, long totalSteps) {
        // Written so that a total within the warm-up is no division by 0.
        return since + warmupSteps >= totalSteps ? 1 : (double) since / (totalSteps - warmupSteps);
    }

    private static void require(boolean holds, String rule, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", but is " + value);
        }
    }
}
