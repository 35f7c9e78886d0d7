package io.github.whylink.embedding.scoring;

import java.util.Arrays;

/**
 * A scoring function whose head queries are tail queries of the inverse relation, which has a row of its own:
 *
 * <pre>
 * tails of (h, r, ?)   sim(tailQuery(h, r), t)       as ever
 * heads of (?, r, t)   sim(tailQuery(t, r⁻¹), h)     another number than the score of the fact
 * </pre>
 *
 * <p>Shapes: a relation row is {@code [r | r⁻¹]}, twice as wide as that of the base; entity rows are the base's. Both
 * queries are learned separately, so a training on head negatives alone leaves the score of facts untrained. A call about
 * heads allocates the half rows that it hands to the base; nothing else is allocated. Source: Lacroix, Usunier and
 * Obozinski, "Canonical tensor decomposition for knowledge base completion", ICML 2018, arXiv 1806.07297, section 3.
 *
 * @param base scores both directions
 */
record Reciprocal(ScoringFunction base) implements ScoringFunction {
    @Override
    public String name() {
        return base.name();
    }

    @Override
    public int entityWidth(int dimension) {
        return base.entityWidth(dimension);
    }

    @Override
    public int relationWidth(int dimension) {
        return 2 * base.relationWidth(dimension);
    }

    @Override
    public Similarity similarity() {
        return base.similarity();
    }

    @Override
    public boolean reciprocal() {
        return true;
    }

    @Override
    public boolean complexRows() {
        return base.complexRows();
    }

    @Override
    public int relationParts() {
        return 2 * base.relationParts();
    }

    @Override
    public boolean sumOverDimensions() {
        return base.sumOverDimensions();
    }

    /** The base reads the first half alone, as that is its width. */
    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        base.tailQuery(head, relation, query);
    }

    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        base.tailQuery(tail, inverse(relation), query);
    }

    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        base.tailQueryGradient(head, relation, queryGradient, headGradient, relationGradient);
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        float[] inverseGradient = new float[relation.length / 2];
        base.tailQueryGradient(tail, inverse(relation), queryGradient, tailGradient, inverseGradient);
        addToInverse(inverseGradient, relationGradient);
    }

    @Override
    public void tailQueryTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] tangent,
            float[] scratch) {
        base.tailQueryTangent(head, relation, headTangent, relationTangent, tangent, scratch);
    }

    @Override
    public void headQueryTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] tangent,
            float[] scratch) {
        base.tailQueryTangent(tail, inverse(relation), tailTangent, inverse(relationTangent), tangent, scratch);
    }

    @Override
    public void tailQueryGradientTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] headSum,
            float[] relationSum) {
        base.tailQueryGradientTangent(
                head,
                relation,
                headTangent,
                relationTangent,
                queryGradient,
                queryGradientTangent,
                headSum,
                relationSum);
    }

    @Override
    public void headQueryGradientTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] relationSum,
            float[] tailSum) {
        float[] inverseSum = new float[relation.length / 2];
        base.tailQueryGradientTangent(
                tail,
                inverse(relation),
                tailTangent,
                inverse(relationTangent),
                queryGradient,
                queryGradientTangent,
                tailSum,
                inverseSum);
        addToInverse(inverseSum, relationSum);
    }

    private static void addToInverse(float[] values, float[] relationSum) {
        int half = relationSum.length / 2;
        for (int i = 0; i < half; i++) {
            relationSum[half + i] += values[i];
        }
    }

    private static float[] inverse(float[] relation) {
        return Arrays.copyOfRange(relation, relation.length / 2, relation.length);
    }
}
