package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.FloatExp;

/**
 * Logistic loss: {@code loss = Σ_j log(1 + exp(s_j)) - y_j·s_j} over the positive (0) and its negatives; the coefficients
 * are {@code σ(s_j) - y_j}.
 *
 * <p>The target {@code y} is {@code [j = 0]}, so that the loss is {@code log(1 + exp(-s_0)) + Σ_{j>0} log(1 + exp(s_j))}.
 * With label smoothing ε it is {@code 1 - ε} for the positive and {@code ε/(count - 1)} for each negative.
 *
 * <p>Source: Trouillon et al., "Complex embeddings for simple link prediction", ICML 2016, arXiv 1606.06357, eq. 12.
 *
 * @param labelSmoothing ε, at least 0 and below 1
 */
public record Logistic(float labelSmoothing) implements Loss {
    /** Without label smoothing. */
    public Logistic() {
        this(0f);
    }

    @Override
    public String name() {
        return "logistic";
    }

    @Override
    public boolean sharesNegatives() {
        return true;
    }

    @Override
    public double coefficients(float[] scores, int count, float[] coefficients) {
        double loss = softplus(-scores[0]);
        coefficients[0] = -sigmoid(-scores[0]);
        for (int j = 1; j < count; j++) {
            loss += softplus(scores[j]);
            coefficients[j] = sigmoid(scores[j]);
        }
        return labelSmoothing == 0f ? loss : loss + smooth(scores, count, coefficients);
    }

    /** {@code diagonal = σ·(1 - σ)}: each coefficient hangs on its own score alone. */
    @Override
    public void derivative(float[] scores, int count, float[] diagonal, float[] left, float[] right) {
        for (int j = 0; j < count; j++) {
            diagonal[j] = slope(scores[j]);
            left[j] = 0f;
            right[j] = 0f;
        }
    }

    /** Moves ε of the target from the positive to the negatives. */
    private double smooth(float[] scores, int count, float[] coefficients) {
        double change = (double) labelSmoothing * scores[0];
        coefficients[0] += labelSmoothing;
        for (int j = 1; j < count; j++) {
            float each = labelSmoothing / (count - 1);
            change -= (double) each * scores[j];
            coefficients[j] -= each;
        }
        return change;
    }

    static float sigmoid(float x) {
        return 1f / (1f + FloatExp.exp(-x));
    }

    /** The derivative of the sigmoid. */
    static float slope(float x) {
        float e = FloatExp.exp(-Math.abs(x));
        return e / ((1f + e) * (1f + e));
    }

    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
