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
final class Adagrad implements ReversibleOptimizer {
    private static final float EPSILON = 1e-10f;

    private final Parameters accumulators;

    /** Of each thread that asks for shares: to make a row for each would take a tenth of a training's time. */
    private final ThreadLocal<float[]> scratch = ThreadLocal.withInitial(() -> new float[0]);

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
        int width = factGradient.length;
        // In a row of its own: with an offset in the loop, roots and divisions are not vectorised.
        float[] share = scratch.get();
        if (share.length < width) {
            share = new float[width];
            scratch.set(share);
        }
        for (int i = 0; i < width; i++) {
            share[i] = stepRate * (factGradient[i] * scale) / ((float) Math.sqrt(a[i]) + EPSILON);
        }
        for (int i = 0; i < width; i++) {
            out[offset + i] -= share[i];
        }
    }

    @Override
    public boolean restsOnZero() {
        return true;
    }

    @Override
    public int stateWidth(int rowWidth) {
        return rowWidth;
    }

    @Override
    public void readState(Table table, int index, float[] out) {
        float[] a = accumulators.row(table, index);
        System.arraycopy(a, 0, out, 0, a.length);
    }

    @Override
    public void writeState(Table table, int index, float[] state) {
        float[] a = accumulators.row(table, index);
        System.arraycopy(state, 0, a, 0, a.length);
    }

    /**
     * With s = √(a + g²): ∂w'/∂g = -rate·(a + s·ε)/(s·(s+ε)²), which unlike the difference that it comes from loses no
     * digits where a is small; ∂w'/∂a = rate·g/(2s·(s+ε)²), ∂a'/∂g = 2g.
     */
    @Override
    public void pullBack(
            float rate, float[] state, float[] gradient, float[] u, float[] stateAdjoint, float[] gradientAdjoint) {
        for (int i = 0; i < u.length; i++) {
            float g = gradient[i];
            float root = (float) Math.sqrt(state[i] + g * g);
            // A root of 0 belongs to a gradient of 0 on an accumulator of 0, where the step has no derivative.
            float inverse = root == 0f ? 0f : 1f / (root + EPSILON);
            float ofAccumulator = root == 0f ? 0f : g / root * inverse * inverse;
            float ofGradient = root == 0f ? 0f : (state[i] / root + EPSILON) * inverse * inverse;
            gradientAdjoint[i] = 2f * g * stateAdjoint[i] - rate * u[i] * ofGradient;
            stateAdjoint[i] += 0.5f * rate * u[i] * ofAccumulator;
        }
    }

    @Override
    public void changeOf(
            float rate, float[] state, float[] gradient, float[] part, float[] rowChange, float[] stateChange) {
        for (int i = 0; i < part.length; i++) {
            float with = gradient[i];
            float without = ReversibleOptimizer.without(part[i], with);
            rowChange[i] = (float) (rate * (step(without, state[i]) - step(with, state[i])));
            stateChange[i] = (with - without) * (with + without);
        }
    }

    private static double step(float gradient, float accumulator) {
        double g = gradient;
        return g == 0 ? 0 : g / (Math.sqrt(accumulator + g * g) + EPSILON);
    }
}
