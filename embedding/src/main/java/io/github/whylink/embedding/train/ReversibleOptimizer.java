package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * An optimizer whose steps can be taken back and differentiated, row by row.
 *
 * <p>A step is a function {@code (row, state, gradient) -> (row', state')} that adds something to the row which depends on
 * the state and the gradient alone. The methods below see one row of one step: its state before the step, its summed
 * gradient, and the adjoints of what the step left behind, {@code u = ∂p/∂row'} and {@code a = ∂p/∂state'} for some number
 * p that the training ends in.
 */
interface ReversibleOptimizer extends Optimizer {
    /** Floats of state for a row of so many floats. */
    int stateWidth(int rowWidth);

    /** Copies the state of a row. {@code out} is modified. */
    void readState(Table table, int index, float[] out);

    /** Puts back the state of a row. {@code state} is not modified. */
    void writeState(Table table, int index, float[] state);

    /**
     * Carries the adjoints of a row back through a step.
     *
     * @param rate of the step
     * @param state of the row before the step. Not modified.
     * @param gradient of the row. Not modified.
     * @param u adjoint of the row after the step, which is part of its adjoint before the step too. Not modified.
     * @param stateAdjoint adjoint of the state: after the step. Modified: before the step.
     * @param gradientAdjoint Modified: overwritten by {@code (∂(row', state')/∂gradient)ᵀ·(u, a)}.
     */
    void pullBack(
            float rate, float[] state, float[] gradient, float[] u, float[] stateAdjoint, float[] gradientAdjoint);

    /**
     * What a part of the gradient did in the step, exactly: step with the gradient − step with gradient − part.
     *
     * @param rate of the step
     * @param state of the row before the step. Not modified.
     * @param gradient of the row. Not modified.
     * @param part of the gradient that is taken away; where next to nothing is left, it was the whole. Not modified.
     * @param rowChange Modified: overwritten.
     * @param stateChange Modified: overwritten.
     */
    void changeOf(float rate, float[] state, float[] gradient, float[] part, float[] rowChange, float[] stateChange);

    /**
     * What is left of a number without one of its summands, where both were rounded: remainders of the size of the rounding
     * are none. An optimizer that divides by a gradient's size would make a step of them.
     */
    static float without(float part, float whole) {
        float rest = whole - part;
        return Math.abs(rest) <= 1e-5f * Math.abs(part) ? 0f : rest;
    }
}
