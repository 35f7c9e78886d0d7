package io.github.whylink.influence.faithfulness;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.Link;

/**
 * The best answer of a model to a query (head, relation, ?), known tails left out.
 *
 * @param link with the answer as its tail
 * @param probability softmax over all entities
 */
public record TopPrediction(Link link, double probability) {
    /**
     * Predicts the tail of each fact.
     *
     * @param queries their tails are not looked at
     * @param masked known facts, whose tails are no answers
     */
    public static TopPrediction[] of(EmbeddingModel model, Facts queries, KnownFacts masked) {
        LinkPredictor predictor = new LinkPredictor(model);
        TopPrediction[] predictions = new TopPrediction[queries.count()];
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = best(predictor, queries.head(i), queries.relation(i), masked);
        }
        return predictions;
    }

    static TopPrediction best(LinkPredictor predictor, int head, int relation, KnownFacts masked) {
        int[] known = masked.known(Side.TAIL, head, relation);
        LinkPredictor.Prediction[] best = predictor.best(Side.TAIL, head, relation, known, 1);
        if (best.length == 0) {
            throw new IllegalArgumentException(
                    "every entity is a known tail of (%d, %d, ?): there is nothing to predict"
                            .formatted(head, relation));
        }
        return new TopPrediction(new Link(head, relation, best[0].entity()), best[0].probability());
    }
}
