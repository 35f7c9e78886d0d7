package io.github.whylink.embedding.scoring;

/**
 * SimplE: {@code score = ½·(Σ_i h^H_i · r_i · t^T_i + Σ_i t^H_i · r'_i · h^T_i)}, the mean of two CP scores: that of the
 * fact, and that of its inverse with {@code r'}.
 *
 * <p>Shapes: an entity row is {@code [as head | as tail]}, a relation row {@code [r | r']}, of {@code 2·dimension} floats.
 * O(d) a score. Source: Kazemi and Poole, "SimplE embedding for link prediction in knowledge graphs", NeurIPS 2018, arXiv
 * 1802.04868, section 4.
 */
record SimplE() implements ScoringFunction {
    @Override
    public String name() {
        return "SimplE";
    }

    @Override
    public int entityWidth(int dimension) {
        return 2 * dimension;
    }

    @Override
    public int relationWidth(int dimension) {
        return 2 * dimension;
    }

    @Override
    public Similarity similarity() {
        return Similarity.DOT;
    }

    @Override
    public boolean sumOverDimensions() {
        return true;
    }

    /** {@code q = ½·[r'∘h^T | r∘h^H]}. */
    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            query[i] = 0.5f * relation[j] * head[j];
            query[j] = 0.5f * relation[i] * head[i];
        }
    }

    /** {@code q = ½·[r∘t^T | r'∘t^H]}. */
    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            query[i] = 0.5f * relation[i] * tail[j];
            query[j] = 0.5f * relation[j] * tail[i];
        }
    }

    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float forth = 0.5f * queryGradient[j];
            float back = 0.5f * queryGradient[i];
            headGradient[i] += forth * relation[i];
            headGradient[j] += back * relation[j];
            relationGradient[i] += forth * head[i];
            relationGradient[j] += back * head[j];
        }
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float forth = 0.5f * queryGradient[i];
            float back = 0.5f * queryGradient[j];
            relationGradient[i] += forth * tail[j];
            relationGradient[j] += back * tail[i];
            tailGradient[i] += back * relation[j];
            tailGradient[j] += forth * relation[i];
        }
    }
}
