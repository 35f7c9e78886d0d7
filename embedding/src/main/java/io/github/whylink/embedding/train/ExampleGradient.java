package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * The loss gradient of one fact at given parameters, the one definition that training, recording and every explainer
 * share:
 *
 * <pre>
 * loss(h, r, t) = Σ over sides  L( score(h, r, t), score of each negative of that side )
 * </pre>
 *
 * <p>The negatives are regenerated from (seed, epoch, key of the fact). Per side the query is computed once, the loss
 * turns the scores into coefficients, and the coefficients go back through the similarity to the entity rows and the
 * query, and from the query to the two rows that made it. O(negatives · d) per fact.
 *
 * <p>Holds scratch space: one instance per thread.
 */
public final class ExampleGradient {
    private static final int HEAD = 0;
    private static final int TAIL = 1;

    private final ScoringFunction function;
    private final Similarity similarity;
    private final Loss loss;
    private final NegativeSampler sampler;
    private final NegativeSides sides;
    private final int[] negatives;
    private final float[] scores;
    private final float[] coefficients;
    private final float[] query;
    private final float[] queryGradient;

    public ExampleGradient(TrainingSettings settings, int entityCount) {
        function = settings.scoringFunction();
        similarity = function.similarity();
        loss = settings.loss();
        sampler = new UniformSampler(settings.seed(), entityCount);
        sides = settings.negativeSides();
        negatives = new int[settings.negatives()];
        scores = new float[negatives.length + 1];
        coefficients = new float[negatives.length + 1];
        query = new float[function.entityWidth(settings.dimension())];
        queryGradient = new float[query.length];
    }

    /**
     * Adds the gradient of one fact's loss.
     *
     * @param parameters Not modified.
     * @param fact index of the fact
     * @param epoch counts from 0; decides the negatives
     * @param gradient Modified: the rows of the fact and of its negatives are added to.
     * @return the loss
     */
    public double add(Parameters parameters, Facts facts, int fact, int epoch, RowGradients gradient) {
        int head = facts.head(fact);
        int relation = facts.relation(fact);
        int tail = facts.tail(fact);
        float[] h = parameters.entities()[head];
        float[] r = parameters.relations()[relation];
        float[] t = parameters.entities()[tail];
        float[] gh = gradient.row(Table.ENTITIES, head);
        float[] gr = gradient.row(Table.RELATIONS, relation);
        float[] gt = gradient.row(Table.ENTITIES, tail);
        double sum = 0;
        if (sides.tail()) {
            sampler.sample(facts.key(fact), epoch, TAIL, tail, negatives);
            function.tailQuery(h, r, query);
            sum += addSide(parameters, t, gt, gradient);
            function.tailQueryGradient(h, r, queryGradient, gh, gr);
        }
        if (sides.head()) {
            sampler.sample(facts.key(fact), epoch, HEAD, head, negatives);
            function.headQuery(r, t, query);
            sum += addSide(parameters, h, gh, gradient);
            function.headQueryGradient(r, t, queryGradient, gr, gt);
        }
        return sum;
    }

    private double addSide(Parameters parameters, float[] positive, float[] positiveGradient, RowGradients gradient) {
        float[][] entities = parameters.entities();
        scores[0] = similarity.of(query, positive);
        for (int j = 0; j < negatives.length; j++) {
            scores[j + 1] = similarity.of(query, entities[negatives[j]]);
        }
        double value = loss.coefficients(scores, scores.length, coefficients);
        Arrays.fill(queryGradient, 0f);
        similarity.gradient(query, positive, scores[0], coefficients[0], queryGradient, positiveGradient);
        for (int j = 0; j < negatives.length; j++) {
            if (coefficients[j + 1] != 0f) {
                int negative = negatives[j];
                similarity.gradient(
                        query,
                        entities[negative],
                        scores[j + 1],
                        coefficients[j + 1],
                        queryGradient,
                        gradient.row(Table.ENTITIES, negative));
            }
        }
        return value;
    }
}
