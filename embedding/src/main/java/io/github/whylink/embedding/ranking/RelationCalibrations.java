package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The probability that a fact is true, for each relation on its own scale.
 *
 * <pre>
 * facts that the model was not trained on, and for each a false one whose other end fits the relation
 *     all together                         one logistic curve
 *     of a relation with enough of them    a curve of its own
 * </pre>
 *
 * <p>A score of 3 may be much for one relation and little for another: training compares answers to one query, never facts
 * of two relations. Where a relation has too few facts, or a curve that would fall with the score, the common one stands
 * in. The probabilities hold where one of two facts is true, and for facts that were not trained on; those that were have
 * higher scores for that alone.
 *
 * @param curves of the relations
 */
public record RelationCalibrations(List<PlattCalibration> curves) {
    /** True facts, and false ones, that a curve needs: with fewer it would say more about them than about others. */
    public static final int LEAST = 20;

    /** The same for the curve of a relation, which has the common one's word that scores mean something. */
    public static final int LEAST_OF_RELATION = 5;

    /** Copies the list. */
    public RelationCalibrations {
        curves = List.copyOf(curves);
    }

    /**
     * Fits the curves. O(n · (d + log n) + relations).
     *
     * @param facts true facts that the model was not trained on
     * @param known all facts known to be true
     * @param roles which entities fit which side of a relation
     * @return empty with too few facts, and of a model whose scores have left the range of floats
     */
    public static Optional<RelationCalibrations> fit(
            EmbeddingModel model, Facts facts, KnownFacts known, RelationRoles roles, long seed) {
        Facts corrupted = CorruptedFacts.typed(facts, known, roles, seed);
        return finite(model, facts) && finite(model, corrupted)
                ? fit(facts.relationCount(), LabelledScores.of(model, facts, corrupted))
                : Optional.empty();
    }

    private static boolean finite(EmbeddingModel model, Facts facts) {
        float[] query = new float[model.parameters().entities()[0].length];
        boolean finite = true;
        for (int i = 0; finite && i < facts.count(); i++) {
            finite = Float.isFinite(model.score(facts.head(i), facts.relation(i), facts.tail(i), query));
        }
        return finite;
    }

    /**
     * Fits the curves.
     *
     * @param relationCount how many relations there are, with facts or without
     * @param scores true and false facts. Not modified.
     * @return empty with fewer than {@link #LEAST} true or false ones
     * @throws IllegalArgumentException if a score is not finite
     */
    public static Optional<RelationCalibrations> fit(int relationCount, LabelledScores scores) {
        int[] starts = new int[relationCount + 1];
        for (int relation : scores.relations()) {
            starts[relation + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        double[] values = new double[scores.count()];
        boolean[] labels = new boolean[scores.count()];
        int[] next = starts.clone();
        for (int i = 0; i < values.length; i++) {
            int place = next[scores.relations()[i]]++;
            values[place] = scores.scores()[i];
            labels[place] = scores.labels()[i];
        }
        if (fewer(labels) < LEAST) {
            return Optional.empty();
        }
        PlattCalibration common = Calibration.platt(values, labels);
        PlattCalibration[] curves = new PlattCalibration[relationCount];
        Arrays.fill(curves, common);
        for (int relation = 0; relation < relationCount; relation++) {
            boolean[] ofRelation = Arrays.copyOfRange(labels, starts[relation], starts[relation + 1]);
            if (fewer(ofRelation) >= LEAST_OF_RELATION) {
                PlattCalibration own = Calibration.platt(
                        Arrays.copyOfRange(values, starts[relation], starts[relation + 1]), ofRelation);
                curves[relation] = own.slope() > 0 ? own : common;
            }
        }
        return Optional.of(new RelationCalibrations(List.of(curves)));
    }

    /** How many are true or how many are false, whichever are fewer. */
    private static int fewer(boolean[] labels) {
        int positives = 0;
        for (boolean label : labels) {
            positives += label ? 1 : 0;
        }
        return Math.min(positives, labels.length - positives);
    }

    /** The probability that a fact of the relation with this score is true, in [0, 1]. */
    public double probability(int relation, double score) {
        return curves.get(relation).probability(score);
    }

    /** The probabilities of facts; their labels have no say. */
    public double[] probabilities(LabelledScores scores) {
        double[] probabilities = new double[scores.count()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = probability(scores.relations()[i], scores.scores()[i]);
        }
        return probabilities;
    }
}
