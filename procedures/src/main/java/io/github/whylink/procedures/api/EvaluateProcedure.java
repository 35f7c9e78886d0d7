package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.EvaluationRow;
import io.github.whylink.procedures.workflow.Evaluation;
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

/** {@code whylink.evaluate}. */
public final class EvaluateProcedure {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Evaluates a model. */
    @Procedure(name = "whylink.evaluate", mode = Mode.READ)
    @Description("Measures how well a model ranks facts of the graph, those above all that it was not trained on: "
            + "one row about all of them, and one for each relationship type and side.")
    public Stream<EvaluationRow> evaluate(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.EVALUATE)
                    Map<String, Object> configuration) {
        return new Evaluation(database, transaction, terminationGuard).run(modelName, configuration);
    }
}
