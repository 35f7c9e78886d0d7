package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How well {@link RelationChoice} tells which of some relations holds between two entities: the rating of a film, say.
 *
 * <pre>
 * accuracy        share of the facts whose relation is the most probable one
 * error           mean of |v(most probable relation) - v(r)|
 * expectedError   mean of |Σ_s P(s | h, t) · v(s) - v(r)|
 * </pre>
 *
 * <p>over the facts (h, r, t), where {@code v} is the value of a relation.
 *
 * @param ranks of the fact's relation among them, with realistic ties
 * @param accuracy 0 to 1, higher is better
 * @param error lower is better; NaN if a relation has no number for a value
 * @param expectedError lower is better; NaN likewise
 */
public record ChoiceEvaluation(RankingMetrics ranks, double accuracy, double error, double expectedError) {
    /**
     * Evaluates the facts of some relations. O(facts · relations · entities · d).
     *
     * @param facts those to tell; others than of these relations are passed over
     * @param evidence what is known of the entities; a fact between the two in question does not count
     * @param relations two or more, each once
     * @param counts how many facts each relation has, more or less
     * @param values a number for each relation; NaN if it has none
     * @param concurrency threads; the result does not depend on it
     * @param checkCancelled called often by the calling thread, cancels by throwing
     * @return null if there is no such fact
     */
    public static ChoiceEvaluation of(
            EmbeddingModel model,
            Facts facts,
            KnownFacts evidence,
            int[] relations,
            long[] counts,
            double[] values,
            int concurrency,
            Runnable checkCancelled) {
        int[] places = new int[facts.relationCount()];
        Arrays.fill(places, -1);
        for (int i = 0; i < relations.length; i++) {
            places[relations[i]] = i;
        }
        int[] asked = IntStream.range(0, facts.count())
                .filter(fact -> places[facts.relation(fact)] >= 0)
                .toArray();
        if (asked.length == 0) {
            return null;
        }
        double[][] told = new double[asked.length][];
        RelationChoice[] choices = new RelationChoice[concurrency];
        try (Team team = new Team(concurrency)) {
            team.run(asked.length, (worker, piece) -> {
                if (worker == 0) {
                    checkCancelled.run();
                }
                if (choices[worker] == null) {
                    choices[worker] = new RelationChoice(model, relations, counts);
                }
                told[piece] =
                        choices[worker].probabilities(facts.head(asked[piece]), facts.tail(asked[piece]), evidence);
            });
        }
        int[] truths =
                IntStream.of(asked).map(fact -> places[facts.relation(fact)]).toArray();
        return sumUp(told, truths, values);
    }

    private static ChoiceEvaluation sumUp(double[][] told, int[] truths, double[] values) {
        RankingMetrics.Sums ranks = new RankingMetrics.Sums();
        int right = 0;
        double error = 0;
        double expectedError = 0;
        for (int i = 0; i < told.length; i++) {
            double[] probabilities = told[i];
            int truth = truths[i];
            int best = RelationChoice.best(probabilities);
            right += best == truth ? 1 : 0;
            error += Math.abs(values[best] - values[truth]);
            double expected = 0;
            int above = 0;
            int equal = 0;
            for (int r = 0; r < probabilities.length; r++) {
                expected += probabilities[r] * values[r];
                if (r != truth && !(probabilities[r] < probabilities[truth])) {
                    above += probabilities[r] == probabilities[truth] ? 0 : 1;
                    equal += probabilities[r] == probabilities[truth] ? 1 : 0;
                }
            }
            expectedError += Math.abs(expected - values[truth]);
            ranks.add(Ties.REALISTIC.rank(above, equal), probabilities.length);
        }
        double n = told.length;
        return new ChoiceEvaluation(ranks.means(), right / n, error / n, expectedError / n);
    }
}
