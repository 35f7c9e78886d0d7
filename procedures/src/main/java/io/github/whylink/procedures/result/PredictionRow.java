package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.predict.targets} and {@code whylink.predict.sources}: one link. */
public final class PredictionRow {
    @Description("Place among the answers, from 1; equal scores one after the other.")
    public final long rank;

    @Description("Start node of the link.")
    public final Node source;

    @Description("Relationship type of the link; with the value of a property that splits it, as RATED=5.")
    public final String type;

    @Description("End node of the link.")
    public final Node target;

    @Description("What the model gives the link; higher is more plausible. Only comparable within one model.")
    public final double score;

    @Description("Softmax of the score over all entities of the model in this place, 0 to 1.")
    public final double probability;

    @Description(
            "Is this link true? The probability from scores of facts that were not trained on and of made-up ones of the same type, as many: 0 to 1. Null if the model had too few such facts.")
    public final Double calibrated;

    @Description("Of an ensemble: how many of its models have this link as their own best answer. Null for one model.")
    public final Long members;

    @Description("Whether such a relationship exists in the graph now; of a split type, with whichever value.")
    public final boolean known;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    public PredictionRow(
            long rank,
            Node source,
            String type,
            Node target,
            double score,
            double probability,
            Double calibrated,
            Long members,
            boolean known,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = source;
        this.type = type;
        this.target = target;
        this.score = score;
        this.probability = probability;
        this.calibrated = calibrated;
        this.members = members;
        this.known = known;
        this.configuration = configuration;
    }
}
