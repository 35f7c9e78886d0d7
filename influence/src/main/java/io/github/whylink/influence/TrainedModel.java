package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.BitSet;

/**
 * A model together with the training that it came from, which the settings repeat to the last bit.
 *
 * @param model what the training ended in
 * @param facts it was trained on
 * @param settings of the training
 * @param epochs how many of those of the settings were trained: fewer where it stopped early
 */
public record TrainedModel(EmbeddingModel model, Facts facts, TrainingSettings settings, int epochs) {
    /** Trains a model for all epochs of the settings. */
    public static TrainedModel train(
            Facts facts, TrainingSettings settings, TrainingObserver observer, TrainingMonitor monitor) {
        return new TrainedModel(
                new EmbeddingModel(settings.scoringFunction(), Trainer.train(facts, settings, observer, monitor)),
                facts,
                settings,
                settings.epochs());
    }

    /** The model as it would be without some facts: same seed, order and negatives. */
    public EmbeddingModel without(BitSet removed) {
        return new EmbeddingModel(
                settings.scoringFunction(),
                Trainer.trainFirst(epochs, facts, settings, removed, TrainingObserver.NONE, TrainingMonitor.NONE));
    }
}
