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

    /**
     * Whether several positives of one query can be held against one set of negatives, each candidate with a target of
     * its own; not so where each positive is compared with each negative.
     */
    default boolean sharesNegatives() {
        return false;
    }

    /**
     * Whether all candidates share one normaliser, so that an answer's loss has no part that is its own.
     */
    default boolean normalizesOverCandidates() {
        return false;
    }
}
