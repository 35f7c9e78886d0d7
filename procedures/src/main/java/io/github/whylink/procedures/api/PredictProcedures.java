package io.github.whylink.procedures.api;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.procedures.result.PredictionRow;
import io.github.whylink.procedures.workflow.Prediction;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.predict.targets} and {@code whylink.predict.sources}. */
public final class PredictProcedures {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

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
}
