package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.ranking.Ties;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.Link;
import java.util.Arrays;

/**
 * What a model says of a link among the answers to its query, (head, relation, ?).
 *
 * @param score higher is more plausible
 * @param probability softmax over all entities as the tail
 * @param rank from 1, as {@code whylink.predict.targets} counts: equal scores in the order of the entities
 * @param realisticRank from 1, half a rank for each equal score
 * @param top the best answer; the tail itself where it has rank 1
 */
record Answer(float score, double probability, int rank, double realisticRank, int top) {
    /**
     * Scores the query. O(entities · d).
     *
     * @param excluded entities that are no answer, ascending
     */
    static Answer of(EmbeddingModel model, Link link, int[] excluded) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        double probability = probability(model, link, query, scores);
        int tail = link.tail();
        int rank = 1;
        int top = tail;
        for (int e = 0; e < scores.length; e++) {
            if (e == tail || Arrays.binarySearch(excluded, e) >= 0) {
                continue;
            }
            if (scores[e] > scores[tail] || (scores[e] == scores[tail] && e < tail)) {
                rank++;
            }
            if (scores[e] > scores[top] || (scores[e] == scores[top] && e < top)) {
                top = e;
            }
        }
        double realistic = Ties.REALISTIC.rank(scores, tail, e -> Arrays.binarySearch(excluded, e) >= 0);
        return new Answer(scores[tail], probability, rank, realistic, top);
    }

    /**
     * The probability alone, without anything that is allocated. O(entities · d).
     *
     * @param query room for a query. Modified.
     * @param scores room for the scores of all entities. Modified.
     */
    static double probability(EmbeddingModel model, Link link, float[] query, float[] scores) {
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        return Softmax.probability(scores, link.tail());
    }
}
