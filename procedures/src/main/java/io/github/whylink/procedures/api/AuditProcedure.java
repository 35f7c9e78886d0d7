package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.AuditRow;
import io.github.whylink.procedures.result.DuplicateRow;
import io.github.whylink.procedures.result.ImpactRow;
import io.github.whylink.procedures.workflow.DuplicateNodes;
import io.github.whylink.procedures.workflow.FactImpact;
import io.github.whylink.procedures.workflow.GraphAudit;
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

/** {@code whylink.audit} and what begins with it. */
public final class AuditProcedure {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Ranks the facts of the graph. */
    @Procedure(name = "whylink.audit", mode = Mode.READ)
    @Description(
            "Finds facts of the graph that are probably false, the most suspicious first: plants false facts in memory, trains with them as the model was trained, and learns what tells them from the rest. "
                    + "Facts with the property whylink_confirmed = true are no rows. Neither graph nor model changes.")
    public Stream<AuditRow> audit(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.AUDIT)
                    Map<String, Object> configuration) {
        return new GraphAudit(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Tells what stands or falls with a fact. */
    @Procedure(name = "whylink.audit.impact", mode = Mode.READ)
    @Description(
            "Tells which predictions and which other facts stand or fall with a fact of the graph: how their probabilities would change without it, the most affected first. "
                    + "Neither graph nor model changes.")
    public Stream<ImpactRow> impact(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.IMPACT) Map<String, Object> configuration) {
        return new FactImpact(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Finds nodes that are one thing. */
    @Procedure(name = "whylink.audit.duplicates", mode = Mode.READ)
    @Description(
            "Finds pairs of nodes that are probably one thing, entered twice: whose embeddings are more alike, and which have more facts in common, than either has with what is around it. "
                    + "Neither graph nor model changes.")
    public Stream<DuplicateRow> duplicates(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.DUPLICATES)
                    Map<String, Object> configuration) {
        return new DuplicateNodes(database, transaction, terminationGuard).run(modelName, configuration);
    }
}
