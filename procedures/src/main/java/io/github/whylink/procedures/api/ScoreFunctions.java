package io.github.whylink.procedures.api;

import io.github.whylink.procedures.workflow.LinkScore;
import java.util.List;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.TerminationGuard;
import org.neo4j.procedure.UserFunction;

/**
 * {@code whylink.score}, {@code whylink.probability}, {@code whylink.calibrated}, {@code whylink.rank} and {@code
 * whylink.embedding}.
 */
public final class ScoreFunctions {
    private static final String NULL = " Null if an argument is null or the model does not know a node.";

    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Returns the score of a link. */
    @UserFunction(name = "whylink.score")
    @Description("Returns what a model gives (source)-[type]->(target); higher is more plausible." + NULL)
    public Double score(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "source", description = Descriptions.SOURCE) Node source,
            @Name(value = "type", description = Descriptions.TYPE) String type,
            @Name(value = "target", description = Descriptions.TARGET) Node target) {
        return new LinkScore(database, transaction, terminationGuard).score(modelName, source, type, target);
    }

    /** Returns the probability of a link. */
    @UserFunction(name = "whylink.probability")
    @Description(
            "Returns the softmax of the score of (source)-[type]->(target) over all entities of the model as the target."
                    + NULL)
    public Double probability(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "source", description = Descriptions.SOURCE) Node source,
            @Name(value = "type", description = Descriptions.TYPE) String type,
            @Name(value = "target", description = Descriptions.TARGET) Node target) {
        return new LinkScore(database, transaction, terminationGuard).probability(modelName, source, type, target);
    }

    /** Returns the calibrated probability of a link. */
    @UserFunction(name = "whylink.calibrated")
    @Description(
            "Returns the probability that (source)-[type]->(target) is true, from scores of facts that were not trained on and of made-up ones of the same type, as many."
                    + NULL + " Null if the model had too few such facts.")
    public Double calibrated(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "source", description = Descriptions.SOURCE) Node source,
            @Name(value = "type", description = Descriptions.TYPE) String type,
            @Name(value = "target", description = Descriptions.TARGET) Node target) {
        return new LinkScore(database, transaction, terminationGuard).calibrated(modelName, source, type, target);
    }

    /** Returns the rank of a link. */
    @UserFunction(name = "whylink.rank")
    @Description(
            "Returns the rank of the target among all entities of the model as the answer to (source)-[type]->(?), from 1, half a rank for each equal score; other answers that exist in the graph are left out."
                    + NULL)
    public Double rank(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "source", description = Descriptions.SOURCE) Node source,
            @Name(value = "type", description = Descriptions.TYPE) String type,
            @Name(value = "target", description = Descriptions.TARGET) Node target) {
        return new LinkScore(database, transaction, terminationGuard).rank(modelName, source, type, target);
    }

    /** Returns the embedding of a node or of a type. */
    @UserFunction(name = "whylink.embedding")
    @Description("Returns the embedding that a model has for a node or a relationship type." + NULL)
    public List<Double> embedding(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "nodeOrType", description = "A node, or a relationship type of the model as its name.")
                    Object nodeOrType) {
        return new LinkScore(database, transaction, terminationGuard).embedding(modelName, nodeOrType);
    }
}
