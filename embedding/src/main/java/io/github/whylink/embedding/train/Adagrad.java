package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.Arrays;

/**
 * Adagrad, element-wise: {@code a ← a + g²; w ← w - rate·g / (√a + ε)}, with {@code a} starting at a chosen value.
 *
 * <p>Attributes exactly: given the accumulator, the step is linear in the gradient, so a fact's share is
 * {@code -rate·g_fact / (√a + ε)}. An initial value above 0 keeps the first steps, and so the removal of a first step,
 * small. Source: Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 12, 2011, figure 1, diagonal.
 */
final class Adagrad implements Optimizer {
    private static final float EPSILON = 1e-10f;

    private final Parameters accumulators;
    private float rate;

    Adagrad(float initialAccumulator, Parameters shape) {
        accumulators = Parameters.zerosLike(shape);
        for (Table table : Table.values()) {
            for (float[] row : accumulators.table(table)) {
                Arrays.fill(row, initialAccumulator);
            }
        }
    }

    @Override
    public void beginStep(long step, float rate) {
        this.rate = rate;
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient, float scale) {
        float[] a = accumulators.row(table, index);
        float stepRate = rate;
        for (int i = 0; i < row.length; i++) {
            float g = gradient[i] * scale;
            float accumulated = a[i] + g * g;
            a[i] = accumulated;
            row[i] -= stepRate * g / ((float) Math.sqrt(accumulated) + EPSILON);
        }
    }

    @Override
    public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
        float[] a = accumulators.row(table, index);
        float stepRate = rate;
        // In a short-lived row of its own: with an offset in the loop, roots and divisions are not vectorised.
        float[] share = new float[factGradient.length];
        for (int i = 0; i < share.length; i++) {
            share[i] = stepRate * (factGradient[i] * scale) / ((float) Math.sqrt(a[i]) + EPSILON);
        }
        for (int i = 0; i < share.length; i++) {
            out[offset + i] -= share[i];
        }
    }

    @Override
    public boolean restsOnZero() {
        return true;
    }
}
