package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.FloatExp;

/**
 * Softmax cross-entropy: {@code loss = -log(exp(s_0) / Σ_j exp(s_j))} over the positive (0) and its negatives; the
 * coefficients are {@code p_j - [j = 0]}.
 *
 * <p>Source: Joulin, Grave, Bojanowski, Nickel and Mikolov, "Fast linear model for knowledge graph embeddings", 2017,
 * arXiv 1710.10881, section 3; the sampled form is the one of the gradient rollback paper.
 */
public record SoftmaxCrossEntropy() implements Loss {
    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public double coefficients(float[] scores, int count, float[] coefficients) {
        float max = scores[0];
        for (int j = 1; j < count; j++) {
            max = Math.max(max, scores[j]);
        }
        double sum = 0;
        for (int j = 0; j < count; j++) {
            coefficients[j] = FloatExp.exp(scores[j] - max);
            sum += coefficients[j];
        }
        float scale = (float) (1 / sum);
        for (int j = 0; j < count; j++) {
            coefficients[j] *= scale;
        }
        coefficients[0] -= 1f;
        return Math.log(sum) - (scores[0] - max);
    }
}
