package io.github.whylink.procedures.api;

import io.github.whylink.procedures.result.ExplanationGraphRow;
import io.github.whylink.procedures.result.ExplanationRow;
import io.github.whylink.procedures.result.NecessaryRow;
import io.github.whylink.procedures.result.SufficientRow;
import io.github.whylink.procedures.result.VerificationRow;
import io.github.whylink.procedures.result.WhatIfRow;
import io.github.whylink.procedures.workflow.Explanation;
import io.github.whylink.procedures.workflow.NecessarySet;
import io.github.whylink.procedures.workflow.SufficientSet;
import io.github.whylink.procedures.workflow.Verification;
import io.github.whylink.procedures.workflow.WhatIf;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.explain} and what is asked about an explanation. */
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

    /** Explains a fact by rows. */
    @Procedure(name = "whylink.explain.fact", mode = Mode.READ)
    @Description(
            "Says why a model believes in a fact of the graph: the facts that are responsible, and how much each is; the fact itself among them if the model was trained on it.")
    public Stream<ExplanationRow> fact(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "fact", description = Descriptions.FACT) Relationship fact,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.EXPLAIN_FACT)
                    Map<String, Object> configuration) {
        return new Explanation(database, transaction, terminationGuard).fact(modelName, fact, configuration);
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

    /** Trains without some facts. */
    @Procedure(name = "whylink.explain.verify", mode = Mode.READ)
    @Description(
            "Trains a model again without some facts, those that an explanation names first or those that the user names, "
                    + "and says what became of the prediction (source)-[type]->(target). The stored model stays as it is.")
    public Stream<VerificationRow> verify(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.EXPLAIN_VERIFY)
                    Map<String, Object> configuration) {
        return new Verification(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Finds facts that a prediction cannot do without. */
    @Procedure(name = "whylink.explain.necessary", mode = Mode.READ)
    @Description(
            "Finds a small set of facts without which (source)-[type]->(target) would not be the model's best answer, and proves it by training again without them. No row if no fact supports the prediction.")
    public Stream<NecessaryRow> necessary(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.EXPLAIN_NECESSARY)
                    Map<String, Object> configuration) {
        return new NecessarySet(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Finds facts that make a prediction hold for others. */
    @Procedure(name = "whylink.explain.sufficient", mode = Mode.READ)
    @Description(
            "Finds a small set of facts of the source that, given to other nodes in its place, makes the model predict the same target for them, and tries that out by training the rows of these nodes, as whylink.embed does. No row if no fact of the source supports the prediction, or none that was tried helps.")
    public Stream<SufficientRow> sufficient(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.EXPLAIN_SUFFICIENT)
                    Map<String, Object> configuration) {
        return new SufficientSet(database, transaction, terminationGuard).run(modelName, configuration);
    }

    /** Predicts what would be without some facts, or with some more. */
    @Procedure(name = "whylink.whatif", mode = Mode.READ)
    @Description(
            "Says how the probabilities of predictions, those that are named or the most affected ones, would change if the model had never seen some facts, or had seen some more. Graph and model stay as they are.")
    public Stream<WhatIfRow> whatIf(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", description = Descriptions.WHAT_IF) Map<String, Object> configuration) {
        return new WhatIf(database, transaction, terminationGuard).run(modelName, configuration);
    }
}
