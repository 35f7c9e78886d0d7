package io.github.whylink.embedding.testing;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingSettings;

/** Small trainings for tests; change what a test is about. */
public record Settings(
        String scorer, String loss, String optimizer, int batchSize, NegativeSides sides, int epochs, int concurrency) {
    public static Settings small() {
        return new Settings("DistMult", "softmax", "SGD", 1, NegativeSides.BOTH, 5, 1);
    }

    public Settings scorer(String other) {
        return new Settings(other, loss, optimizer, batchSize, sides, epochs, concurrency);
    }

    public Settings loss(String other) {
        return new Settings(scorer, other, optimizer, batchSize, sides, epochs, concurrency);
    }

    public Settings optimizer(String other) {
        return new Settings(scorer, loss, other, batchSize, sides, epochs, concurrency);
    }

    public Settings batchSize(int other) {
        return new Settings(scorer, loss, optimizer, other, sides, epochs, concurrency);
    }

    public Settings sides(NegativeSides other) {
        return new Settings(scorer, loss, optimizer, batchSize, other, epochs, concurrency);
    }

    public Settings epochs(int other) {
        return new Settings(scorer, loss, optimizer, batchSize, sides, other, concurrency);
    }

    public Settings concurrency(int other) {
        return new Settings(scorer, loss, optimizer, batchSize, sides, epochs, other);
    }

    public TrainingSettings build() {
        return builder().build();
    }

    /** For what tests seldom change. */
    public TrainingSettings.Builder builder() {
        return TrainingSettings.of(ScoringFunctions.named(scorer), 6)
                .epochs(epochs)
                .batchSize(batchSize)
                .negatives(Negatives.perFact(4, sides))
                .loss(LossSettings.of(loss).create())
                .optimizer(new OptimizerSettings(
                        optimizer, LearningRate.constant(optimizer.endsWith("Adam") ? 0.01f : 0.1f), 0.1f))
                .initialScale(0.5f)
                .seed(42)
                .concurrency(concurrency);
    }
}
