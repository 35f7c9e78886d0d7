package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * The gradient of a predicted link's probability by all parameters:
 *
 * <pre>
 * p = softmax over all entities e of score(head, relation, e), at e = tail
 * ∂p/∂score_e = p·([e = tail] - p_e)
 * </pre>
 *
 * <p>carried back through the similarity to every entity's row and to the query, and from the query to the rows of head
 * and relation. O(entities · d). What every first-order explanation starts from. Holds scratch space: one instance per
 * thread.
 */
public final class ProbabilityGradient {
    private final EmbeddingModel model;
    private final float[] query;
    private final float[] queryGradient;
    private final float[] scores;
    private final float[] coefficients;

    /** For the model as its parameters are at each call. */
    public ProbabilityGradient(EmbeddingModel model) {
        this.model = model;
        query = new float[model.parameters().entities()[0].length];
        queryGradient = new float[query.length];
        scores = new float[model.entityCount()];
        coefficients = new float[model.entityCount()];
    }

    /**
     * Adds the gradient of a link's probability.
     *
     * @param gradient in the shape of the model's parameters. Modified.
     * @return the probability
     */
    public double add(Link link, Parameters gradient) {
        Similarity similarity = model.function().similarity();
        float[][] entities = model.parameters().entities();
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        double logPartition = Softmax.logPartition(scores);
        double probability = Math.exp(scores[link.tail()] - logPartition);
        for (int e = 0; e < scores.length; e++) {
            double others = -probability * Math.exp(scores[e] - logPartition);
            coefficients[e] = (float) (e == link.tail() ? probability + others : others);
        }
        Arrays.fill(queryGradient, 0f);
        similarity.queryGradient(query, entities, scores, coefficients, scores.length, queryGradient);
        for (int e = 0; e < scores.length; e++) {
            similarity.entityGradient(query, entities[e], scores[e], coefficients[e], gradient.entities()[e]);
        }
        model.function()
                .tailQueryGradient(
                        entities[link.head()],
                        model.parameters().row(Table.RELATIONS, link.relation()),
                        queryGradient,
                        gradient.entities()[link.head()],
                        gradient.relations()[link.relation()]);
        return probability;
    }
}
