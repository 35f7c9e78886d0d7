package io.github.whylink.procedures.api;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.procedures.result.LinkRow;
import io.github.whylink.procedures.result.PredictionRow;
import io.github.whylink.procedures.result.ValueRow;
import io.github.whylink.procedures.result.WriteRow;
import io.github.whylink.procedures.workflow.LinkSearch;
import io.github.whylink.procedures.workflow.LinkWriting;
import io.github.whylink.procedures.workflow.Prediction;
import io.github.whylink.procedures.workflow.TypePrediction;
import io.github.whylink.procedures.workflow.ValuePrediction;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.logging.Log;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.predict.targets}, {@code whylink.predict.sources}, {@code whylink.predict.types}, {@code
 * whylink.predict.links} and {@code whylink.predict.write}.
 */
public final class PredictProcedures {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public Log log;

    @Context
    public TerminationGuard terminationGuard;

    /** Predicts a value. */
    @Procedure(name = "whylink.predict.value", mode = Mode.READ)
    @Description(
            "Predicts which value a link would have of the property that splits its type, as the rating of a film: the most probable one, and the mean.")
    public Stream<ValueRow> value(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.PREDICT_VALUE)
                    Map<String, Object> configuration) {
        return new ValuePrediction(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Predicts end nodes. */
    @Procedure(name = "whylink.predict.targets", mode = Mode.READ)
    @Description("Predicts the most plausible end nodes of (source)-[type]->(?). "
            + "The source itself is no answer unless the type leads from some node to itself.")
    public Stream<PredictionRow> targets(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.PREDICT_TARGETS)
                    Map<String, Object> configuration) {
        return new Prediction(database, transaction, terminationGuard).run(modelName, Side.TAIL, configuration);
    }

    /** Predicts start nodes. */
    @Procedure(name = "whylink.predict.sources", mode = Mode.READ)
    @Description("Predicts the most plausible start nodes of (?)-[type]->(target). "
            + "The target itself is no answer unless the type leads from some node to itself.")
    public Stream<PredictionRow> sources(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.PREDICT_SOURCES)
                    Map<String, Object> configuration) {
        return new Prediction(database, transaction, terminationGuard).run(modelName, Side.HEAD, configuration);
    }

    /** Predicts relationship types. */
    @Procedure(name = "whylink.predict.types", mode = Mode.READ)
    @Description("Predicts the most plausible relationship types from one node to another. "
            + "From a node to itself only types that lead from some node to itself.")
    public Stream<LinkRow> types(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.PREDICT_TYPES)
                    Map<String, Object> configuration) {
        return new TypePrediction(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Predicts links. */
    @Procedure(name = "whylink.predict.links", mode = Mode.READ)
    @Description("Predicts the most plausible links of the whole graph that it does not have. "
            + "Links from a node to itself only of types that lead from some node to itself.")
    public Stream<LinkRow> links(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.PREDICT_LINKS)
                    Map<String, Object> configuration) {
        return new LinkSearch(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Writes predicted links. */
    @Procedure(name = "whylink.predict.write", mode = Mode.WRITE)
    @Description("Writes the most plausible links of the whole graph that it does not have as relationships of a type, "
            + "with the properties score, probability, calibrated (if the model is), model and type (what was predicted); at most one between two nodes, never over an existing one. "
            + "Reads what is committed and commits by itself, whatever becomes of the calling transaction.")
    public Stream<WriteRow> write(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.PREDICT_WRITE)
                    Map<String, Object> configuration) {
        return new LinkWriting(database, transaction, log, terminationGuard).run(modelName, configuration);
    }
}
