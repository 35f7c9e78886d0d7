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

    /** The row of an entity. */
    public List<Double> embedding(String modelName, Node node) {
        LoadedModel model = ready(modelName).rowsOnly();
        int entity = node == null ? -1 : entity(model, node);
        if (entity < 0) {
            return null;
        }
        float[] row = model.embedding().parameters().entities()[entity];
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
