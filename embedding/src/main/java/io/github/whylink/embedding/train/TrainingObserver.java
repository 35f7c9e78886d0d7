package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Sees what each fact does to the parameters. Called by one thread at a time, after each step, in the order of the facts
 * in the batch.
 */
public interface TrainingObserver {
    /** Sees nothing. */
    TrainingObserver NONE = new TrainingObserver() {
        @Override
        public void stepped(int fact, RowGradients gradient, Optimizer optimizer) {}

        @Override
        public boolean observesFacts() {
            return false;
        }
    };

    /**
     * A step was taken in which this fact took part.
     *
     * @param gradient the fact's own gradient, on its own rows and on those of its negatives; valid during the call
     * @param optimizer answers {@link Optimizer#share} for the step
     */
    void stepped(int fact, RowGradients gradient, Optimizer optimizer);

    /** Whether {@link #stepped} is to be called at all; without it training keeps no gradient per fact. */
    default boolean observesFacts() {
        return true;
    }

    /** Whether {@link #drifted} is to be called. */
    default boolean observesDrift() {
        return false;
    }

    /** Momentum moved a row on which no fact of the step has a gradient. */
    default void drifted(Table table, int index, float[] applied) {}
}
