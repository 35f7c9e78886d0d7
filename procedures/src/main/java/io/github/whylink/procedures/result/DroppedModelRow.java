package io.github.whylink.procedures.result;

import io.github.whylink.procedures.config.ModelName;
import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.models.drop}. */
public final class DroppedModelRow {
    @Description("The name of the model that was removed.")
    public final String modelName;

    @Description("Nodes that an embedding was removed from.")
    public final long entities;

    @Description("Relationships that influence was removed from.")
    public final long facts;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    public DroppedModelRow(ModelName name, long entities, long facts, Map<String, Object> configuration) {
        modelName = name.value();
        this.entities = entities;
        this.facts = facts;
        this.configuration = configuration;
    }
}
