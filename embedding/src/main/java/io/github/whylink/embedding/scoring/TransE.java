package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.kernel.Rows;

/**
 * TransE: {@code score = -‖h + r - t‖}, with the Euclidean norm ("TransE") or the sum of absolute values ("TransE-L1").
 *
 * <p>Shapes: entity and relation rows have {@code dimension} floats. O(d) a score. Source: Bordes, Usunier, Garcia-Duran,
 * Weston and Yakhnenko, "Translating embeddings for modeling multi-relational data", NIPS 2013, section 2.
 */
record TransE(String name, Similarity similarity) implements ScoringFunction {
    @Override
    public int entityWidth(int dimension) {
        return dimension;
    }

    @Override
    public int relationWidth(int dimension) {
        return dimension;
    }

    @Override
    public boolean sumOverDimensions() {
        return similarity == Similarity.NEGATIVE_L1;
    }

    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        for (int i = 0; i < query.length; i++) {
            query[i] = head[i] + relation[i];
        }
    }

    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        for (int i = 0; i < query.length; i++) {
            query[i] = tail[i] - relation[i];
        }
    }

    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        Rows.add(queryGradient, headGradient);
        Rows.add(queryGradient, relationGradient);
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        Rows.axpy(-1f, queryGradient, relationGradient);
        Rows.add(queryGradient, tailGradient);
    }

    @Override
    public void tailQueryTangent(
            float[] head,
            float[] relation,
            float[] headTangent,
            float[] relationTangent,
            float[] tangent,
            float[] scratch) {
        tailQuery(headTangent, relationTangent, tangent);
    }

    @Override
    public void headQueryTangent(
            float[] relation,
            float[] tail,
            float[] relationTangent,
            float[] tailTangent,
            float[] tangent,
            float[] scratch) {
        headQuery(relationTangent, tailTangent, tangent);
    }

    /** The gradient passes through whatever the rows are. */
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
        tailQueryGradient(head, relation, queryGradientTangent, headSum, relationSum);
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
        headQueryGradient(relation, tail, queryGradientTangent, relationSum, tailSum);
    }
}
