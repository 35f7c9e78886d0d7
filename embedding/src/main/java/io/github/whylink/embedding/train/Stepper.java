package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import java.util.BitSet;

/** What every regime needs to take a step and to show it. */
record Stepper(
        Examples examples,
        Parameters parameters,
        Optimizer optimizer,
        BitSet removed,
        TrainingObserver observer,
        TrainingMonitor monitor,
        long totalSteps) {
    /** Opens a step of the optimizer with the rate of the schedule. */
    void begin(long step) {
        LearningRate schedule = examples.settings().optimizer().learningRate();
        optimizer.beginStep(step, schedule.at(step, totalSteps));
    }
}
