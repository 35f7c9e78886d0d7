package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.whatif}: a prediction, and what would become of it if the training had had other facts. */
public final class WhatIfRow {
    @Description("Place of the prediction among the rows, from 1, the most affected first.")
    public final long rank;

    @Description("Start node of the prediction.")
    public final Node source;

    @Description("Relationship type of the prediction.")
    public final String type;

    @Description("End node of the prediction.")
    public final Node target;

    @Description(
            "Probability of the prediction in the model as it is, softmax over all entities as the target of (source)-[type]->(?).")
    public final double probability;

    @Description("By how much the probability is expected to change; below 0 it falls.")
    public final double predictedChange;

    @Description("By how much it changed when the model was trained again so. Null without verify.")
    public final Double change;

    @Description("Rank of the target in the model as it is, as whylink.predict.targets counts.")
    public final long targetRank;

    @Description("Rank of the target in the model that was trained again so. Null without verify.")
    public final Long targetRankAfter;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** What a model that was trained so says, and by how much that differs from one that was trained as before. */
    public record After(double change, long rank) {}

    /**
     * Makes a row.
     *
     * @param after null if nobody trained so
     */
    public WhatIfRow(
            long rank,
            Node source,
            String type,
            Node target,
            double probability,
            double predictedChange,
            long targetRank,
            After after,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = source;
        this.type = type;
        this.target = target;
        this.probability = probability;
        this.predictedChange = predictedChange;
        this.targetRank = targetRank;
        change = after == null ? null : (Double) after.change;
        targetRankAfter = after == null ? null : (Long) after.rank;
        this.configuration = configuration;
    }
}
