package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;

/**
 * Answers (h, r, ?) and (?, r, t): the best entities with score and probability.
 *
 * <p>{@code probability = exp(s_e) / Σ_j exp(s_j)}, the softmax over all entities of the model, whether or not they are
 * excluded from the answers. O(entities · d) a query. Holds scratch space: one instance per thread.
 *
 * <p>A head has the score of its link, the same as when the tail is asked for. Only a scoring function with reciprocal
 * relations has learned another score for heads, and answers with that one.
 */
public final class LinkPredictor {
    private final EmbeddingModel model;
    private final float[] query;
    private final float[] scores;

    public LinkPredictor(EmbeddingModel model) {
        this.model = model;
        query = new float[model.parameters().entities()[0].length];
        scores = new float[model.entityCount()];
    }

    /**
     * One answer.
     *
     * @param entity the predicted entity
     * @param score higher is more plausible
     * @param probability softmax over all entities
     */
    public record Prediction(int entity, float score, double probability) {}

    /**
     * Finds the best answers, best first; equal scores in the order of the entities.
     *
     * @param excluded entities that are no answer, ascending
     * @param count how many are wanted; fewer come back if there are fewer
     */
    public Prediction[] best(Side side, int entity, int relation, int[] excluded, int count) {
        if (side == Side.TAIL || model.function().reciprocal()) {
            model.scores(side, entity, relation, query, scores);
        } else {
            // Not with the head query, which only rounds differently: a link has one score, whichever end was asked
            // for.
            for (int head = 0; head < scores.length; head++) {
                scores[head] = model.score(head, relation, entity, query);
            }
        }
        double logPartition = Softmax.logPartition(scores);
        int[] best = new int[Math.min(count, scores.length)];
        int found = 0;
        int next = 0;
        for (int candidate = 0; candidate < scores.length; candidate++) {
            if (next < excluded.length && excluded[next] == candidate) {
                next++;
            } else if (found < best.length || scores[candidate] > scores[best[found - 1]]) {
                found = Math.min(found + 1, best.length);
                int place = found - 1;
                while (place > 0 && scores[candidate] > scores[best[place - 1]]) {
                    best[place] = best[place - 1];
                    place--;
                }
                best[place] = candidate;
            }
        }
        return Arrays.stream(best, 0, found)
                .mapToObj(e -> new Prediction(e, scores[e], Math.exp(scores[e] - logPartition)))
                .toArray(Prediction[]::new);
    }
}
