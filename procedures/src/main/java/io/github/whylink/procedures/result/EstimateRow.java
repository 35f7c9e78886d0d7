package io.github.whylink.procedures.result;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.train.estimate}. */
public final class EstimateRow {
    @Description("The name that was given.")
    public final String modelName;

    @Description("Nodes at the ends of the facts.")
    public final long entities;

    @Description("Relationship types of the facts.")
    public final long relations;

    @Description("Facts that would be trained on.")
    public final long facts;

    @Description("Bytes of heap that the training holds at the same time, beside what the server needs.")
    public final long heapBytes;

    @Description("Bytes of heap that the server may use in all.")
    public final long maxHeapBytes;

    @Description("Whether that is less; if not, whylink.train refuses the training, unless with sudo: true.")
    public final boolean fits;

    @Description(
            "Bytes that the store grows by. A new version of a model takes them beside the old one until that is removed.")
    public final long storeBytes;

    @Description(
            "Bytes that are written to the transaction log. A new version of a model writes more, as the old one is removed.")
    public final long logBytes;

    @Description(
            "Seconds of the training to maxEpochs, from two seconds of it on the real facts. Reading, validating, ranking and writing come on top. Null if it does not fit, or if a step takes more than ten seconds.")
    public final Double seconds;

    @Description("The configuration with all defaults filled in, ready to be passed to whylink.train.")
    public final Map<String, Object> configuration;

    public EstimateRow(
            ModelName name,
            long entities,
            long relations,
            long facts,
            long heapBytes,
            long maxHeapBytes,
            long storeBytes,
            long logBytes,
            Double seconds,
            TrainConfiguration configuration) {
        modelName = name.value();
        this.entities = entities;
        this.relations = relations;
        this.facts = facts;
        this.heapBytes = heapBytes;
        this.maxHeapBytes = maxHeapBytes;
        fits = heapBytes <= maxHeapBytes;
        this.storeBytes = storeBytes;
        this.logBytes = logBytes;
        this.seconds = seconds;
        this.configuration = configuration.toMap();
    }
}
