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
     * Computes how the coefficients move when the scores move, a diagonal less a product of two vectors:
     *
     * <pre>∂coefficients[j] / ∂scores[k] = [j = k]·diagonal[k] - left[j]·right[k]</pre>
     *
     * <p>It is the derivative of what {@link #coefficients} returns, and so not symmetric where they are not the whole
     * derivative of the loss. Jumps count as level.
     *
     * @param scores the positive's score first, then the negatives'. Not modified.
     * @param count how many of them there are
     * @param diagonal Modified: overwritten.
     * @param left Modified: overwritten.
     * @param right Modified: overwritten.
     */
    void derivative(float[] scores, int count, float[] diagonal, float[] left, float[] right);

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
