package io.github.whylink.embedding.ranking;

/** The softmax over the scores of all candidates, in double precision. */
public final class Softmax {
    private Softmax() {}

    /** Returns {@code log Σ_j exp(s_j)}, computed without overflow. Nothing is modified. */
    public static double logPartition(float[] scores) {
        float max = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp((double) score - max);
        }
        return max + Math.log(sum);
    }

    /** Returns {@code exp(s_i) / Σ_j exp(s_j)}. Nothing is modified. */
    public static double probability(float[] scores, int i) {
        return Math.exp(scores[i] - logPartition(scores));
    }
}
