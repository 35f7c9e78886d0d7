package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.train.ExampleCurvature.Direction;
import java.util.Arrays;

/**
 * What a fact does with its own three rows in its loss, however its negatives are compared: forms the queries from them,
 * with dropout; carries the queries' gradients back to them; and pays their penalty. Of each it knows the derivative in a direction too.
 *
 * <p>Holds scratch space: one instance per thread.
 */
final class FactTerms {
    private final Facts facts;
    private final Examples examples;
    private final ScoringFunction function;
    private final Regularizer regularizer;
    private final Dropout dropout;
    private final long seed;
    private final float[] entityFactors;
    private final float[] relationFactors;
    private final float[] entityDropped;
    private final float[] relationDropped;
    private final float[] entityGradient;
    private final float[] relationGradient;
    private final float[] entityTangentDropped;
    private final float[] relationTangentDropped;

    FactTerms(Examples examples) {
        this.examples = examples;
        facts = examples.facts();
        TrainingSettings settings = examples.settings();
        function = settings.scoringFunction();
        regularizer = settings.regularizer();
        dropout = settings.dropout();
        seed = settings.seed();
        int entityWidth = dropout.isNone() ? 0 : settings.entityWidth();
        int relationWidth = dropout.isNone() ? 0 : settings.relationWidth();
        entityFactors = new float[entityWidth];
        entityDropped = new float[entityWidth];
        entityGradient = new float[entityWidth];
        relationFactors = new float[relationWidth];
        relationDropped = new float[relationWidth];
        relationGradient = new float[relationWidth];
        entityTangentDropped = new float[entityWidth];
        relationTangentDropped = new float[relationWidth];
    }

    /** Computes the query of a fact on one side. {@code query} is modified. */
    void query(Side side, int fact, int epoch, Parameters parameters, float[] query) {
        float[] entity = parameters.entities()[known(side, fact)];
        float[] relation = parameters.relations()[facts.relation(fact)];
        if (!dropout.isNone()) {
            drop(side, fact, epoch, entity, relation);
            entity = entityDropped;
            relation = relationDropped;
        }
        if (side == Side.TAIL) {
            function.tailQuery(entity, relation, query);
        } else {
            function.headQuery(relation, entity, query);
        }
    }

    /**
     * Adds what the gradient of a query is to the two rows that made it.
     *
     * @param entitySum gradient of the entity's row. Modified.
     * @param relationSum gradient of the relation's row. Modified.
     */
    void carryBack(
            Side side,
            int fact,
            int epoch,
            Parameters parameters,
            float[] queryGradient,
            float[] entitySum,
            float[] relationSum) {
        float[] entity = parameters.entities()[known(side, fact)];
        float[] relation = parameters.relations()[facts.relation(fact)];
        if (dropout.isNone()) {
            gradient(side, entity, relation, queryGradient, entitySum, relationSum);
            return;
        }
        drop(side, fact, epoch, entity, relation);
        Arrays.fill(entityGradient, 0f);
        Arrays.fill(relationGradient, 0f);
        gradient(side, entityDropped, relationDropped, queryGradient, entityGradient, relationGradient);
        addProducts(entityFactors, entityGradient, entitySum);
        addProducts(relationFactors, relationGradient, relationSum);
    }

    /** Adds the gradient of the fact's penalty and returns the penalty; the three gradients are modified. */
    double addPenalty(
            int fact, Parameters parameters, float[] headGradient, float[] relationGradientSum, float[] tailGradient) {
        if (regularizer.isNone()) {
            return 0;
        }
        int head = facts.head(fact);
        int relation = facts.relation(fact);
        int tail = facts.tail(fact);
        return regularizer.addEntity(
                        function, parameters.entities()[head], examples.entityPenaltyShare(fact, head), headGradient)
                + regularizer.addRelation(
                        function,
                        parameters.relations()[relation],
                        examples.relationPenaltyShare(fact),
                        relationGradientSum)
                + regularizer.addEntity(
                        function, parameters.entities()[tail], examples.entityPenaltyShare(fact, tail), tailGradient);
    }

    /**
     * Computes how a query moves when the two rows that make it move. To be called after {@link #query} of the same fact and
     * side, whose dropout it shares.
     *
     * @param entityTangent how the entity's row moves. Not modified.
     * @param relationTangent how the relation's row moves. Not modified.
     * @param tangent Modified: overwritten.
     * @param scratch as wide as the query. Modified.
     */
    void queryTangent(
            Side side,
            int fact,
            Parameters parameters,
            float[] entityTangent,
            float[] relationTangent,
            float[] tangent,
            float[] scratch) {
        float[] entity = parameters.entities()[known(side, fact)];
        float[] relation = parameters.relations()[facts.relation(fact)];
        float[] entityMoves = entityTangent;
        float[] relationMoves = relationTangent;
        if (!dropout.isNone()) {
            dropTangents(entityTangent, relationTangent);
            entity = entityDropped;
            relation = relationDropped;
            entityMoves = entityTangentDropped;
            relationMoves = relationTangentDropped;
        }
        if (side == Side.TAIL) {
            function.tailQueryTangent(entity, relation, entityMoves, relationMoves, tangent, scratch);
        } else {
            function.headQueryTangent(relation, entity, relationMoves, entityMoves, tangent, scratch);
        }
    }

    /**
     * Adds how the two rows of {@link #carryBack} move when the rows that make the query and its gradient move. To be called
     * after {@link #query} of the same fact and side, whose dropout it shares.
     *
     * @param entitySum Modified.
     * @param relationSum Modified.
     */
    void carryBackTangent(
            Side side,
            int fact,
            Parameters parameters,
            float[] entityTangent,
            float[] relationTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] entitySum,
            float[] relationSum) {
        if (dropout.isNone()) {
            gradientTangent(
                    side,
                    parameters.entities()[known(side, fact)],
                    parameters.relations()[facts.relation(fact)],
                    entityTangent,
                    relationTangent,
                    queryGradient,
                    queryGradientTangent,
                    entitySum,
                    relationSum);
            return;
        }
        dropTangents(entityTangent, relationTangent);
        Arrays.fill(entityGradient, 0f);
        Arrays.fill(relationGradient, 0f);
        gradientTangent(
                side,
                entityDropped,
                relationDropped,
                entityTangentDropped,
                relationTangentDropped,
                queryGradient,
                queryGradientTangent,
                entityGradient,
                relationGradient);
        addProducts(entityFactors, entityGradient, entitySum);
        addProducts(relationFactors, relationGradient, relationSum);
    }

    /**
     * Adds the second derivative of the fact's penalty times a direction.
     *
     * @param direction Not modified.
     * @param sums Modified: the rows of the fact that the direction moves are added to.
     * @return the derivative of the penalty in this direction
     */
    double addPenaltyCurvature(int fact, Parameters parameters, Direction direction, RowGradients sums) {
        if (regularizer.isNone()) {
            return 0;
        }
        int relation = facts.relation(fact);
        float[] relationTangent = direction.rowOrNull(Table.RELATIONS, relation);
        double slope = addEntityPenaltyCurvature(fact, facts.head(fact), parameters, direction, sums)
                + addEntityPenaltyCurvature(fact, facts.tail(fact), parameters, direction, sums);
        return relationTangent == null
                ? slope
                : slope
                        + regularizer.addRelationCurvature(
                                function,
                                parameters.relations()[relation],
                                examples.relationPenaltyShare(fact),
                                relationTangent,
                                sums.row(Table.RELATIONS, relation));
    }

    private double addEntityPenaltyCurvature(
            int fact, int entity, Parameters parameters, Direction direction, RowGradients sums) {
        float[] tangent = direction.rowOrNull(Table.ENTITIES, entity);
        return tangent == null
                ? 0
                : regularizer.addEntityCurvature(
                        function,
                        parameters.entities()[entity],
                        examples.entityPenaltyShare(fact, entity),
                        tangent,
                        sums.row(Table.ENTITIES, entity));
    }

    /** The entity from which the query of a side is made. */
    private int known(Side side, int fact) {
        return side == Side.TAIL ? facts.head(fact) : facts.tail(fact);
    }

    private void gradient(
            Side side,
            float[] entity,
            float[] relation,
            float[] queryGradient,
            float[] entitySum,
            float[] relationSum) {
        if (side == Side.TAIL) {
            function.tailQueryGradient(entity, relation, queryGradient, entitySum, relationSum);
        } else {
            function.headQueryGradient(relation, entity, queryGradient, relationSum, entitySum);
        }
    }

    private void gradientTangent(
            Side side,
            float[] entity,
            float[] relation,
            float[] entityTangent,
            float[] relationTangent,
            float[] queryGradient,
            float[] queryGradientTangent,
            float[] entitySum,
            float[] relationSum) {
        if (side == Side.TAIL) {
            function.tailQueryGradientTangent(
                    entity,
                    relation,
                    entityTangent,
                    relationTangent,
                    queryGradient,
                    queryGradientTangent,
                    entitySum,
                    relationSum);
        } else {
            function.headQueryGradientTangent(
                    relation,
                    entity,
                    relationTangent,
                    entityTangent,
                    queryGradient,
                    queryGradientTangent,
                    relationSum,
                    entitySum);
        }
    }

    private void dropTangents(float[] entityTangent, float[] relationTangent) {
        products(entityTangent, entityFactors, entityTangentDropped);
        products(relationTangent, relationFactors, relationTangentDropped);
    }

    private void drop(Side side, int fact, int epoch, float[] entity, float[] relation) {
        long key = facts.key(fact);
        int purpose = side == Side.TAIL ? 0 : 2;
        Dropout.factors(dropout.entities(), seed, key, epoch, purpose, entityFactors);
        Dropout.factors(dropout.relations(), seed, key, epoch, purpose + 1, relationFactors);
        products(entity, entityFactors, entityDropped);
        products(relation, relationFactors, relationDropped);
    }

    private static void products(float[] values, float[] factors, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i] * factors[i];
        }
    }

    private static void addProducts(float[] factors, float[] values, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factors[i] * values[i];
        }
    }
}
