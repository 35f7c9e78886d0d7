package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.models.revert}. */
public final class RevertedRow {
    @Description("Name of the model.")
    public final String modelName;

    @Description("The change that was undone or, with discard, can no longer be: what was done, in words.")
    public final String change;

    @Description("Whether it was undone: false with discard.")
    public final boolean reverted;

    @Description("How many nodes that concerns.")
    public final long nodes;

    @Description("How many relationships that concerns.")
    public final long facts;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** Makes the row. */
    public RevertedRow(
            String modelName,
            String change,
            boolean reverted,
            long nodes,
            long facts,
            Map<String, Object> configuration) {
        this.modelName = modelName;
        this.change = change;
        this.reverted = reverted;
        this.nodes = nodes;
        this.facts = facts;
        this.configuration = configuration;
    }
}
