package io.github.whylink.embedding.scoring;

/**
 * ComplEx: {@code score = Re(Σ_i h_i · r_i · conj(t_i))} over complex numbers; asymmetric where r has an imaginary part.
 *
 * <p>Shapes: a row of {@code 2·dimension} floats holds the real parts first, then the imaginary parts. O(d) a score.
 * Source: Trouillon, Welbl, Riedel, Gaussier and Bouchard, "Complex embeddings for simple link prediction", ICML 2016,
 * arXiv 1606.06357, eq. 9 to 11.
 */
record ComplEx() implements ScoringFunction {
    @Override
    public String name() {
        return "ComplEx";
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

    @Override
    public boolean complexRows() {
        return true;
    }

    /** {@code q = h·r}: the real part of {@code q·conj(t)} is the dot product of the halves. */
    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            query[i] = head[i] * relation[i] - head[j] * relation[j];
            query[j] = head[i] * relation[j] + head[j] * relation[i];
        }
    }

    /** {@code q = conj(r)·t}. */
    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        int d = query.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            query[i] = relation[i] * tail[i] + relation[j] * tail[j];
            query[j] = relation[i] * tail[j] - relation[j] * tail[i];
        }
    }

    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float re = queryGradient[i];
            float im = queryGradient[j];
            headGradient[i] += re * relation[i] + im * relation[j];
            headGradient[j] += im * relation[i] - re * relation[j];
            relationGradient[i] += re * head[i] + im * head[j];
            relationGradient[j] += im * head[i] - re * head[j];
        }
    }

    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        int d = queryGradient.length / 2;
        for (int i = 0; i < d; i++) {
            int j = d + i;
            float re = queryGradient[i];
            float im = queryGradient[j];
            relationGradient[i] += re * tail[i] + im * tail[j];
            relationGradient[j] += re * tail[j] - im * tail[i];
            tailGradient[i] += re * relation[i] - im * relation[j];
            tailGradient[j] += re * relation[j] + im * relation[i];
        }
    }
}
