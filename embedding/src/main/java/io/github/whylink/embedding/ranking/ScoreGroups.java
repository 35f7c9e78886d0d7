package io.github.whylink.embedding.ranking;

import java.util.Arrays;

/**
 * Labelled scores by distinct score, ascending: what everything that compares scores with labels needs, as equal scores
 * cannot be told apart.
 */
final class ScoreGroups {
    private final double[] scores;
    private final int[] counts;
    private final int[] positives;

    private ScoreGroups(double[] scores, int[] counts, int[] positives) {
        this.scores = scores;
        this.counts = counts;
        this.positives = positives;
    }

    /**
     * Groups scores. O(n log n). Nothing is modified.
     *
     * @throws IllegalArgumentException if the lengths differ or a score is not a number
     */
    static ScoreGroups of(double[] scores, boolean[] labels) {
        if (scores.length != labels.length) {
            throw new IllegalArgumentException(
                    "there are %d scores but %d labels".formatted(scores.length, labels.length));
        }
        double[] distinct = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("score %d is not a number".formatted(i));
            }
            distinct[i] = unsignedZero(scores[i]);
        }
        Arrays.sort(distinct);
        int n = 0;
        for (int i = 0; i < distinct.length; i++) {
            if (i == 0 || distinct[i] != distinct[n - 1]) {
                distinct[n++] = distinct[i];
            }
        }
        distinct = Arrays.copyOf(distinct, n);
        int[] counts = new int[n];
        int[] positives = new int[n];
        for (int i = 0; i < scores.length; i++) {
            int group = Arrays.binarySearch(distinct, unsignedZero(scores[i]));
            counts[group]++;
            positives[group] += labels[i] ? 1 : 0;
        }
        return new ScoreGroups(distinct, counts, positives);
    }

    /** Number of distinct scores. */
    int size() {
        return scores.length;
    }

    /** A distinct score; they ascend. */
    double score(int group) {
        return scores[group];
    }

    /** How many labelled scores are equal to it. */
    int count(int group) {
        return counts[group];
    }

    /** How many of those have the label true. */
    int positives(int group) {
        return positives[group];
    }

    /** Number of labelled scores. */
    int total() {
        return sum(counts);
    }

    /** Number of labelled scores with the label true. */
    int totalPositives() {
        return sum(positives);
    }

    /**
     * The area under the curve of precision over recall, as a sum without interpolation: {@code Σ_k (R_k - R_{k-1}) ·
     * P_k} over the distinct scores from the highest to the lowest, with recall and precision of accepting all that
     * score at least so much. O(n). NaN without positives.
     */
    double averagePrecision() {
        double sum = 0;
        int accepted = 0;
        int hits = 0;
        for (int group = size() - 1; group >= 0; group--) {
            accepted += counts[group];
            hits += positives[group];
            sum += (double) positives[group] * hits / accepted;
        }
        return sum / hits;
    }

    /** Sorting and searching tell -0 from 0, comparing does not. */
    private static double unsignedZero(double score) {
        return score + 0.0;
    }

    private static int sum(int[] values) {
        int sum = 0;
        for (int value : values) {
            sum += value;
        }
        return sum;
    }
}
