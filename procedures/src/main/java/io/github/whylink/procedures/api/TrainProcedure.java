package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.EstimateRow;
import io.github.whylink.procedures.result.TrainRow;
import io.github.whylink.procedures.workflow.Training;
import io.github.whylink.procedures.workflow.TrainingEstimate;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.logging.Log;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.train} and {@code whylink.train.estimate}. */
public final class TrainProcedure {
    @Context
    public GraphDatabaseService database;

    @Context
    public Log log;

    @Context
    public TerminationGuard terminationGuard;

    /** Trains a model. */
    @Procedure(name = "whylink.train", mode = Mode.WRITE)
    @Description("Trains an embedding of the graph that can predict links and say why, and stores it in the graph. "
            + "Reads what is committed and commits by itself, whatever becomes of the calling transaction.")
    public Stream<TrainRow> train(
            @Name(value = "modelName", description = Descriptions.NEW_MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.TRAIN)
                    Map<String, Object> configuration) {
        return new Training(database, log, terminationGuard).run(modelName, configuration);
    }

    /** Estimates a training. */
    @Procedure(name = "whylink.train.estimate", mode = Mode.READ)
    @Description("Says what whylink.train would take with the same arguments: memory, room in the store and time. "
            + "Trains for two seconds at most, in memory, and writes nothing.")
    public Stream<EstimateRow> estimate(
            @Name(value = "modelName", description = Descriptions.NEW_MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.TRAIN)
                    Map<String, Object> configuration) {
        return new TrainingEstimate(database, terminationGuard).run(modelName, configuration);
    }
}
