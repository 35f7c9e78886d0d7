package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.ReportRow;
import io.github.whylink.procedures.workflow.Report;
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

/** {@code whylink.report}. */
public final class ReportProcedure {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Reports about a model. */
    @Procedure(name = "whylink.report", mode = Mode.READ)
    @Description(
            "Tells about a model on one HTML page: its configuration and training, how well it ranks held-out facts of "
                    + "each relationship type, and some of its predictions with the facts responsible for them.")
    public Stream<ReportRow> report(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.REPORT)
                    Map<String, Object> configuration) {
        return new Report(database, transaction, terminationGuard).run(modelName, configuration);
    }
}
