package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.FloatExp;

/**
 * Softmax cross-entropy: {@code loss = -Σ_j y_j·log p_j} with {@code p_j = exp(s_j) / Σ_k exp(s_k)} over the positive (0)
 * and its negatives; the coefficients are {@code p_j - y_j}.
 *
 * <p>The target {@code y} is {@code [j = 0]}. With label smoothing ε it is {@code (1 - ε)·[j = 0] + ε/count}: the positive
 * is one of the {@code count} candidates that share ε.
 *
 * <p>Source: Joulin, Grave, Bojanowski, Nickel and Mikolov, "Fast linear model for knowledge graph embeddings", 2017,
 * arXiv 1710.10881, section 3; the sampled form is the one of the gradient rollback paper. Label smoothing: Szegedy,
 * Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the inception architecture", CVPR 2016, arXiv 1512.00567, section 7.
 *
 * @param labelSmoothing ε, at least 0 and below 1
 */
public record SoftmaxCrossEntropy(float labelSmoothing) implements Loss {
    /**
     * Probabilities below this count as 0: they are lost in any sum with a row, and products with them are subnormal
     * numbers, with which processors are slow.
     */
    private static final float NEGLIGIBLE = 1e-20f;

    /** Without label smoothing. */
    public SoftmaxCrossEntropy() {
        this(0f);
    }

    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public boolean sharesNegatives() {
        return true;
    }

    @Override
    public double coefficients(float[] scores, int count, float[] coefficients) {
        float max = scores[0];
        for (int j = 1; j < count; j++) {
            max = Math.max(max, scores[j]);
        }
        double sum = probabilities(scores, max, count, coefficients);
        coefficients[0] -= 1f - labelSmoothing;
        double loss = Math.log(sum) - (1 - (double) labelSmoothing) * (scores[0] - max);
        return labelSmoothing == 0f ? loss : loss + smooth(scores, max, count, coefficients);
    }

    /** The part ε of the target that all candidates share alike. */
    private double smooth(float[] scores, float max, int count, float[] coefficients) {
        float each = labelSmoothing / count;
        double below = 0;
        for (int j = 0; j < count; j++) {
            coefficients[j] -= each;
            below += max - scores[j];
        }
        return labelSmoothing * below / count;
    }

    /** {@code [j = k]·p_k - p_j·p_k}. */
    @Override
    public void derivative(float[] scores, int count, float[] diagonal, float[] left, float[] right) {
        float max = scores[0];
        for (int j = 1; j < count; j++) {
            max = Math.max(max, scores[j]);
        }
        probabilities(scores, max, count, diagonal);
        System.arraycopy(diagonal, 0, left, 0, count);
        System.arraycopy(diagonal, 0, right, 0, count);
    }

    /** Computes p and returns {@code Σ exp(s_k - max)}. */
    private static double probabilities(float[] scores, float max, int count, float[] p) {
        double sum = 0;
        for (int j = 0; j < count; j++) {
            p[j] = FloatExp.exp(scores[j] - max);
            sum += p[j];
        }
        float scale = (float) (1 / sum);
        for (int j = 0; j < count; j++) {
            float probability = p[j] * scale;
            p[j] = probability < NEGLIGIBLE ? 0f : probability;
        }
        return sum;
    }

    @Override
    public boolean normalizesOverCandidates() {
        return true;
    }
}
