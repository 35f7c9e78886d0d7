package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.facts.Side;

/**
 * A scoring function with its parameters: what scores a fact, and all candidates of a query.
 *
 * @param function the scoring function
 * @param parameters its rows; whoever trains them further changes this model's answers
 */
public record EmbeddingModel(ScoringFunction function, Parameters parameters) {
    public int entityCount() {
        return parameters.entities().length;
    }

    /** The score of a fact, higher is more plausible; the same bits as its entry in {@link #scores} with TAIL. */
    public float score(int head, int relation, int tail) {
        return score(head, relation, tail, new float[parameters.entities()[head].length]);
    }

    /**
     * The score of a fact, without allocation.
     *
     * @param query scratch, as wide as an entity row. Modified.
     */
    public float score(int head, int relation, int tail, float[] query) {
        function.tailQuery(parameters.entities()[head], parameters.relations()[relation], query);
        return function.similarity().of(query, parameters.entities()[tail]);
    }

    /**
     * Scores every entity on one side of a query.
     *
     * @param side TAIL scores (entity, relation, ?), HEAD scores (?, relation, entity)
     * @param query scratch, as wide as an entity row. Modified.
     * @param out one score per entity. Modified.
     */
    public void scores(Side side, int entity, int relation, float[] query, float[] out) {
        query(side, entity, relation, query);
        function.similarity().ofAll(query, parameters.entities(), entityCount(), out);
    }

    /** Computes the query row of one side. {@code query} is modified. */
    public void query(Side side, int entity, int relation, float[] query) {
        float[] known = parameters.entities()[entity];
        float[] between = parameters.relations()[relation];
        if (side == Side.TAIL) {
            function.tailQuery(known, between, query);
        } else {
            function.headQuery(between, known, query);
        }
    }
}
