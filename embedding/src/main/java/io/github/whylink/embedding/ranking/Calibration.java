package io.github.whylink.embedding.ranking;

/**
 * Maps a score to the probability that the fact is true, ascending with the score where it was fitted to a model that is
 * better than chance. Immutable.
 *
 * <p>Scores order facts but are no probabilities: how much more likely a fact is at a score of 3 than at 2 depends on
 * the loss, the negatives and the length of training. A calibration is fitted on labelled validation facts, others than
 * the model was trained on, and holds for the share of true facts among them. Where no false facts are known,
 * {@link CorruptedFacts} draws one for each true one. Source for knowledge graph embeddings: Tabacof and Costabello,
 * "Probability calibration for knowledge graph embedding models", ICLR 2020, arXiv 1912.10000.
 */
public interface Calibration {
    /**
     * The probability that a fact with this score is true.
     *
     * @param score higher is more plausible
     * @return in [0, 1]; NaN for NaN
     */
    double probability(double score);

    /**
     * Fits a logistic curve: two numbers, steady with few facts.
     *
     * @param scores Not modified.
     * @param labels whether each fact is true. Not modified.
     * @throws IllegalArgumentException if the lengths differ, a score is not finite, or a label is missing
     */
    static PlattCalibration platt(double[] scores, boolean[] labels) {
        return PlattCalibration.fit(groups(scores, labels));
    }

    /**
     * Fits the ascending curve of the least squared error: any shape, better with a thousand facts and more.
     *
     * @param scores Not modified.
     * @param labels whether each fact is true. Not modified.
     * @throws IllegalArgumentException if the lengths differ, a score is not finite, or a label is missing
     */
    static IsotonicCalibration isotonic(double[] scores, boolean[] labels) {
        return IsotonicCalibration.fit(groups(scores, labels));
    }

    /**
     * How far probabilities are from the shares that they promise: {@code Σ_b (n_b / n) · |share of true facts in b -
     * mean probability in b|} over bins {@code [b / bins, (b + 1) / bins)} of equal width, the last one closed. Source:
     * Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017, arXiv 1706.04599, eq. 3,
     * with 15 bins in its experiments.
     *
     * @param probabilities Not modified.
     * @param labels whether each fact is true. Not modified.
     * @param bins at least 1
     * @return in [0, 1], lower is better; NaN without facts
     * @throws IllegalArgumentException if the lengths differ, there is no bin, or a probability is outside [0, 1]
     */
    static double expectedCalibrationError(double[] probabilities, boolean[] labels, int bins) {
        if (probabilities.length != labels.length) {
            throw new IllegalArgumentException(
                    "there are %d probabilities but %d labels".formatted(probabilities.length, labels.length));
        }
        if (bins < 1) {
            throw new IllegalArgumentException("there must be at least 1 bin, not " + bins);
        }
        double[] excess = new double[bins];
        for (int i = 0; i < probabilities.length; i++) {
            double p = probabilities[i];
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("probability %d is %s, outside [0, 1]".formatted(i, p));
            }
            excess[Math.min((int) (p * bins), bins - 1)] += (labels[i] ? 1 : 0) - p;
        }
        double sum = 0;
        for (double e : excess) {
            sum += Math.abs(e);
        }
        return sum / probabilities.length;
    }

    /** Groups the scores, or refuses what no calibration can be fitted to. */
    private static ScoreGroups groups(double[] scores, boolean[] labels) {
        ScoreGroups groups = ScoreGroups.of(scores, labels);
        int positives = groups.totalPositives();
        if (positives == 0 || positives == scores.length) {
            throw new IllegalArgumentException("a calibration needs true and false facts, but of %d facts %d are true"
                    .formatted(scores.length, positives));
        }
        for (int i = 0; i < groups.size(); i++) {
            if (Double.isInfinite(groups.score(i))) {
                throw new IllegalArgumentException("a calibration needs finite scores, but one is " + groups.score(i));
            }
        }
        return groups;
    }
}
