package io.github.whylink.embedding.ranking;

import java.util.Arrays;

/**
 * Isotonic regression: the ascending curve with the least squared error to the labels.
 *
 * <p>Pool adjacent violators: neighbouring scores whose shares of true facts do not ascend become one block with their
 * common share, until all ascend. Within a block the probability is its share, between two blocks it is interpolated,
 * beyond the ends it is that of the end. O(n) after sorting, O(log n) a probability.
 *
 * <p>Sources: Ayer, Brunk, Ewing, Reid and Silverman, "An empirical distribution function for sampling with incomplete
 * information", Annals of Mathematical Statistics 26, 1955; Zadrozny and Elkan, "Transforming classifier scores into
 * accurate multiclass probability estimates", KDD 2002.
 */
public final class IsotonicCalibration implements Calibration {
    /** The scores at the two ends of each block, ascending; the same score twice for a block of one. */
    private final double[] scores;

    /** The probabilities at those scores, ascending. */
    private final double[] probabilities;

    /**
     * A curve through points, as {@link #scores()} and {@link #probabilities()} return them.
     *
     * @param scores ascending; equal ones have equal probabilities. Not modified.
     * @param probabilities ascending, in [0, 1]. Not modified.
     * @throws IllegalArgumentException if there is no point, the lengths differ, or something does not ascend
     */
    public IsotonicCalibration(double[] scores, double[] probabilities) {
        if (scores.length == 0 || scores.length != probabilities.length) {
            throw new IllegalArgumentException("a curve needs points, but has %d scores and %d probabilities"
                    .formatted(scores.length, probabilities.length));
        }
        if (!(probabilities[0] >= 0 && probabilities[probabilities.length - 1] <= 1)) {
            throw new IllegalArgumentException("the probabilities are outside [0, 1]");
        }
        for (int i = 1; i < scores.length; i++) {
            boolean sameScore = scores[i - 1] == scores[i] && probabilities[i - 1] == probabilities[i];
            boolean ascending = scores[i - 1] < scores[i] && probabilities[i - 1] <= probabilities[i];
            if (!sameScore && !ascending) {
                throw new IllegalArgumentException("point %d does not ascend".formatted(i));
            }
        }
        this.scores = scores.clone();
        this.probabilities = probabilities.clone();
    }

    static IsotonicCalibration fit(ScoreGroups groups) {
        int n = groups.size();
        int[] lasts = new int[n];
        long[] counts = new long[n];
        long[] positives = new long[n];
        int blocks = 0;
        for (int i = 0; i < n; i++) {
            lasts[blocks] = i;
            counts[blocks] = groups.count(i);
            positives[blocks] = groups.positives(i);
            // Shares are compared as products of whole numbers: exact.
            while (blocks > 0 && positives[blocks - 1] * counts[blocks] >= positives[blocks] * counts[blocks - 1]) {
                counts[blocks - 1] += counts[blocks];
                positives[blocks - 1] += positives[blocks];
                lasts[blocks - 1] = i;
                blocks--;
            }
            blocks++;
        }
        double[] scores = new double[2 * blocks];
        double[] probabilities = new double[2 * blocks];
        for (int b = 0; b < blocks; b++) {
            scores[2 * b] = groups.score(b == 0 ? 0 : lasts[b - 1] + 1);
            scores[2 * b + 1] = groups.score(lasts[b]);
            probabilities[2 * b] = (double) positives[b] / counts[b];
            probabilities[2 * b + 1] = probabilities[2 * b];
        }
        return new IsotonicCalibration(scores, probabilities);
    }

    @Override
    public double probability(double score) {
        if (Double.isNaN(score)) {
            return Double.NaN;
        }
        int place = Arrays.binarySearch(scores, score + 0.0);
        if (place >= 0) {
            return probabilities[place];
        }
        int next = -place - 1;
        if (next == 0 || next == scores.length) {
            return probabilities[Math.min(next, scores.length - 1)];
        }
        double share = (score - scores[next - 1]) / (scores[next] - scores[next - 1]);
        return probabilities[next - 1] + share * (probabilities[next] - probabilities[next - 1]);
    }

    /** The scores of the points of the curve, ascending: two for each block. A copy. */
    public double[] scores() {
        return scores.clone();
    }

    /** The probabilities of the points of the curve, ascending. A copy. */
    public double[] probabilities() {
        return probabilities.clone();
    }
}
