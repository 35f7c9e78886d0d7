package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.EvaluationRow;
import io.github.whylink.procedures.result.FaithfulnessRow;
import io.github.whylink.procedures.workflow.Evaluation;
import io.github.whylink.procedures.workflow.Faithfulness;
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

/** {@code whylink.evaluate} and {@code whylink.evaluate.faithfulness}. */
public final class EvaluateProcedures {
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

    /** Evaluates explanations. */
    @Procedure(name = "whylink.evaluate.faithfulness", mode = Mode.READ)
    @Description(
            "Measures how far the explanations of a model agree with training it again without the facts that they name: "
                    + "one row for each method, and for the floors under all of them. Trains once for each fact that is left out.")
    public Stream<FaithfulnessRow> faithfulness(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.FAITHFULNESS)
                    Map<String, Object> configuration) {
        return new Faithfulness(database, transaction, terminationGuard).run(modelName, configuration);
    }
}
