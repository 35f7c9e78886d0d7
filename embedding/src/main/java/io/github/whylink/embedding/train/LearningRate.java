package io.github.whylink.embedding.train;

/**
 * A learning rate that decays in stairs: {@code initial · decay^⌊step / decaySteps⌋}.
 *
 * @param initial above 0
 * @param decay above 0, at most 1; 1 keeps the rate constant
 * @param decaySteps steps from one stair to the next, at least 1
 */
public record LearningRate(float initial, float decay, int decaySteps) {
    /** A rate that does not change. */
    public static LearningRate constant(float rate) {
        return new LearningRate(rate, 1f, 1);
    }

    /** The rate at a step, counted from 0. */
    public float at(long step) {
        long stair = step / decaySteps;
        return decay == 1f ? initial : (float) (initial * StrictMath.pow(decay, (double) stair));
    }
}
