package io.github.whylink.procedures.result;

import io.github.whylink.procedures.config.ModelName;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.models.exists}. */
public final class ModelExistsRow {
    @Description("The name that was asked about.")
    public final String modelName;

    @Description("Whether there is a model of that name, ready or not.")
    public final boolean exists;

    @Description("Its state, as in whylink.models. Null if there is none.")
    public final String state;

    public ModelExistsRow(ModelName name, String state) {
        modelName = name.value();
        exists = state != null;
        this.state = state;
    }
}
