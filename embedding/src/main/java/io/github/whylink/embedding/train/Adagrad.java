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

    private final LearningRate schedule;
    private final Parameters accumulators;
    private float rate;

    Adagrad(LearningRate schedule, float initialAccumulator, Parameters shape) {
        this.schedule = schedule;
        accumulators = Parameters.zerosLike(shape);
        for (Table table : Table.values()) {
            for (float[] row : accumulators.table(table)) {
                Arrays.fill(row, initialAccumulator);
            }
        }
    }

    @Override
    public void beginStep(long step) {
        rate = schedule.at(step);
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient) {
        float[] a = accumulators.row(table, index);
        for (int i = 0; i < row.length; i++) {
            float g = gradient[i];
            a[i] += g * g;
            row[i] -= rate * g / ((float) Math.sqrt(a[i]) + EPSILON);
        }
    }

    @Override
    public void share(Table table, int index, float[] factGradient, float[] out) {
        float[] a = accumulators.row(table, index);
        for (int i = 0; i < out.length; i++) {
            out[i] = -(rate * factGradient[i] / ((float) Math.sqrt(a[i]) + EPSILON));
        }
    }
}
