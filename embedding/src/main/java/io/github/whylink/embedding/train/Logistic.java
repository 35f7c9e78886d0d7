package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.FloatExp;

/**
 * Logistic loss: {@code loss = log(1 + exp(-s_0)) + Σ_j log(1 + exp(s_j))} over the positive (0) and its negatives.
 *
 * <p>Source: Trouillon et al., "Complex embeddings for simple link prediction", ICML 2016, arXiv 1606.06357, eq. 12.
 */
public record Logistic() implements Loss {
    @Override
    public String name() {
        return "logistic";
    }

    @Override
    public double coefficients(float[] scores, int count, float[] coefficients) {
        double loss = softplus(-scores[0]);
        coefficients[0] = -sigmoid(-scores[0]);
        for (int j = 1; j < count; j++) {
            loss += softplus(scores[j]);
            coefficients[j] = sigmoid(scores[j]);
        }
        return loss;
    }

    private static float sigmoid(float x) {
        return 1f / (1f + FloatExp.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
