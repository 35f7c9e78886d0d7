package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * How the gradient of one fact's loss moves with the parameters: the product of its derivative J with some directions v,
 * exactly and without writing J down.
 *
 * <pre>
 * g    = Σ_j c_j(s)·∂s_j/∂θ                             {@link ExampleGradient}: scores s_j, coefficients c_j
 * Jᵀ·v = Σ_k ċ_k·∂s_k/∂θ + Σ_j c_j·∂²s_j/∂θ²·v          ṡ_j = ∂s_j/∂θ·v,   ċ_k = Σ_j ∂c_j/∂s_k·ṡ_j
 * ⟨g, v⟩ = Σ_j c_j·ṡ_j
 * </pre>
 *
 * <p>and for the penalty likewise. J is the Hessian of the loss, and symmetric, where c is the derivative of a loss by the
 * scores; the self-adversarial loss takes its weights for constants in c, so that its J is not symmetric and the transpose
 * matters. Kinks and jumps (margin, L1 norm) count as level.
 *
 * <p>The tangents go forth as the gradient's quantities do, from the rows to the query q̇ and the scores ṡ, and back by
 * differentiating each step back once more (forward over reverse: Pearlmutter, "Fast exact multiplication by the Hessian",
 * Neural Computation 6, 1994). Queries, scores, coefficients and their derivative are computed once for all directions; the
 * rest is O(negatives · d) for each.
 *
 * <p>Holds scratch space: one instance per thread.
 */
public final class ExampleCurvature {
    /** One direction in the space of parameters. */
    public interface Direction {
        /** The part of one row, as wide as the row, or null where it is zero. Not to be modified by the caller. */
        float[] rowOrNull(Table table, int index);
    }

    private final Examples examples;
    private final Facts facts;
    private final FactTerms terms;
    private final Similarity similarity;
    private final Loss loss;
    private final DrawnNegatives drawn;
    private final int[] negatives;
    private final float[] query;
    private final float[] queryGradient;

    /** Per candidate of the side at hand, the answer first. */
    private final int[] ids;

    private final float[][] rows;
    private final float[] scores;
    private final float[] coefficients;

    /** The derivative of the weighted coefficients by the scores; see {@link Loss#derivative}. */
    private final float[] diagonal;

    private final float[] left;
    private final float[] right;

    /** Of the direction at hand. */
    private final float[] queryTangent;

    private final float[] queryGradientTangent;
    private final float[][] rowTangents;
    private final float[] scoreTangents;
    private final float[] coefficientTangents;
    /** The factors of the second derivatives of scores: the coefficients and what they make of the query, or zeros. */
    private final float[] bendingCoefficients;

    private final float[] bendingQueryGradient;
    private final float[] entityZeros;
    private final float[] relationZeros;

    /** The whole second derivative. */
    public ExampleCurvature(Examples examples) {
        this(examples, Curvature.FULL);
    }

    /** The whole second derivative, or that of the loss by the scores alone; of the penalty always all. */
    public ExampleCurvature(Examples examples, Curvature curvature) {
        this.examples = examples;
        facts = examples.facts();
        terms = new FactTerms(examples);
        TrainingSettings settings = examples.settings();
        similarity = settings.scoringFunction().similarity();
        loss = settings.loss();
        drawn = new DrawnNegatives(examples);
        negatives = new int[drawn.limit()];
        query = new float[settings.entityWidth()];
        queryGradient = new float[query.length];
        int most = negatives.length + 1;
        ids = new int[most];
        rows = new float[most][];
        scores = new float[most];
        coefficients = new float[most];
        diagonal = new float[most];
        left = new float[most];
        right = new float[most];
        queryTangent = new float[query.length];
        queryGradientTangent = new float[query.length];
        rowTangents = new float[most][];
        scoreTangents = new float[most];
        coefficientTangents = new float[most];
        entityZeros = new float[query.length];
        relationZeros = new float[settings.relationWidth()];
        boolean full = curvature == Curvature.FULL;
        bendingCoefficients = full ? coefficients : new float[most];
        bendingQueryGradient = full ? queryGradient : entityZeros;
    }

    /**
     * For each direction v adds {@code Jᵀ·v} of one fact and computes the slope of its loss, {@code ⟨g, v⟩}.
     *
     * @param parameters Not modified.
     * @param fact index of the fact
     * @param epoch counts from 0; decides the negatives
     * @param batch number of the fact's batch in the epoch, from 0; decides negatives that a batch shares
     * @param directions at least {@code count}. Not modified.
     * @param count how many directions
     * @param results one for each direction, none of which is among the directions. Modified: rows to which something
     *     comes are added to.
     * @param slopes Modified: the first {@code count} are overwritten.
     */
    public void add(
            Parameters parameters,
            int fact,
            int epoch,
            int batch,
            Direction[] directions,
            int count,
            RowGradients[] results,
            double[] slopes) {
        Arrays.fill(slopes, 0, count, 0);
        if (examples.asks(Side.TAIL, fact, epoch)) {
            addSide(Side.TAIL, parameters, fact, epoch, batch, directions, count, results, slopes);
        }
        if (examples.asks(Side.HEAD, fact, epoch)) {
            addSide(Side.HEAD, parameters, fact, epoch, batch, directions, count, results, slopes);
        }
        for (int k = 0; k < count; k++) {
            slopes[k] += terms.addPenaltyCurvature(fact, parameters, directions[k], results[k]);
        }
    }

    private void addSide(
            Side side,
            Parameters parameters,
            int fact,
            int epoch,
            int batch,
            Direction[] directions,
            int count,
            RowGradients[] results,
            double[] slopes) {
        terms.query(side, fact, epoch, parameters, query);
        int candidates = compare(side, parameters, fact, epoch, batch);
        for (int k = 0; k < count; k++) {
            slopes[k] += addDirection(side, parameters, fact, candidates, directions[k], results[k]);
        }
    }

    /** Everything that no direction changes. Returns the number of candidates. */
    private int compare(Side side, Parameters parameters, int fact, int epoch, int batch) {
        float[][] entities = parameters.entities();
        int candidates = 1 + drawn.of(fact, epoch, batch, side, negatives);
        ids[0] = side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
        rows[0] = entities[ids[0]];
        for (int j = 1; j < candidates; j++) {
            ids[j] = negatives[j - 1];
            rows[j] = entities[ids[j]];
        }
        similarity.ofAll(query, rows, candidates, scores);
        float negativeWeight = examples.negativeWeight(fact, side);
        float positiveWeight = examples.positiveWeight(fact, negativeWeight);
        ExampleGradient.weightedLoss(loss, scores, candidates, positiveWeight, negativeWeight, coefficients);
        loss.derivative(scores, candidates, diagonal, left, right);
        for (int j = 0; j < candidates; j++) {
            float weight = j == 0 ? positiveWeight : negativeWeight;
            diagonal[j] *= weight;
            left[j] *= weight;
        }
        Arrays.fill(queryGradient, 0f);
        similarity.queryGradient(query, rows, scores, coefficients, candidates, queryGradient);
        return candidates;
    }

    private double addDirection(
            Side side, Parameters parameters, int fact, int candidates, Direction direction, RowGradients result) {
        int entity = side == Side.TAIL ? facts.head(fact) : facts.tail(fact);
        int relation = facts.relation(fact);
        float[] entityMoves = direction.rowOrNull(Table.ENTITIES, entity);
        float[] relationMoves = direction.rowOrNull(Table.RELATIONS, relation);
        boolean queryMoves = entityMoves != null || relationMoves != null;
        float[] entityTangent = entityMoves == null ? entityZeros : entityMoves;
        float[] relationTangent = relationMoves == null ? relationZeros : relationMoves;
        boolean rowsMove = gatherRowTangents(candidates, direction);
        if (!queryMoves && !rowsMove) {
            return 0;
        }
        if (queryMoves) {
            terms.queryTangent(
                    side, fact, parameters, entityTangent, relationTangent, queryTangent, queryGradientTangent);
        } else {
            Arrays.fill(queryTangent, 0f);
        }
        double slope = moveScores(candidates, queryMoves, rowsMove);
        moveCoefficients(candidates);
        Arrays.fill(queryGradientTangent, 0f);
        similarity.queryGradientTangent(
                query,
                rows,
                scores,
                bendingCoefficients,
                candidates,
                queryTangent,
                rowTangents,
                scoreTangents,
                coefficientTangents,
                queryGradientTangent);
        addToCandidates(candidates, queryMoves, result);
        terms.carryBackTangent(
                side,
                fact,
                parameters,
                entityTangent,
                relationTangent,
                bendingQueryGradient,
                queryGradientTangent,
                result.row(Table.ENTITIES, entity),
                result.row(Table.RELATIONS, relation));
        return slope;
    }

    /** Whether any candidate's row moves. */
    private boolean gatherRowTangents(int candidates, Direction direction) {
        boolean any = false;
        for (int j = 0; j < candidates; j++) {
            float[] tangent = direction.rowOrNull(Table.ENTITIES, ids[j]);
            any |= tangent != null;
            rowTangents[j] = tangent == null ? entityZeros : tangent;
        }
        return any;
    }

    /** Computes ṡ and returns {@code Σ_j c_j·ṡ_j}. */
    private double moveScores(int candidates, boolean queryMoves, boolean rowsMove) {
        float[] scratch = queryGradientTangent;
        if (queryMoves) {
            similarity.queryTangents(query, rows, scores, candidates, queryTangent, scratch, scoreTangents);
        } else {
            Arrays.fill(scoreTangents, 0, candidates, 0f);
        }
        if (rowsMove) {
            // The place of ċ is free until ṡ is complete.
            similarity.entityTangents(query, rows, scores, candidates, rowTangents, scratch, coefficientTangents);
            for (int j = 0; j < candidates; j++) {
                scoreTangents[j] += coefficientTangents[j];
            }
        }
        double slope = 0;
        for (int j = 0; j < candidates; j++) {
            slope += (double) coefficients[j] * scoreTangents[j];
        }
        return slope;
    }

    /** Computes {@code ċ_k = diagonal_k·ṡ_k - right_k·Σ_j left_j·ṡ_j}. */
    private void moveCoefficients(int candidates) {
        double common = 0;
        for (int j = 0; j < candidates; j++) {
            common += (double) left[j] * scoreTangents[j];
        }
        float rounded = (float) common;
        for (int j = 0; j < candidates; j++) {
            coefficientTangents[j] = diagonal[j] * scoreTangents[j] - right[j] * rounded;
        }
    }

    private void addToCandidates(int candidates, boolean queryMoves, RowGradients result) {
        boolean bends = !similarity.isLinearAlmostEverywhere();
        for (int j = 0; j < candidates; j++) {
            boolean pairMoves = queryMoves || rowTangents[j] != entityZeros;
            if (coefficientTangents[j] != 0f || (bends && pairMoves && bendingCoefficients[j] != 0f)) {
                similarity.entityGradientTangent(
                        query,
                        rows[j],
                        scores[j],
                        bendingCoefficients[j],
                        queryTangent,
                        rowTangents[j],
                        scoreTangents[j],
                        coefficientTangents[j],
                        result.row(Table.ENTITIES, ids[j]));
            }
        }
    }
}
