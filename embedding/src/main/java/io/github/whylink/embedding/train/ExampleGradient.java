package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * The loss gradient of one fact at given parameters, the one definition that training, recording and every explainer
 * share:
 *
 * <pre>
 * loss(h, r, t) = weight · ( Σ over sides  L( score(h, r, t), score of each negative of that side )  +  penalty of the rows h, r, t )
 * </pre>
 *
 * <p>with the weight of the fact, 1 where it has none. The negatives are named again from (seed, epoch, key of the fact) or (seed, epoch, batch), or are all entities. Per
 * side the query is computed once, the loss turns the scores into coefficients, and the coefficients go back through the
 * similarity to the entity rows and the query, and from the query to the two rows that made it. O(negatives · d) per fact.
 * The batched kernels compute sums of this over their batch, by other means.
 *
 * <p>Holds scratch space: one instance per thread.
 */
public final class ExampleGradient {
    private final Examples examples;
    private final Facts facts;
    private final FactTerms terms;
    private final Similarity similarity;
    private final Loss loss;
    private final DrawnNegatives drawn;
    private final int[] negatives;
    private final float[] scores;
    private final float[] coefficients;
    private final float[] query;
    private final float[] queryGradient;

    public ExampleGradient(Examples examples) {
        this.examples = examples;
        facts = examples.facts();
        terms = new FactTerms(examples);
        TrainingSettings settings = examples.settings();
        similarity = settings.scoringFunction().similarity();
        loss = settings.loss();
        drawn = new DrawnNegatives(examples);
        negatives = new int[drawn.limit()];
        scores = new float[negatives.length + 1];
        coefficients = new float[negatives.length + 1];
        query = new float[settings.entityWidth()];
        queryGradient = new float[query.length];
    }

    /**
     * Adds the gradient of one fact's loss.
     *
     * @param parameters Not modified.
     * @param fact index of the fact
     * @param epoch counts from 0; decides the negatives
     * @param batch number of the fact's batch in the epoch, from 0; decides negatives that a batch shares
     * @param gradient Modified: the rows of the fact and of its negatives are added to.
     * @return the loss
     */
    public double add(Parameters parameters, int fact, int epoch, int batch, RowGradients gradient) {
        float[][] entities = parameters.entities();
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        float[] headGradient = gradient.row(Table.ENTITIES, head);
        float[] relationGradient = gradient.row(Table.RELATIONS, facts.relation(fact));
        float[] tailGradient = gradient.row(Table.ENTITIES, tail);
        double sum = 0;
        if (examples.asks(Side.TAIL, fact, epoch)) {
            terms.query(Side.TAIL, fact, epoch, parameters, query);
            sum += addSide(Side.TAIL, fact, epoch, batch, entities, entities[tail], tailGradient, gradient);
            terms.carryBack(Side.TAIL, fact, epoch, parameters, queryGradient, headGradient, relationGradient);
        }
        if (examples.asks(Side.HEAD, fact, epoch)) {
            terms.query(Side.HEAD, fact, epoch, parameters, query);
            sum += addSide(Side.HEAD, fact, epoch, batch, entities, entities[head], headGradient, gradient);
            terms.carryBack(Side.HEAD, fact, epoch, parameters, queryGradient, tailGradient, relationGradient);
        }
        return sum + terms.addPenalty(fact, parameters, headGradient, relationGradient, tailGradient);
    }

    private double addSide(
            Side side,
            int fact,
            int epoch,
            int batch,
            float[][] entities,
            float[] positive,
            float[] positiveGradient,
            RowGradients gradient) {
        int count = drawn.of(fact, epoch, batch, side, negatives);
        scores[0] = similarity.of(query, positive);
        for (int j = 0; j < count; j++) {
            scores[j + 1] = similarity.of(query, entities[negatives[j]]);
        }
        float negativeWeight = examples.negativeWeight(fact, side);
        double value = weightedLoss(
                loss, scores, count + 1, examples.positiveWeight(fact, negativeWeight), negativeWeight, coefficients);
        Arrays.fill(queryGradient, 0f);
        similarity.gradient(query, positive, scores[0], coefficients[0], queryGradient, positiveGradient);
        for (int j = 0; j < count; j++) {
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

    /** The loss and its coefficients where answer and negatives count with these weights. */
    static double weightedLoss(
            Loss loss, float[] scores, int count, float positiveWeight, float negativeWeight, float[] coefficients) {
        double value = loss.coefficients(scores, count, coefficients);
        if (positiveWeight == 1f && negativeWeight == 1f) {
            return value;
        }
        double weighted = negativeWeight * value;
        if (positiveWeight != negativeWeight) {
            float ofPositive = coefficients[0];
            double alone = loss.coefficients(scores, 1, coefficients);
            weighted = positiveWeight * alone + negativeWeight * (value - alone);
            loss.coefficients(scores, count, coefficients);
            coefficients[0] = ofPositive;
        }
        coefficients[0] *= positiveWeight;
        for (int j = 1; j < count; j++) {
            coefficients[j] *= negativeWeight;
        }
        return weighted;
    }
}
