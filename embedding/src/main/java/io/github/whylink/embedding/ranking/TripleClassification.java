package io.github.whylink.embedding.ranking;

/**
 * Tells true facts from false ones: a fact is accepted if its score is at least the threshold of its relation.
 *
 * <p>The threshold of a relation is the one with the highest accuracy on labelled validation facts. Where several do as
 * well, as is common with few facts, it is the one nearest to the global threshold, which has the highest accuracy over
 * all relations together; a relation without validation facts takes the global one. Between two scores the threshold
 * stands in the middle.
 *
 * <p>Sources: Socher, Chen, Manning and Ng, "Reasoning with neural tensor networks for knowledge base completion", NIPS
 * 2013; with negatives that are hard or checked by people: Safavi and Koutra, "CoDEx: a comprehensive
 * knowledge graph completion benchmark", EMNLP 2020, arXiv 2009.07810.
 */
public final class TripleClassification {
    private final double global;
    private final double[] thresholds;

    private TripleClassification(double global, double[] thresholds) {
        this.global = global;
        this.thresholds = thresholds;
    }

    /**
     * How well some labelled facts were told apart.
     *
     * @param facts how many there were
     * @param accuracy share of the facts that were judged right
     * @param precision share of the accepted facts that are true; 0 if none was accepted
     * @param recall share of the true facts that were accepted; NaN if none is true
     * @param f1 harmonic mean of precision and recall; 0 if no true fact was accepted, NaN if none is true
     * @param averagePrecision area under the curve of precision over recall, all relations in one order, whatever the
     *     thresholds are; NaN if none is true
     */
    public record Quality(
            int facts, double accuracy, double precision, double recall, double f1, double averagePrecision) {}

    /**
     * Fits the thresholds to labelled validation facts. O(n log n).
     *
     * @param relationCount how many relations there are, with validation facts or without
     * @param validation Not modified.
     * @throws IllegalArgumentException if there is no fact
     */
    public static TripleClassification fit(int relationCount, LabelledScores validation) {
        int[] relations = validation.relations();
        if (relations.length == 0) {
            throw new IllegalArgumentException("thresholds need at least one labelled fact");
        }
        double global =
                bestThreshold(ScoreGroups.of(validation.scores(), validation.labels()), Double.NEGATIVE_INFINITY);
        int[] counts = new int[relationCount];
        for (int relation : relations) {
            counts[relation]++;
        }
        double[][] scores = new double[relationCount][];
        boolean[][] labels = new boolean[relationCount][];
        for (int relation = 0; relation < relationCount; relation++) {
            scores[relation] = new double[counts[relation]];
            labels[relation] = new boolean[counts[relation]];
        }
        for (int i = 0; i < relations.length; i++) {
            int place = --counts[relations[i]];
            scores[relations[i]][place] = validation.scores()[i];
            labels[relations[i]][place] = validation.labels()[i];
        }
        double[] thresholds = new double[relationCount];
        for (int relation = 0; relation < relationCount; relation++) {
            thresholds[relation] = scores[relation].length == 0
                    ? global
                    : bestThreshold(ScoreGroups.of(scores[relation], labels[relation]), global);
        }
        return new TripleClassification(global, thresholds);
    }

    /** The threshold of a relation without validation facts. */
    public double globalThreshold() {
        return global;
    }

    /** The least score that is accepted. */
    public double threshold(int relation) {
        return thresholds[relation];
    }

    /** Whether a fact of the relation with this score is accepted; one that is not a number never is. */
    public boolean accepts(int relation, double score) {
        return score >= thresholds[relation];
    }

    /**
     * Judges labelled test facts, others than the thresholds were fitted to. O(n log n).
     *
     * @param test Not modified.
     */
    public Quality judge(LabelledScores test) {
        double[] scores = test.scores();
        boolean[] labels = test.labels();
        int accepted = 0;
        int hits = 0;
        int positives = 0;
        for (int i = 0; i < scores.length; i++) {
            boolean accept = accepts(test.relations()[i], scores[i]);
            accepted += accept ? 1 : 0;
            hits += accept && labels[i] ? 1 : 0;
            positives += labels[i] ? 1 : 0;
        }
        int n = scores.length;
        // Right are the hits and the false facts that were not accepted.
        int right = hits + (n - positives) - (accepted - hits);
        return new Quality(
                n,
                (double) right / n,
                accepted == 0 ? 0 : (double) hits / accepted,
                (double) hits / positives,
                positives == 0 ? Double.NaN : 2.0 * hits / (accepted + positives),
                ScoreGroups.of(scores, labels).averagePrecision());
    }

    /**
     * The threshold with the most right answers; of several the nearest to {@code preferred}, of two as near the lower.
     *
     * <p>A threshold in {@code (a, b]}, between two neighbouring scores, accepts the same facts whatever it is. As such
     * a gap is passed upwards, the true facts at its lower end turn from right to wrong and the false ones from wrong to
     * right.
     */
    private static double bestThreshold(ScoreGroups groups, double preferred) {
        int right = groups.totalPositives();
        int mostRight = -1;
        double best = Double.NaN;
        for (int gap = 0; gap <= groups.size(); gap++) {
            if (gap > 0) {
                right += groups.count(gap - 1) - 2 * groups.positives(gap - 1);
            }
            double threshold = inGap(groups, gap, preferred);
            if (right > mostRight || (right == mostRight && nearer(threshold, best, preferred))) {
                mostRight = right;
                best = threshold;
            }
        }
        return best;
    }

    private static boolean nearer(double threshold, double best, double preferred) {
        return Math.abs(threshold - preferred) < Math.abs(best - preferred);
    }

    /** A threshold above score {@code gap - 1} and not above score {@code gap}. */
    private static double inGap(ScoreGroups groups, int gap, double preferred) {
        boolean lowest = gap == 0;
        boolean highest = gap == groups.size();
        double below = lowest ? Double.NEGATIVE_INFINITY : groups.score(gap - 1);
        double above = highest ? Double.POSITIVE_INFINITY : groups.score(gap);
        if (Double.isFinite(preferred) && preferred > below && preferred <= above) {
            return preferred;
        }
        if (lowest) {
            return above;
        }
        if (highest) {
            return Math.nextUp(below);
        }
        double middle = below + (above - below) / 2;
        // With an infinite end, or between neighbouring numbers, there is no middle.
        return middle > below && middle <= above ? middle : above;
    }
}
