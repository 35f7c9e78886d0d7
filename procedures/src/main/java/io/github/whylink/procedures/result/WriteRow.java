package io.github.whylink.procedures.result;

import io.github.whylink.procedures.config.LinksConfiguration;
import io.github.whylink.procedures.config.ModelName;
import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.predict.write}. */
public final class WriteRow {
    @Description("The name of the model that predicted.")
    public final String modelName;

    @Description("Type of the relationships that were written.")
    public final String writeType;

    @Description("Links that were predicted.")
    public final long found;

    @Description("Relationships that were written.")
    public final long written;

    @Description(
            "Links that were left out because a relationship of this type leads from source to target already, or one of the two is no longer there.")
    public final long skipped;

    @Description("Milliseconds that it took to find the links.")
    public final long predictMillis;

    @Description("Milliseconds that it took to write them.")
    public final long writeMillis;

    @Description("Every key with the value that was used.")
    public final Map<String, Object> configuration;

    public WriteRow(
            ModelName name,
            String writeType,
            LinksConfiguration request,
            long found,
            long written,
            long predictMillis,
            long writeMillis) {
        modelName = name.value();
        this.writeType = writeType;
        this.found = found;
        this.written = written;
        skipped = found - written;
        this.predictMillis = predictMillis;
        this.writeMillis = writeMillis;
        configuration = request.effective();
    }
}
