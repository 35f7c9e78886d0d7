package io.github.whylink.influence.unrolled;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.ProbabilityGradient;

/** A number that a trained model answers with, and that facts have an influence on. */
@FunctionalInterface
public interface Target {
    /**
     * Adds the gradient of the number by all parameters.
     *
     * @param model Not modified.
     * @param gradient in the shape of the model's parameters. Modified.
     */
    void addGradient(EmbeddingModel model, Parameters gradient);

    /** The probability of a link's tail among all entities. */
    static Target probability(Link link) {
        return (model, gradient) -> new ProbabilityGradient(model).add(link, gradient);
    }

    /**
     * By how much a link's tail is preferred to another answer: {@code score(head, relation, tail) - score(head, relation,
     * other)}. Facts that together have more influence on it than it is large make the other answer overtake, to first
     * order.
     */
    static Target preference(Link link, int other) {
        return (model, gradient) -> {
            Similarity similarity = model.function().similarity();
            float[][] entities = model.parameters().entities();
            float[] relation = model.parameters().relations()[link.relation()];
            float[] query = new float[entities[0].length];
            float[] queryGradient = new float[query.length];
            model.query(Side.TAIL, link.head(), link.relation(), query);
            float[] tail = entities[link.tail()];
            float[] competitor = entities[other];
            similarity.gradient(
                    query, tail, similarity.of(query, tail), 1f, queryGradient, gradient.entities()[link.tail()]);
            similarity.gradient(
                    query,
                    competitor,
                    similarity.of(query, competitor),
                    -1f,
                    queryGradient,
                    gradient.entities()[other]);
            model.function()
                    .tailQueryGradient(
                            entities[link.head()],
                            relation,
                            queryGradient,
                            gradient.entities()[link.head()],
                            gradient.relations()[link.relation()]);
        };
    }
}
