package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import java.util.List;

/**
 * What a training with validation came to.
 *
 * @param parameters the best ones by validation
 * @param bestEpoch the epoch after which they stood, from 1
 * @param curve every epoch that was trained, in order
 */
public record TrainingResult(Parameters parameters, int bestEpoch, List<Epoch> curve) {
    /**
     * One epoch.
     *
     * @param epoch from 1
     * @param meanLoss mean loss of the facts, each at the time of its step
     * @param validation the measure after the epoch, higher is better; NaN where it was not taken
     */
    public record Epoch(int epoch, double meanLoss, double validation) {}
}
