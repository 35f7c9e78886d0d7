package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * One fact a step, with negatives of its own.
 *
 * <p>Takes the step of {@link ExampleGradient}, to rounding, without writing the gradient down: a negative's row is moved
 * straight from its coefficients, once per row however often it was drawn. Only the gradients of the fact's own three rows
 * are kept.
 */
final class SingleFacts implements Batches, TouchedRows {
    private static final int NONE = -1;

    private final Stepper stepper;
    private final Examples examples;
    private final Facts facts;
    private final Parameters parameters;
    private final FactTerms terms;
    private final NegativeSampler sampler;
    private final Similarity similarity;
    private final Loss loss;
    private final int[] negatives;
    private final float[] queryGradient;
    private final float[] headGradient;
    private final float[] tailGradientOfOther;
    private final float[] relationGradient;
    private final float[] scratch;

    /** The row of each draw, its score and coefficient; the answer first. */
    private final float[][] rows;

    private final float[] scores;
    private final float[] coefficients;

    /** The two queries of the fact: tail, then head. */
    private final float[][] queries;

    /** The rows that are no own ones and have a gradient, and for both queries their summed coefficients and their scores. */
    private final int[] positions;

    private final int[] ids;
    private final float[][] idCoefficients;
    private final float[][] idScores;
    private int idCount;

    /** Whether a fact whose negatives are all far enough away already takes no step. */
    private final boolean restsWithoutPull;

    /** Whether the own gradients have been cleared for the present fact, which is only done where it pulls. */
    private boolean cleared;

    private int head;
    private int relation;
    private int tail;

    SingleFacts(Stepper stepper) {
        this.stepper = stepper;
        examples = stepper.examples();
        facts = examples.facts();
        parameters = stepper.parameters();
        terms = new FactTerms(examples);
        sampler = examples.sampler();
        TrainingSettings settings = examples.settings();
        similarity = settings.scoringFunction().similarity();
        loss = settings.loss();
        restsWithoutPull =
                settings.regularizer().isNone() && stepper.optimizer().restsOnZero();
        int width = settings.entityWidth();
        negatives = new int[sampler.limit()];
        rows = new float[negatives.length + 1][];
        scores = new float[negatives.length + 1];
        coefficients = new float[negatives.length + 1];
        queries = new float[2][width];
        queryGradient = new float[width];
        headGradient = new float[width];
        tailGradientOfOther = new float[width];
        relationGradient = new float[settings.relationWidth()];
        scratch = new float[width];
        positions = new int[facts.entityCount()];
        Arrays.fill(positions, NONE);
        int most = Math.min(facts.entityCount(), 2 * negatives.length);
        ids = new int[most];
        idCoefficients = new float[2][most];
        idScores = new float[2][most];
    }

    /** Bytes that an instance holds beside the parameters. */
    static long bytes(TrainingSettings settings, int entityCount) {
        int count = settings.negatives().count();
        int most = Math.min(entityCount, 2 * count);
        return HeapBytes.ofFloats(entityCount)
                + 4 * HeapBytes.ofFloats(count)
                + 5 * HeapBytes.ofFloats(most)
                + 7 * HeapBytes.ofFloats(settings.entityWidth());
    }

    @Override
    public double step(int[] order, int from, int to, int epoch, int batch, long step) {
        int fact = order[from];
        if (stepper.removed().get(fact)) {
            return 0;
        }
        head = facts.head(fact);
        relation = facts.relation(fact);
        tail = facts.tail(fact);
        float[] tailGradient = head == tail ? headGradient : tailGradientOfOther;
        cleared = false;
        double sum = 0;
        boolean asksTail = examples.asks(Side.TAIL, fact, epoch);
        if (asksTail) {
            sum += addSide(0, Side.TAIL, fact, epoch, batch, headGradient, tailGradient);
        }
        if (!asksTail || examples.asks(Side.HEAD, fact, epoch)) {
            sum += addSide(1, Side.HEAD, fact, epoch, batch, tailGradient, headGradient);
        }
        if (!cleared) {
            if (restsWithoutPull) {
                return sum;
            }
            clear(tailGradient);
        }
        sum += terms.addPenalty(fact, parameters, headGradient, relationGradient, tailGradient);
        TrainingObserver observer = stepper.observer();
        RowGradients elsewhere = observer.observesElsewhere() ? gradientsOfOthers() : null;
        move(step, tailGradient);
        if (observer.observesFacts()) {
            observer.stepped(fact, headGradient, relationGradient, tailGradient, stepper.optimizer());
            if (elsewhere != null) {
                for (int i = 0; i < idCount; i++) {
                    observer.steppedElsewhere(
                            Table.ENTITIES, ids[i], elsewhere.values(Table.ENTITIES, i), stepper.optimizer());
                }
            }
        }
        for (int i = 0; i < idCount; i++) {
            positions[ids[i]] = NONE;
        }
        idCount = 0;
        return sum;
    }

    private double addSide(
            int side, Side asked, int fact, int epoch, int batch, float[] knownGradient, float[] answerGradient) {
        float[][] entities = parameters.entities();
        float[] query = queries[side];
        int known = asked == Side.TAIL ? head : tail;
        terms.query(asked, fact, epoch, parameters, query);
        int count = sampler.sample(fact, epoch, batch, asked, negatives) + 1;
        rows[0] = entities[asked == Side.TAIL ? tail : head];
        for (int j = 1; j < count; j++) {
            rows[j] = entities[negatives[j - 1]];
        }
        similarity.ofAll(query, rows, count, scores);
        float negativeWeight = examples.negativeWeight(fact, asked);
        double value = ExampleGradient.weightedLoss(
                loss, scores, count, examples.positiveWeight(fact, negativeWeight), negativeWeight, coefficients);
        if (!anyNotZero(coefficients, count)) {
            return value;
        }
        if (!cleared) {
            clear(head == tail ? headGradient : tailGradientOfOther);
        }
        Arrays.fill(queryGradient, 0f);
        similarity.queryGradient(query, rows, scores, coefficients, count, queryGradient);
        similarity.entityGradient(query, rows[0], scores[0], coefficients[0], answerGradient);
        for (int j = 1; j < count; j++) {
            if (coefficients[j] != 0f) {
                int negative = negatives[j - 1];
                if (negative == known) {
                    similarity.entityGradient(query, rows[j], scores[j], coefficients[j], knownGradient);
                } else {
                    note(negative, side, coefficients[j], scores[j]);
                }
            }
        }
        terms.carryBack(asked, fact, epoch, parameters, queryGradient, knownGradient, relationGradient);
        return value;
    }

    private void clear(float[] tailGradient) {
        Arrays.fill(headGradient, 0f);
        Arrays.fill(relationGradient, 0f);
        Arrays.fill(tailGradient, 0f);
        cleared = true;
    }

    private static boolean anyNotZero(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (values[i] != 0f) {
                return true;
            }
        }
        return false;
    }

    private void note(int entity, int side, float coefficient, float score) {
        int position = positions[entity];
        if (position == NONE) {
            position = idCount++;
            positions[entity] = position;
            ids[position] = entity;
            idCoefficients[1 - side][position] = 0f;
            idCoefficients[side][position] = coefficient;
        } else {
            idCoefficients[side][position] += coefficient;
        }
        idScores[side][position] = score;
    }

    private void move(long step, float[] tailGradient) {
        Optimizer optimizer = stepper.optimizer();
        float[][] entities = parameters.entities();
        stepper.begin(step);
        for (int i = 0; i < idCount; i++) {
            float ofTails = idCoefficients[0][i];
            float ofHeads = idCoefficients[1][i];
            float[] row = entities[ids[i]];
            if (similarity == Similarity.DOT && (ofTails == 0f || ofHeads == 0f)) {
                float coefficient = ofTails == 0f ? ofHeads : ofTails;
                optimizer.update(Table.ENTITIES, ids[i], row, queries[ofTails == 0f ? 1 : 0], coefficient);
            } else {
                Arrays.fill(scratch, 0f);
                addGradientOfOther(i, scratch);
                optimizer.update(Table.ENTITIES, ids[i], row, scratch);
            }
        }
        optimizer.update(Table.ENTITIES, head, entities[head], headGradient);
        if (tail != head) {
            optimizer.update(Table.ENTITIES, tail, entities[tail], tailGradient);
        }
        optimizer.update(Table.RELATIONS, relation, parameters.relations()[relation], relationGradient);
        optimizer.endStep(parameters, this, stepper.observer());
    }

    private void addGradientOfOther(int i, float[] gradient) {
        float[] row = parameters.entities()[ids[i]];
        for (int side = 0; side < 2; side++) {
            if (idCoefficients[side][i] != 0f) {
                similarity.entityGradient(queries[side], row, idScores[side][i], idCoefficients[side][i], gradient);
            }
        }
    }

    private RowGradients gradientsOfOthers() {
        RowGradients gradients = RowGradients.shapedLike(parameters);
        for (int i = 0; i < idCount; i++) {
            addGradientOfOther(i, gradients.row(Table.ENTITIES, ids[i]));
        }
        return gradients;
    }

    @Override
    public boolean touched(Table table, int index) {
        return table == Table.RELATIONS
                ? index == relation
                : index == head || index == tail || positions[index] != NONE;
    }

    @Override
    public void close() {}
}
