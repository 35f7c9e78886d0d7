package io.github.whylink.embedding.scoring;

/**
 * DistMult: {@code score = Σ_i h_i · r_i · t_i}. Symmetric in head and tail.
 *
 * <p>Shapes: entity and relation rows have {@code dimension} floats. O(d) a score. Source: Yang, Yih, He, Gao and Deng,
 * "Embedding entities and relations for learning and inference in knowledge bases", ICLR 2015, arXiv 1412.6575, eq. 2
 * with a diagonal matrix.
 */
record DistMult() implements ScoringFunction {
    @Override
    public String name() {
        return "DistMult";
    }

    @Override
    public int entityWidth(int dimension) {
        return dimension;
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

    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        for (int i = 0; i < query.length; i++) {
            query[i] = head[i] * relation[i];
        }
    }

    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        tailQuery(tail, relation, query);
    }

    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        for (int i = 0; i < queryGradient.length; i++) {
            float g = queryGradient[i];
            headGradient[i] += g * relation[i];
            relationGradient[i] += g * head[i];
        }
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        tailQueryGradient(tail, relation, queryGradient, tailGradient, relationGradient);
    }
}
