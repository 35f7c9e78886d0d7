package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;

/**
 * Facts that are known to be true or false, as a model scores them.
 */
public final class LabelledScores {
    private final int[] relations;
    private final double[] scores;
    private final boolean[] labels;

    /**
     * Wraps columns without copying them; they must not be modified afterwards.
     *
     * @param relations the relation of each fact
     * @param scores the score of each fact, higher is more plausible
     * @param labels whether each fact is true
     * @throws IllegalArgumentException if the lengths differ or a score is not a number
     */
    public LabelledScores(int[] relations, double[] scores, boolean[] labels) {
        if (relations.length != scores.length || labels.length != scores.length) {
            throw new IllegalArgumentException("columns differ in length: %d relations, %d scores, %d labels"
                    .formatted(relations.length, scores.length, labels.length));
        }
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("the score of fact %d is not a number".formatted(i));
            }
        }
        this.relations = relations;
        this.scores = scores;
        this.labels = labels;
    }

    /**
     * Scores facts: the positives first, then the negatives. O(d) a fact.
     *
     * @throws IllegalArgumentException if a score is not a number
     */
    public static LabelledScores of(EmbeddingModel model, Facts positives, Facts negatives) {
        int n = positives.count() + negatives.count();
        int[] relations = new int[n];
        double[] scores = new double[n];
        boolean[] labels = new boolean[n];
        float[] query = new float[model.parameters().entities()[0].length];
        Arrays.fill(labels, 0, positives.count(), true);
        for (int i = 0; i < n; i++) {
            Facts facts = labels[i] ? positives : negatives;
            int fact = labels[i] ? i : i - positives.count();
            relations[i] = facts.relation(fact);
            scores[i] = model.score(facts.head(fact), facts.relation(fact), facts.tail(fact), query);
        }
        return new LabelledScores(relations, scores, labels);
    }

    /** Number of facts. */
    public int count() {
        return scores.length;
    }

    /** The relation of each fact; must not be modified. */
    public int[] relations() {
        return relations;
    }

    /** The score of each fact, higher is more plausible; must not be modified. */
    public double[] scores() {
        return scores;
    }

    /** Whether each fact is true; must not be modified. */
    public boolean[] labels() {
        return labels;
    }
}
