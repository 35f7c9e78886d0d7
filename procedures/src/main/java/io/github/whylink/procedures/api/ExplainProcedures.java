package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.ExplanationGraphRow;
import io.github.whylink.procedures.result.ExplanationRow;
import io.github.whylink.procedures.workflow.Explanation;
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

/** {@code whylink.explain} and {@code whylink.explain.graph}. */
public final class ExplainProcedures {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Explains a link by rows. */
    @Procedure(name = "whylink.explain", mode = Mode.READ)
    @Description(
            "Says why a model predicts (source)-[type]->(target): the facts of the graph that are responsible, and how much each is.")
    public Stream<ExplanationRow> explain(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.EXPLAIN) Map<String, Object> configuration) {
        return new Explanation(database, transaction, terminationGuard).rows(modelName, configuration);
    }

    /** Explains a link by a subgraph. */
    @Procedure(name = "whylink.explain.graph", mode = Mode.READ)
    @Description("Says why a model predicts (source)-[type]->(target), as one subgraph and a picture of it.")
    public Stream<ExplanationGraphRow> graph(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.EXPLAIN_GRAPH)
                    Map<String, Object> configuration) {
        return new Explanation(database, transaction, terminationGuard).graph(modelName, configuration);
    }
}
