package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/** Stochastic gradient descent: {@code w ← w - rate·g}. Attributes exactly: a fact's share is {@code -rate·g_fact}. */
final class Sgd implements ReversibleOptimizer {
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

    @Override
    public int stateWidth(int rowWidth) {
        return 0;
    }

    @Override
    public void readState(Table table, int index, float[] out) {}

    @Override
    public void writeState(Table table, int index, float[] state) {}

    @Override
    public void pullBack(
            float rate, float[] state, float[] gradient, float[] u, float[] stateAdjoint, float[] gradientAdjoint) {
        for (int i = 0; i < u.length; i++) {
            gradientAdjoint[i] = -rate * u[i];
        }
    }

    @Override
    public void changeOf(
            float rate, float[] state, float[] gradient, float[] part, float[] rowChange, float[] stateChange) {
        for (int i = 0; i < part.length; i++) {
            rowChange[i] = -rate * part[i];
        }
    }
}
