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
        float max = Float.NEGATIVE_INFINITY;
        for (int j = 1; j < count; j++) {
            max = Math.max(max, scores[j]);
        }
        double sum = 0;
        for (int j = 1; j < count; j++) {
            coefficients[j] = FloatExp.exp(adversarialTemperature * (scores[j] - max));
            sum += coefficients[j];
        }
        float scale = (float) (1 / sum);
        for (int j = 1; j < count; j++) {
            float weight = coefficients[j] * scale;
            loss += weight * Logistic.softplus((double) scores[j] + margin);
            coefficients[j] = weight * Logistic.sigmoid(scores[j] + margin);
        }
        return loss;
    }
}
