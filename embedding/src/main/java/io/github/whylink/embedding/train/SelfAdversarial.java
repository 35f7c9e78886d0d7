package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.FloatExp;

/**
 * Self-adversarial negative sampling: {@code loss = -log σ(γ + s_0) - Σ_j p_j·log σ(-s_j - γ)} over the positive (0) and
 * its negatives, with {@code p = softmax(α·s)} over the negatives alone.
 *
 * <p>The weights p are constants to the derivative, so that the coefficients are {@code -σ(-γ - s_0)} and
 * {@code p_j·σ(s_j + γ)}: the harder a negative, the more it counts. Made for scores that are negative distances: γ is the
 * distance that parts positives from negatives. Source: Sun, Deng, Nie and Tang, "RotatE: knowledge graph embedding by
 * relational rotation in complex space", ICLR 2019, arXiv 1902.10197, eq. 4 to 6.
 *
 * @param margin γ, 0 or more
 * @param adversarialTemperature α, 0 or more; 0 weighs all negatives alike
 */
public record SelfAdversarial(float margin, float adversarialTemperature) implements Loss {
    @Override
    public String name() {
        return "selfAdversarial";
    }

    @Override
    public double coefficients(float[] scores, int count, float[] coefficients) {
        double loss = Logistic.softplus(-(double) margin - scores[0]);
        coefficients[0] = -Logistic.sigmoid(-margin - scores[0]);
        float scale = powers(scores, count, coefficients);
        for (int j = 1; j < count; j++) {
            float weight = coefficients[j] * scale;
            loss += weight * Logistic.softplus((double) scores[j] + margin);
            coefficients[j] = weight * Logistic.sigmoid(scores[j] + margin);
        }
        return loss;
    }

    /**
     * {@code ∂(p_j·σ_j)/∂s_k = [j = k]·p_k·(α·σ_k + σ'_k) - p_j·σ_j·α·p_k} for negatives: when the scores move the weights
     * move with them, although the coefficients take them for constants.
     */
    @Override
    public void derivative(float[] scores, int count, float[] diagonal, float[] left, float[] right) {
        diagonal[0] = Logistic.slope(margin + scores[0]);
        left[0] = 0f;
        right[0] = 0f;
        float scale = powers(scores, count, right);
        for (int j = 1; j < count; j++) {
            float weight = right[j] * scale;
            float sigmoid = Logistic.sigmoid(scores[j] + margin);
            diagonal[j] = weight * (adversarialTemperature * sigmoid + Logistic.slope(scores[j] + margin));
            left[j] = weight * sigmoid;
            right[j] = adversarialTemperature * weight;
        }
    }

    /** Computes the weights of the negatives but for a common factor, and returns that. {@code out} is modified. */
    private float powers(float[] scores, int count, float[] out) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 1; j < count; j++) {
            max = Math.max(max, scores[j]);
        }
        double sum = 0;
        for (int j = 1; j < count; j++) {
            out[j] = FloatExp.exp(adversarialTemperature * (scores[j] - max));
            sum += out[j];
        }
        return (float) (1 / sum);
    }
}
