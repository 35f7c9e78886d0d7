package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.embed}. */
public final class EmbedRow {
    @Description("Name of the model.")
    public final String modelName;

    @Description("How many nodes got an embedding.")
    public final long nodes;

    @Description("Facts of these nodes that they were trained on. Parallel relationships of one type are one fact.")
    public final long facts;

    @Description(
            "Whether the facts of the selection are still others than those that the model knows: some were deleted, or lead from one node with an embedding to another, whose embeddings stay, or from nodes that were not named.")
    public final boolean stale;

    @Description(
            "Mean loss of the facts, and of those that were held against the new nodes, in the last epoch. Null if there was no new node.")
    public final Double loss;

    @Description("Whether the model was changed: false if there was no new node.")
    public final boolean written;

    @Description("Milliseconds that the training took, without reading and writing.")
    public final long trainMillis;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** Makes the row. */
    public EmbedRow(
            String modelName,
            long nodes,
            long facts,
            boolean stale,
            Double loss,
            boolean written,
            long trainMillis,
            Map<String, Object> configuration) {
        this.modelName = modelName;
        this.nodes = nodes;
        this.facts = facts;
        this.stale = stale;
        this.loss = loss;
        this.written = written;
        this.trainMillis = trainMillis;
        this.configuration = configuration;
    }
}
