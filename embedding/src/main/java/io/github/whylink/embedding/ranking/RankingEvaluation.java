package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.Parallel;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;

/**
 * Filtered ranking evaluation with realistic ties.
 *
 * <p>For a fact (h, r, t) and a side, every entity is scored in place of the one on that side. Entities that are known
 * answers of the same query, other than the true one, are left out (filtered). With {@code g} candidates above the true
 * one and {@code e} others exactly equal, {@code rank = 1 + g + e/2}, the mean of the optimistic and the pessimistic
 * rank. A score that is not a number counts as above every other, so that a broken model never looks good. O(entities ·
 * d) per fact and side.
 *
 * @param tail metrics of (h, r, ?)
 * @param head metrics of (?, r, t)
 * @param both metrics of the two together
 */
public record RankingEvaluation(RankingMetrics tail, RankingMetrics head, RankingMetrics both) {
    /**
     * Ranks the facts.
     *
     * @param known all facts to filter by: training, validation and test
     * @param concurrency threads; the result does not depend on it
     * @param checkCancelled called before each fact, cancels by throwing
     */
    public static RankingEvaluation of(
            EmbeddingModel model, Facts facts, KnownFacts known, int concurrency, Runnable checkCancelled) {
        int n = facts.count();
        double[] ranks = new double[2 * n];
        Parallel.run(concurrency, n, checkCancelled, () -> {
            Ranker ranker = new Ranker(model, known);
            return i -> {
                ranks[i] = ranker.rank(Side.TAIL, facts.head(i), facts.relation(i), facts.tail(i));
                ranks[n + i] = ranker.rank(Side.HEAD, facts.tail(i), facts.relation(i), facts.head(i));
            };
        });
        return new RankingEvaluation(
                RankingMetrics.of(Arrays.copyOf(ranks, n)),
                RankingMetrics.of(Arrays.copyOfRange(ranks, n, 2 * n)),
                RankingMetrics.of(ranks));
    }

    /** Ranks one true answer after another with the same scratch space. */
    private static final class Ranker {
        private final EmbeddingModel model;
        private final KnownFacts known;
        private final float[] query;
        private final float[] scores;

        Ranker(EmbeddingModel model, KnownFacts known) {
            this.model = model;
            this.known = known;
            query = new float[model.parameters().entities()[0].length];
            scores = new float[model.entityCount()];
        }

        double rank(Side side, int entity, int relation, int answer) {
            model.scores(side, entity, relation, query, scores);
            float truth = scores[answer];
            int above = 0;
            int equal = 0;
            for (float score : scores) {
                if (score == truth) {
                    equal++;
                } else if (!(score < truth)) {
                    above++;
                }
            }
            for (int other : known.known(side, entity, relation)) {
                if (other != answer) {
                    if (scores[other] == truth) {
                        equal--;
                    } else if (!(scores[other] < truth)) {
                        above--;
                    }
                }
            }
            // The true answer is among the equal ones, unless its score is not a number.
            return Float.isNaN(truth) ? above : 1 + above + (equal - 1) / 2.0;
        }
    }
}
