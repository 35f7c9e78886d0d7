package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.kernel.Rows;

/**
 * A model of a fact's plausibility, written as a query and a similarity:
 *
 * <pre>score(h, r, t) = sim(tailQuery(h, r), t) = sim(headQuery(r, t), h)</pre>
 *
 * <p>The first form is the definition; the second is equal up to rounding, and exactly where the arithmetic is exact,
 * unless the function is {@linkplain #reciprocal reciprocal}.
 * Everything works on rows, never on ids, so that the same code scores live tables, a checkpoint, or three scratch rows.
 * The width of a row is a function of the {@code dimension} that the user chose; a relation row and its gradient may be
 * longer, what stands behind their width is neither read nor modified. Implementations have no state and may be used by
 * any number of threads.
 */
public interface ScoringFunction {
    /** The name in configurations, as the literature spells it. */
    String name();

    /** Floats in an entity row at this dimension; the query has the same width. */
    int entityWidth(int dimension);

    /** Floats in a relation row at this dimension. */
    int relationWidth(int dimension);

    /** How a query is compared with an entity row. */
    Similarity similarity();

    /** Whether head queries score by relation rows of their own, so that the two forms differ. */
    default boolean reciprocal() {
        return false;
    }

    /**
     * Whether rows hold complex numbers, the real parts first, then the imaginary parts: an entity row as a whole, a
     * relation row in each of its {@link #relationParts}.
     */
    default boolean complexRows() {
        return false;
    }

    /** How many relation rows of equal width stand one after another in a relation row. */
    default int relationParts() {
        return 1;
    }

    /**
     * Whether a score is a sum over the dimensions, each of which has its own {@link #entityWidth entityWidth(1)} and {@link
     * #relationWidth relationWidth(1)} numbers: in a row stand the first of all dimensions, then the second, and so on. Then
     * models can be put {@linkplain SideBySide side by side}.
     */
    default boolean sumOverDimensions() {
        return false;
    }

    /**
     * Computes the query for the tails of (h, r, ?).
     *
     * @param query Modified: overwritten.
     */
    void tailQuery(float[] head, float[] relation, float[] query);

    /**
     * Computes the query for the heads of (?, r, t).
     *
     * @param query Modified: overwritten.
     */
    void headQuery(float[] relation, float[] tail, float[] query);

    /**
     * Carries a gradient of the tail query back to the rows that made it: adds {@code (∂query/∂head)ᵀ·g} and
     * {@code (∂query/∂relation)ᵀ·g}.
     *
     * @param queryGradient Not modified.
     * @param headGradient Modified.
     * @param relationGradient Modified.
     */
    void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient);

    /**
     * Carries a gradient of the head query back to the rows that made it: adds {@code (∂query/∂relation)ᵀ·g} and
     * {@code (∂query/∂tail)ᵀ·g}.
     *
     * @param queryGradient Not modified.
     * @param relationGradient Modified.
     * @param tailGradient Modified.
     */
    void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient);

    /**
     * Computes how the tail query moves when its rows move: {@code ∂query/∂head·ḣ + ∂query/∂relation·ṙ}. As given here it
     * is right where the query is linear in either row.
     *
     * @param headTangent ḣ. Not modified.
     * @param relationTangent ṙ. Not modified.
     * @param tangent as wide as the query. Modified: overwritten.
     * @param scratch as wide as the query. Modified.
     */
    default void tailQueryTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] tangent,
            float[] scratch) {
        tailQuery(headTangent, relation, tangent);
        tailQuery(head, relationTangent, scratch);
        Rows.add(scratch, tangent);
    }

    /** Computes how the head query moves when its rows move; see {@link #tailQueryTangent}. */
    default void headQueryTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] tangent,
            float[] scratch) {
        headQuery(relation, tailTangent, tangent);
        headQuery(relationTangent, tail, scratch);
        Rows.add(scratch, tangent);
    }

    /**
     * Adds how the result of {@link #tailQueryGradient} moves when the rows and the query's gradient g move. As given here
     * it is right where the query is linear in either row.
     *
     * @param headTangent ḣ. Not modified.
     * @param relationTangent ṙ. Not modified.
     * @param queryGradient g. Not modified.
     * @param queryGradientTangent ġ. Not modified.
     * @param headSum Modified.
     * @param relationSum Modified.
     */
    default void tailQueryGradientTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] headSum,
            float[] relationSum) {
        tailQueryGradient(head, relation, queryGradientTangent, headSum, relationSum);
        tailQueryGradient(headTangent, relationTangent, queryGradient, headSum, relationSum);
    }

    /**
     * Adds how the result of {@link #headQueryGradient} moves when the rows and the query's gradient move; see {@link
     * #tailQueryGradientTangent}.
     */
    default void headQueryGradientTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] relationSum,
            float[] tailSum) {
        headQueryGradient(relation, tail, queryGradientTangent, relationSum, tailSum);
        headQueryGradient(relationTangent, tailTangent, queryGradient, relationSum, tailSum);
    }
}
