package io.github.whylink.embedding.scoring;

import java.util.Arrays;

/**
 * CP, the canonical decomposition: {@code score = Σ_i h^H_i · r_i · t^T_i}, where an entity has one vector for being a
 * head and one for being a tail.
 *
 * <p>Shapes: an entity row is {@code [as head | as tail]}, {@code 2·dimension} floats; a relation row has
 * {@code dimension} floats. Queries are zero in the half that is not asked for. O(d) a score. A fact says nothing about
 * its head as a tail, so CP predicts poorly by itself and well with reciprocal relations. Source: Hitchcock, "The
 * expression of a tensor or a polyadic as a sum of products", Journal of Mathematics and Physics 6, 1927; Lacroix, Usunier
 * and Obozinski, "Canonical tensor decomposition for knowledge base completion", ICML 2018, arXiv 1806.07297, eq. 2.
 */
record CP() implements ScoringFunction {
    @Override
    public String name() {
        return "CP";
    }

    @Override
    public int entityWidth(int dimension) {
        return 2 * dimension;
    }

    @Override
    public int relationWidth(int dimension) {
        return dimension;
    }

    @Override
    public Similarity similarity() {
        return Similarity.DOT;
    }

    @Override
    public boolean sumOverDimensions() {
        return true;
    }

    /** {@code q = [0 | r∘h^H]}. */
    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        int d = query.length / 2;
        Arrays.fill(query, 0, d, 0f);
        for (int i = 0; i < d; i++) {
            query[d + i] = head[i] * relation[i];
        }
    }

    /** {@code q = [r∘t^T | 0]}. */
    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            query[i] = relation[i] * tail[d + i];
        }
        Arrays.fill(query, d, 2 * d, 0f);
    }

    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            float g = queryGradient[d + i];
            headGradient[i] += g * relation[i];
            relationGradient[i] += g * head[i];
        }
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            float g = queryGradient[i];
            relationGradient[i] += g * tail[d + i];
            tailGradient[d + i] += g * relation[i];
        }
    }
}
