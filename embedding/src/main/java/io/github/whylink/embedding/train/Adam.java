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

    private final boolean lazy;
    private final Parameters first;
    private final Parameters second;
    private final float[] entityZero;
    private final float[] relationZero;
    private double beta1Power = 1;
    private double beta2Power = 1;
    private long counted;
    private float rate;

    Adam(boolean lazy, Parameters shape) {
        this.lazy = lazy;
        first = Parameters.zerosLike(shape);
        second = Parameters.zerosLike(shape);
        entityZero = new float[shape.entities()[0].length];
        relationZero = new float[shape.relations()[0].length];
    }

    @Override
    public void beginStep(long step, float rate) {
        // Counts masked steps too, so that those after them are corrected as if nothing were missing.
        for (; counted <= step; counted++) {
            beta1Power *= BETA1;
            beta2Power *= BETA2;
        }
        this.rate = (float) (rate * Math.sqrt(1 - beta2Power) / (1 - beta1Power));
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient, float scale) {
        float[] m = first.row(table, index);
        float[] v = second.row(table, index);
        float stepRate = rate;
        for (int i = 0; i < row.length; i++) {
            float g = gradient[i] * scale;
            m[i] = (float) BETA1 * m[i] + (float) (1 - BETA1) * g;
            v[i] = (float) BETA2 * v[i] + (float) (1 - BETA2) * g * g;
            row[i] -= stepRate * m[i] / ((float) Math.sqrt(v[i]) + EPSILON);
        }
    }

    @Override
    public void endStep(Parameters parameters, TouchedRows touched, TrainingObserver observer) {
        if (lazy) {
            return;
        }
        drift(Table.ENTITIES, parameters, touched, observer);
        drift(Table.RELATIONS, parameters, touched, observer);
    }

    private void drift(Table table, Parameters parameters, TouchedRows touched, TrainingObserver observer) {
        float[][] rows = parameters.table(table);
        float[] zero = table == Table.ENTITIES ? entityZero : relationZero;
        for (int index = 0; index < rows.length; index++) {
            if (!touched.touched(table, index)) {
                update(table, index, rows[index], zero, 1f);
                if (observer.observesElsewhere()) {
                    float[] applied = new float[zero.length];
                    addShare(table, index, zero, 1f, applied, 0);
                    observer.drifted(table, index, applied);
                }
            }
        }
    }

    /** The whole step, whatever the fact's gradient: exact for a batch of one. */
    @Override
    public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
        float[] m = first.row(table, index);
        float[] v = second.row(table, index);
        float stepRate = rate;
        for (int i = 0; i < m.length; i++) {
            out[offset + i] -= stepRate * m[i] / ((float) Math.sqrt(v[i]) + EPSILON);
        }
    }
}
