package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.Arrays;

/**
 * Adagrad with one accumulator per row: {@code a ← a + mean(g²); w ← w - rate·g / (√a + ε)}, with {@code a} starting at
 * a chosen value.
 *
 * <p>A row's step has the direction of its gradient. Needs one float per row instead of one per parameter, and one root
 * and one division per row: for rows without rare features of their own it learns as fast as the element-wise form.
 * Attributes exactly: a fact's share is {@code -rate·g_fact / (√a + ε)}. Source: Duchi, Hazan and Singer, "Adaptive
 * subgradient methods", JMLR 12, 2011, with one scale per row as in Lerer et al., "PyTorch-BigGraph", SysML 2019, arXiv
 * 1903.12287, section 3.1.
 */
final class RowAdagrad implements ReversibleOptimizer {
    private static final float EPSILON = 1e-10f;

    private final float[] entities;
    private final float[] relations;
    private float rate;

    RowAdagrad(float initialAccumulator, Parameters shape) {
        entities = new float[shape.entities().length];
        relations = new float[shape.relations().length];
        Arrays.fill(entities, initialAccumulator);
        Arrays.fill(relations, initialAccumulator);
    }

    @Override
    public void beginStep(long step, float rate) {
        this.rate = rate;
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient, float scale) {
        accumulators(table)[index] += meanSquare(gradient, scale);
        float stepRate = stepRate(table, index);
        for (int i = 0; i < row.length; i++) {
            row[i] -= stepRate * (gradient[i] * scale);
        }
    }

    @Override
    public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
        float stepRate = stepRate(table, index);
        for (int i = 0; i < factGradient.length; i++) {
            out[offset + i] -= stepRate * (factGradient[i] * scale);
        }
    }

    private float stepRate(Table table, int index) {
        return rate / ((float) Math.sqrt(accumulators(table)[index]) + EPSILON);
    }

    private float[] accumulators(Table table) {
        return table == Table.ENTITIES ? entities : relations;
    }

    /** Four sums side by side, added up in a fixed order: one sum would wait for itself at every number. */
    private static float meanSquare(float[] gradient, float scale) {
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        int i = 0;
        for (; i + 4 <= gradient.length; i += 4) {
            float g0 = gradient[i] * scale;
            float g1 = gradient[i + 1] * scale;
            float g2 = gradient[i + 2] * scale;
            float g3 = gradient[i + 3] * scale;
            s0 += g0 * g0;
            s1 += g1 * g1;
            s2 += g2 * g2;
            s3 += g3 * g3;
        }
        for (; i < gradient.length; i++) {
            float g = gradient[i] * scale;
            s0 += g * g;
        }
        return ((s0 + s1) + (s2 + s3)) / gradient.length;
    }

    @Override
    public boolean restsOnZero() {
        return true;
    }

    @Override
    public int stateWidth(int rowWidth) {
        return 1;
    }

    @Override
    public void readState(Table table, int index, float[] out) {
        out[0] = accumulators(table)[index];
    }

    @Override
    public void writeState(Table table, int index, float[] state) {
        accumulators(table)[index] = state[0];
    }

    /** With s = √(a + mean(g²)): w' = w - rate·g/(s+ε), ∂s/∂g_i = g_i/(width·s), ∂s/∂a = 1/(2s). */
    @Override
    public void pullBack(
            float rate, float[] state, float[] gradient, float[] u, float[] stateAdjoint, float[] gradientAdjoint) {
        double root = Math.sqrt(state[0] + meanSquare(gradient, 1f));
        if (root == 0) {
            Arrays.fill(gradientAdjoint, 0f);
            return;
        }
        double inverse = 1 / (root + EPSILON);
        double ofRoot = rate * Rows.dot(gradient, u) * inverse * inverse / root;
        float along = (float) ((ofRoot + 2 * stateAdjoint[0]) / gradient.length);
        float across = (float) (-rate * inverse);
        for (int i = 0; i < u.length; i++) {
            gradientAdjoint[i] = across * u[i] + along * gradient[i];
        }
        stateAdjoint[0] += (float) (0.5 * ofRoot);
    }

    @Override
    public void changeOf(
            float rate, float[] state, float[] gradient, float[] part, float[] rowChange, float[] stateChange) {
        double squareWith = 0;
        double squareWithout = 0;
        for (int i = 0; i < part.length; i++) {
            double with = gradient[i];
            double without = ReversibleOptimizer.without(part[i], gradient[i]);
            squareWith += with * with;
            squareWithout += without * without;
        }
        double scaleWith = scale(squareWith / part.length, state[0]);
        double scaleWithout = scale(squareWithout / part.length, state[0]);
        for (int i = 0; i < part.length; i++) {
            double without = ReversibleOptimizer.without(part[i], gradient[i]);
            rowChange[i] = (float) (rate * (scaleWithout * without - scaleWith * gradient[i]));
        }
        stateChange[0] = (float) ((squareWith - squareWithout) / part.length);
    }

    private static double scale(double meanSquare, float accumulator) {
        return meanSquare == 0 ? 0 : 1 / (Math.sqrt(accumulator + meanSquare) + EPSILON);
    }
}
