package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Turns gradients into steps, row by row, and says which part of a step belongs to which fact.
 *
 * <p>Order of calls for one step: {@link #beginStep}, {@link #update} for each row with a gradient, {@link #endStep},
 * then {@link #addShare} as often as wanted. Between the beginning and the end of a step, different rows may be updated
 * by several threads at once; the shares of the step just taken may be asked for by several threads at once. State
 * belongs to one training.
 */
public interface Optimizer {
    /**
     * Opens a step.
     *
     * @param step counts from 0; a step that a mask leaves empty counts too
     * @param rate the learning rate of this step
     */
    void beginStep(long step, float rate);

    /**
     * Moves one row by {@code scale} times the sum of all gradients on it. At most once per row and step.
     *
     * @param row Modified.
     * @param gradient Not modified.
     * @param scale of any sign, multiplies each number of the gradient first; 1 changes no bit
     */
    void update(Table table, int index, float[] row, float[] gradient, float scale);

    /** Moves one row by the sum of all gradients on it; {@code row} is modified. */
    default void update(Table table, int index, float[] row, float[] gradient) {
        update(table, index, row, gradient, 1f);
    }

    /** Moves the rows that have no gradient in this step; only optimizers with dense momentum do that. */
    default void endStep(Parameters parameters, TouchedRows touched, TrainingObserver observer) {}

    /**
     * Adds the part of the step just taken on a row that belongs to {@code scale} times the gradient of one fact; adding
     * that part to the row repeats it.
     *
     * @param factGradient the fact's own gradient on that row. Not modified.
     * @param scale of any sign, multiplies each number of the gradient first; 1 changes no bit
     * @param out Modified: {@code out[offset..offset + width)} is added to.
     */
    void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset);

    /** Adds the part of the step just taken on a row that belongs to one fact to {@code out[offset..offset + width)}. */
    default void addShare(Table table, int index, float[] factGradient, float[] out, int offset) {
        addShare(table, index, factGradient, 1f, out, offset);
    }

    /** Whether a row whose gradient is 0 stays as it is, its state included, so that the update may as well be left out. */
    default boolean restsOnZero() {
        return false;
    }
}
