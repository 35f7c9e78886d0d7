package io.github.whylink.embedding.train;

/**
 * The loss of one positive against its negatives. It turns scores into coefficients: the derivative of the loss with
 * respect to each score, which the scoring function then carries to the rows.
 */
public interface Loss {
    /** The name in configurations. */
    String name();

    /**
     * Computes the loss and its derivatives.
     *
     * @param scores the positive's score first, then the negatives'. Not modified.
     * @param count how many of them there are
     * @param coefficients {@code ∂loss/∂scores[i]}. Modified: overwritten.
     * @return the loss, 0 or more
     */
    double coefficients(float[] scores, int count, float[] coefficients);
}
