package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Adam: {@code m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; w ← w - rate·√(1-β₂ⁿ)/(1-β₁ⁿ) · m / (√v + ε)} at step n from 1.
 *
 * <p>The dense form moves every row at every step by its momentum, O(all parameters) a step; the lazy form moves only
 * rows with a gradient and keeps the others' moments. A step mixes the gradients of earlier facts, so that only the step
 * of a batch of one is attributed, as applied, to the fact that caused it; what momentum does to other rows belongs to no
 * fact. Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, arXiv 1412.6980, algorithm 1 in
 * the form at the end of section 2.
 */
final class Adam implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final float EPSILON = 1e-7f;

    private final LearningRate schedule;
    private final boolean lazy;
    private final Parameters first;
    private final Parameters second;
    private final float[] entityZero;
    private final float[] relationZero;
    private double beta1Power = 1;
    private double beta2Power = 1;
    private long counted;
    private float rate;

    Adam(LearningRate schedule, boolean lazy, Parameters shape) {
        this.schedule = schedule;
        this.lazy = lazy;
        first = Parameters.zerosLike(shape);
        second = Parameters.zerosLike(shape);
        entityZero = new float[shape.entities()[0].length];
        relationZero = new float[shape.relations()[0].length];
    }

    @Override
    public void beginStep(long step) {
        // Counts masked steps too, so that those after them are corrected as if nothing were missing.
        for (; counted <= step; counted++) {
            beta1Power *= BETA1;
            beta2Power *= BETA2;
        }
        rate = (float) (schedule.at(step) * Math.sqrt(1 - beta2Power) / (1 - beta1Power));
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient) {
        float[] m = first.row(table, index);
        float[] v = second.row(table, index);
        for (int i = 0; i < row.length; i++) {
            float g = gradient[i];
            m[i] = (float) BETA1 * m[i] + (float) (1 - BETA1) * g;
            v[i] = (float) BETA2 * v[i] + (float) (1 - BETA2) * g * g;
            row[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + EPSILON);
        }
    }

    @Override
    public void endStep(Parameters parameters, RowGradients gradient, TrainingObserver observer) {
        if (lazy) {
            return;
        }
        drift(Table.ENTITIES, parameters, gradient, observer);
        drift(Table.RELATIONS, parameters, gradient, observer);
    }

    private void drift(Table table, Parameters parameters, RowGradients gradient, TrainingObserver observer) {
        float[][] rows = parameters.table(table);
        float[] zero = table == Table.ENTITIES ? entityZero : relationZero;
        for (int index = 0; index < rows.length; index++) {
            if (gradient.rowIfTouched(table, index) == null) {
                update(table, index, rows[index], zero);
                if (observer.observesDrift()) {
                    float[] applied = new float[zero.length];
                    share(table, index, zero, applied);
                    observer.drifted(table, index, applied);
                }
            }
        }
    }

    @Override
    public void share(Table table, int index, float[] factGradient, float[] out) {
        float[] m = first.row(table, index);
        float[] v = second.row(table, index);
        for (int i = 0; i < out.length; i++) {
            out[i] = -(rate * m[i] / ((float) Math.sqrt(v[i]) + EPSILON));
        }
    }
}
