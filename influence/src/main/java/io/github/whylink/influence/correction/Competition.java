package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.influence.Link;
import java.util.Arrays;

/**
 * A link among the other answers to its query (head, relation, ?): which of them are preferred, and how the link's lead over
 * them moves with the rows. Known facts do not compete. O(entities · d) for a look. Holds scratch space: one instance per
 * thread.
 */
final class Competition {
    private final EmbeddingModel model;
    private final Link link;
    private final int[] known;
    private final float[] query;
    private final float[] queryGradient;
    private final float[] scores;

    /** In a model as it is at each call. */
    Competition(EmbeddingModel model, Link link, KnownFacts known) {
        this.model = model;
        this.link = link;
        this.known = known.known(Side.TAIL, link.head(), link.relation());
        query = new float[model.parameters().entities()[0].length];
        queryGradient = new float[query.length];
        scores = new float[model.entityCount()];
    }

    /** Scores all answers anew. */
    void look() {
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
    }

    /** The strongest other answers, best first; fewer than asked for where there are fewer. */
    int[] strongest(int count) {
        int[] best = new int[count];
        int found = 0;
        int next = 0;
        for (int e = 0; e < scores.length; e++) {
            if (next < known.length && known[next] == e) {
                next++;
                continue;
            }
            if (e == link.tail() || !(found < count || scores[e] > scores[best[found - 1]])) {
                continue;
            }
            found = Math.min(found + 1, count);
            int place = found - 1;
            for (; place > 0 && scores[e] > scores[best[place - 1]]; place--) {
                best[place] = best[place - 1];
            }
            best[place] = e;
        }
        return Arrays.copyOf(best, found);
    }

    /** The score of the link less that of another answer; above 0 the link is preferred. */
    double lead(int other) {
        return (double) scores[link.tail()] - scores[other];
    }

    /**
     * The gradient of the score of the link less the weighted scores of others, {@code s_t - Σ_j w_j·s_j}, by the rows of
     * head, relation, tail and the others.
     *
     * @param others entities
     * @param weights one for each, of sum 1
     */
    LeadGradient gradient(int[] others, double[] weights) {
        ScoringFunction function = model.function();
        float[][] entities = model.parameters().entities();
        int count = others.length + 1;
        float[][] rows = new float[count][];
        float[] ofRows = new float[count];
        float[] coefficients = new float[count];
        rows[0] = entities[link.tail()];
        ofRows[0] = scores[link.tail()];
        coefficients[0] = 1f;
        for (int j = 1; j < count; j++) {
            rows[j] = entities[others[j - 1]];
            ofRows[j] = scores[others[j - 1]];
            coefficients[j] = (float) -weights[j - 1];
        }
        Arrays.fill(queryGradient, 0f);
        function.similarity().queryGradient(query, rows, ofRows, coefficients, count, queryGradient);
        LeadGradient gradient = new LeadGradient(
                new float[query.length],
                new float[model.parameters().row(Table.RELATIONS, link.relation()).length],
                new float[query.length],
                new float[others.length][query.length]);
        function.tailQueryGradient(
                entities[link.head()],
                model.parameters().row(Table.RELATIONS, link.relation()),
                queryGradient,
                gradient.head,
                gradient.relation);
        function.similarity().entityGradient(query, rows[0], ofRows[0], 1f, gradient.tail);
        for (int j = 1; j < count; j++) {
            function.similarity().entityGradient(query, rows[j], ofRows[j], coefficients[j], gradient.others[j - 1]);
        }
        return gradient;
    }

    /** A gradient of the lead, by the rows as they stand in the link; head and tail may be the same entity. */
    static final class LeadGradient {
        final float[] head;
        final float[] relation;
        final float[] tail;
        final float[][] others;

        private LeadGradient(float[] head, float[] relation, float[] tail, float[][] others) {
            this.head = head;
            this.relation = relation;
            this.tail = tail;
            this.others = others;
        }
    }
}
