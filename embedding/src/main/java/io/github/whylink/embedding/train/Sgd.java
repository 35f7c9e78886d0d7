package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/** Stochastic gradient descent: {@code w ← w - rate·g}. Attributes exactly: a fact's share is {@code -rate·g_fact}. */
final class Sgd implements Optimizer {
    private float rate;

    @Override
    public void beginStep(long step, float rate) {
        this.rate = rate;
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient, float scale) {
        float stepRate = rate;
        for (int i = 0; i < row.length; i++) {
            row[i] -= stepRate * (gradient[i] * scale);
        }
    }

    @Override
    public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
        float stepRate = rate;
        for (int i = 0; i < factGradient.length; i++) {
            out[offset + i] -= stepRate * (factGradient[i] * scale);
        }
    }

    @Override
    public boolean restsOnZero() {
        return true;
    }
}
