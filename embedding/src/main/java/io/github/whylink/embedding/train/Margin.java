package io.github.whylink.embedding.train;

import java.util.Arrays;

/**
 * Margin ranking loss: {@code loss = Σ_j max(0, margin - s_0 + s_j)} over the negatives.
 *
 * <p>Source: Bordes et al., "Translating embeddings for modeling multi-relational data", NIPS 2013, eq. 1, with the score
 * as negative distance.
 *
 * @param margin by how much the positive is to be ahead of each negative, above 0
 */
public record Margin(float margin) implements Loss {
    @Override
    public String name() {
        return "margin";
    }

    @Override
    public double coefficients(float[] scores, int count, float[] coefficients) {
        double loss = 0;
        float violated = 0f;
        for (int j = 1; j < count; j++) {
            float violation = margin - scores[0] + scores[j];
            if (violation > 0f) {
                loss += violation;
                violated += 1f;
                coefficients[j] = 1f;
            } else if (Float.isNaN(violation)) {
                return Double.NaN;
            } else {
                coefficients[j] = 0f;
            }
        }
        coefficients[0] = -violated;
        return loss;
    }

    /** The coefficients are whole numbers, which only jump. */
    @Override
    public void derivative(float[] scores, int count, float[] diagonal, float[] left, float[] right) {
        Arrays.fill(diagonal, 0, count, 0f);
        Arrays.fill(left, 0, count, 0f);
        Arrays.fill(right, 0, count, 0f);
    }
}
