package io.github.whylink.procedures.workflow;

import io.github.whylink.influence.Link;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * The functions {@code whylink.score}, {@code whylink.probability}, {@code whylink.calibrated}, {@code whylink.rank} and
 * {@code whylink.embedding}: what a model says of one link or node, whether or not the graph has the link.
 *
 * <p>As with Cypher's own functions, what is null or not known makes the result null: a node that the model was not trained
 * on has no score.
 */
public final class LinkScore {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public LinkScore(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** The score, higher is more plausible. */
    public Double score(String modelName, Node source, String type, Node target) {
        LoadedModel model = ready(modelName).rowsOnly();
        Link link = link(model, source, type, target);
        return link == null
                ? null
                : (Double) (double) model.embedding().score(link.head(), link.relation(), link.tail());
    }

    /** The softmax of the score over all entities as the target. */
    public Double probability(String modelName, Node source, String type, Node target) {
        return answer(modelName, source, type, target, Answer::probability);
    }

    /** The probability that the link is true; null if the model was not calibrated. */
    public Double calibrated(String modelName, Node source, String type, Node target) {
        LoadedModel model = ready(modelName).rowsOnly();
        Link link = link(model, source, type, target);
        return link == null
                ? null
                : model.calibrated(link.relation(), model.embedding().score(link.head(), link.relation(), link.tail()));
    }

    /** The realistic rank of the target, known answers left out. */
    public Double rank(String modelName, Node source, String type, Node target) {
        return answer(modelName, source, type, target, Answer::realisticRank);
    }

    /**
     * The row of an entity or of a relation.
     *
     * @throws IllegalArgumentException if it is neither a node nor the name of a type that the model knows
     */
    public List<Double> embedding(String modelName, Object nodeOrType) {
        LoadedModel model = ready(modelName).rowsOnly();
        if (nodeOrType == null) {
            return null;
        }
        if (nodeOrType instanceof String type) {
            return list(model.embedding().parameters().relations()[model.requireRelation("nodeOrType", type)]);
        }
        if (!(nodeOrType instanceof Node node)) {
            throw new IllegalArgumentException(
                    "'nodeOrType' must be a node or the name of a relationship type of model '%s'"
                            .formatted(model.name()));
        }
        int entity = entity(model, node);
        return entity < 0 ? null : list(model.embedding().parameters().entities()[entity]);
    }

    private static List<Double> list(float[] row) {
        List<Double> values = new ArrayList<>(row.length);
        for (float value : row) {
            values.add((double) value);
        }
        return values;
    }

    private Double answer(String modelName, Node source, String type, Node target, ToDoubleFunction<Answer> figure) {
        LoadedModel model = ready(modelName).load();
        Link link = link(model, source, type, target);
        if (link == null) {
            return null;
        }
        int[] excluded = PredictedLink.competitorsExcluded(model, source, link.head(), link.relation(), link.tail());
        return figure.applyAsDouble(Answer.of(model.embedding(), link, excluded));
    }

    private ReadyModel ready(String modelName) {
        return ReadyModel.of(database, transaction, guard, modelName);
    }

    /** The link in the numbers of the model; null if a part of it is null or a node is none of the model's. */
    private static Link link(LoadedModel model, Node source, String type, Node target) {
        if (type == null) {
            return null;
        }
        int relation = model.requireRelation(type);
        int head = source == null ? -1 : entity(model, source);
        int tail = target == null ? -1 : entity(model, target);
        return head < 0 || tail < 0 ? null : new Link(head, relation, tail);
    }

    private static int entity(LoadedModel model, Node node) {
        return model.knows(node) ? model.entity(InternalIds.of(node)) : -1;
    }
}
