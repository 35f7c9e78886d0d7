package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/** Stochastic gradient descent: {@code w ← w - rate·g}. Attributes exactly: a fact's share is {@code -rate·g_fact}. */
final class Sgd implements Optimizer {
    private final LearningRate schedule;
    private float rate;

    Sgd(LearningRate schedule) {
        this.schedule = schedule;
    }

    @Override
    public void beginStep(long step) {
        rate = schedule.at(step);
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient) {
        for (int i = 0; i < row.length; i++) {
            row[i] -= rate * gradient[i];
        }
    }

    @Override
    public void share(Table table, int index, float[] factGradient, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = -(rate * factGradient[i]);
        }
    }
}
