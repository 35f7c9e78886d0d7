package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Sees what each fact does to the parameters, after each step. Facts of one step are shown in any order and by several
 * threads at once, but each fact by one; everything else by one thread at a time.
 */
public interface TrainingObserver {
    /** Sees nothing. */
    TrainingObserver NONE = new TrainingObserver() {
        @Override
        public void stepped(
                int fact, float[] headGradient, float[] relationGradient, float[] tailGradient, Optimizer optimizer) {}

        @Override
        public boolean observesFacts() {
            return false;
        }
    };

    /**
     * A step was taken in which this fact took part; where all its gradients are 0, it may be left out. The gradients are those of the fact's own loss on its own rows, valid
     * during the call; where head and tail are the same entity, both are the same array.
     *
     * @param optimizer answers {@link Optimizer#addShare} for the step
     */
    void stepped(int fact, float[] headGradient, float[] relationGradient, float[] tailGradient, Optimizer optimizer);

    /**
     * The facts {@code facts[from..to)} will be shown next in this thread: time to fetch what is kept of them from the memory, all at
     * once instead of one after the other. Changes nothing.
     *
     * @param facts Not modified.
     */
    default void willShow(int[] facts, int from, int to) {}

    /** Whether {@link #stepped} is to be called at all. */
    default boolean observesFacts() {
        return true;
    }

    /** Whether {@link #steppedElsewhere} and {@link #drifted} are to be called. */
    default boolean observesElsewhere() {
        return false;
    }

    /**
     * A step moved a row on behalf of facts that used it as a negative.
     *
     * @param gradient the part of the row's gradient that comes from such facts, or from some of them
     */
    default void steppedElsewhere(Table table, int index, float[] gradient, Optimizer optimizer) {}

    /** Momentum moved a row on which no fact of the step has a gradient. */
    default void drifted(Table table, int index, float[] applied) {}

    /** The training starts again from its first step; what was seen so far is void. */
    default void restarted() {}
}
