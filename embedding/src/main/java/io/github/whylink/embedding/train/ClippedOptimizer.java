package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;

/**
 * Another optimizer behind a bound on the summed gradient of each row: {@code g ← g · min(1, maxNorm / ‖g‖)} before the
 * step, with the Euclidean norm.
 *
 * <p>Attributes as well as the other one does: the scale of a row is common state of the step, kept until the row's next
 * step, so that a fact's share is the other's share of the fact's scaled gradient. No gradient is modified. A gradient
 * that is not finite stays so. Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural
 * networks", ICML 2013, arXiv 1211.5063, algorithm 1, by row.
 */
final class ClippedOptimizer implements Optimizer {
    private final Optimizer optimizer;
    private final float maxNorm;
    private final float[] entityScales;
    private final float[] relationScales;

    ClippedOptimizer(Optimizer optimizer, float maxNorm, Parameters shape) {
        this.optimizer = optimizer;
        this.maxNorm = maxNorm;
        entityScales = new float[shape.entities().length];
        relationScales = new float[shape.relations().length];
    }

    @Override
    public void beginStep(long step, float rate) {
        optimizer.beginStep(step, rate);
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient, float scale) {
        double norm = Math.sqrt(Rows.squaredNorm(gradient)) * Math.abs(scale);
        float clip = norm > maxNorm ? (float) (maxNorm / norm) : 1f;
        scales(table)[index] = clip;
        optimizer.update(table, index, row, gradient, scale * clip);
    }

    @Override
    public void endStep(Parameters parameters, TouchedRows touched, TrainingObserver observer) {
        optimizer.endStep(parameters, touched, observer);
    }

    @Override
    public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
        optimizer.addShare(table, index, factGradient, scale * scales(table)[index], out, offset);
    }

    @Override
    public boolean restsOnZero() {
        return optimizer.restsOnZero();
    }

    private float[] scales(Table table) {
        return table == Table.ENTITIES ? entityScales : relationScales;
    }
}
