package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Turns gradients into steps, row by row, and says which part of a step belongs to which fact.
 *
 * <p>Order of calls for one step: {@link #beginStep}, {@link #update} for each row with a gradient, {@link #endStep},
 * then {@link #share} as often as wanted. State belongs to one training.
 */
public interface Optimizer {
    /**
     * Opens a step.
     *
     * @param step counts from 0; a step that a mask leaves empty counts too
     */
    void beginStep(long step);

    /**
     * Moves one row by the sum of all gradients on it.
     *
     * @param row Modified.
     * @param gradient Not modified.
     */
    void update(Table table, int index, float[] row, float[] gradient);

    /** Moves the rows that have no gradient in this step; only optimizers with dense momentum do that. */
    default void endStep(Parameters parameters, RowGradients gradient, TrainingObserver observer) {}

    /**
     * The part of the step just taken on a row that belongs to one fact.
     *
     * @param factGradient the fact's own gradient on that row. Not modified.
     * @param out the step's part, to be added to the row to repeat it. Modified: overwritten.
     */
    void share(Table table, int index, float[] factGradient, float[] out);
}
