package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.whatif}: a prediction, and what would become of it without some facts. */
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

    @Description("By how much the probability is expected to change without the facts; below 0 it falls.")
    public final double predictedChange;

    @Description("By how much it changed when the model was trained again without the facts. Null without verify.")
    public final Double change;

    @Description("Rank of the target in the model as it is, as whylink.predict.targets counts.")
    public final long targetRank;

    @Description("Rank of the target in the model that was trained again without the facts. Null without verify.")
    public final Long targetRankWithout;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** What a model that was trained without the facts says. */
    public record Without(double probability, long rank) {}

    /**
     * Makes a row.
     *
     * @param without null if nobody trained without the facts
     */
    public WhatIfRow(
            long rank,
            Node source,
            String type,
            Node target,
            double probability,
            double predictedChange,
            long targetRank,
            Without without,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = source;
        this.type = type;
        this.target = target;
        this.probability = probability;
        this.predictedChange = predictedChange;
        this.targetRank = targetRank;
        change = without == null ? null : (Double) (without.probability - probability);
        targetRankWithout = without == null ? null : (Long) without.rank;
        this.configuration = configuration;
    }
}
