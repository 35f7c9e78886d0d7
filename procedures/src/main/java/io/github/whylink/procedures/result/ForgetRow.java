package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.forget}. */
public final class ForgetRow {
    @Description("Name of the model.")
    public final String modelName;

    @Description("How many facts were forgotten: parallel relationships of one type are one fact.")
    public final long facts;

    @Description("How they were forgotten: settle or rollback.")
    public final String method;

    @Description("How many nodes got another embedding.")
    public final long nodes;

    @Description(
            "How many relationship types got another embedding: with method settle only those of which no fact is left.")
    public final long types;

    @Description(
            "Mean probability of the facts before, each as the target among all entities as the answer to (source)-[type]->(?).")
    public final double probability;

    @Description("Mean probability of the facts after.")
    public final double probabilityAfter;

    @Description(
            "How many held-out facts were ranked, to see what it did to others. 0 where nothing tells which they are: with influence: false, after the graph has changed.")
    public final long sampled;

    @Description("Mean reciprocal rank of these before. Null if none was ranked.")
    public final Double mrr;

    @Description("Mean reciprocal rank of these after. Null if none was ranked.")
    public final Double mrrAfter;

    @Description("Whether the model was changed: false with dryRun.")
    public final boolean written;

    @Description("Milliseconds that forgetting took, without reading and writing.")
    public final long forgetMillis;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** Makes the row. */
    public ForgetRow(
            String modelName,
            long facts,
            String method,
            long nodes,
            long types,
            double probability,
            double probabilityAfter,
            SideEffects others,
            boolean written,
            long forgetMillis,
            Map<String, Object> configuration) {
        this.modelName = modelName;
        this.facts = facts;
        this.method = method;
        this.nodes = nodes;
        this.types = types;
        this.probability = probability;
        this.probabilityAfter = probabilityAfter;
        sampled = others.sampled();
        mrr = others.mrr();
        mrrAfter = others.mrrAfter();
        this.written = written;
        this.forgetMillis = forgetMillis;
        this.configuration = configuration;
    }
}
