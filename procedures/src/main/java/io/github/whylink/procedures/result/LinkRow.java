package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.predict.links} and {@code whylink.predict.types}: one link among those of several queries. */
public final class LinkRow {
    @Description("Place among the links, from 1, by score or probability as was asked for.")
    public final long rank;

    @Description("Start node of the link.")
    public final Node source;

    @Description("Relationship type of the link; with the value of a property that splits it, as RATED=5.")
    public final String type;

    @Description("End node of the link.")
    public final Node target;

    @Description("What the model gives the link; higher is more plausible. Only comparable within one model.")
    public final double score;

    @Description("Softmax of the score over all entities of the model as the target of (source)-[type]->(?), 0 to 1.")
    public final double probability;

    @Description(
            "Is this link true? The probability from scores of facts that were not trained on and of made-up ones of the same type, as many: 0 to 1. Null if the model had too few such facts.")
    public final Double calibrated;

    @Description(
            "Rank of the target among all entities of the model as the answer to (source)-[type]->(?), from 1, half a rank for each equal score; other answers that exist in the graph are left out.")
    public final double targetRank;

    @Description("Whether such a relationship exists in the graph now; of a split type, with whichever value.")
    public final boolean known;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    public LinkRow(
            long rank,
            Node source,
            String type,
            Node target,
            double score,
            double probability,
            Double calibrated,
            double targetRank,
            boolean known,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = source;
        this.type = type;
        this.target = target;
        this.score = score;
        this.probability = probability;
        this.calibrated = calibrated;
        this.targetRank = targetRank;
        this.known = known;
        this.configuration = configuration;
    }
}
