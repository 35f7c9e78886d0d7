package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.ScoringFunction;

/**
 * Everything that decides the result of a training, and {@code concurrency}, which does not.
 *
 * @param scoringFunction the model
 * @param dimension see {@link ScoringFunction#entityWidth}, at least 1
 * @param epochs passes over the facts, at least 1
 * @param batchSize facts per step, at least 1; gradients of a batch are summed
 * @param negatives per fact and side, at least 1
 * @param negativeSides which end of a fact is replaced
 * @param loss of a positive and its negatives
 * @param optimizer with its learning rate
 * @param initialScale initial rows are uniform in ±this
 * @param seed of the initial rows, the order of the facts and the negatives
 * @param concurrency threads; the same bits come out whatever it is
 */
public record TrainingSettings(
        ScoringFunction scoringFunction,
        int dimension,
        int epochs,
        int batchSize,
        int negatives,
        NegativeSides negativeSides,
        Loss loss,
        OptimizerSettings optimizer,
        float initialScale,
        long seed,
        int concurrency) {
    public TrainingSettings {
        requirePositive("dimension", dimension);
        requirePositive("epochs", epochs);
        requirePositive("batchSize", batchSize);
        requirePositive("negatives", negatives);
        requirePositive("concurrency", concurrency);
    }

    /** The same settings with another seed. */
    public TrainingSettings withSeed(long other) {
        return new TrainingSettings(
                scoringFunction,
                dimension,
                epochs,
                batchSize,
                negatives,
                negativeSides,
                loss,
                optimizer,
                initialScale,
                other,
                concurrency);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, but is %d".formatted(name, value));
        }
    }
}
