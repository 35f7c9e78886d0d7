package io.github.whylink.procedures.result;

import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.explain}: one fact behind a predicted link. */
public final class ExplanationRow {
    @Description("Place among the facts, from 1, the most influential first.")
    public final long rank;

    @Description("Start node of the fact.")
    public final Node source;

    @Description("The fact: a relationship of the graph that the model was trained on.")
    public final Relationship fact;

    @Description("End node of the fact.")
    public final Node target;

    @Description("What the fact shares with the predicted link: 'source', 'type', 'target', joined by ' + '.")
    public final String role;

    @Description(
            "Probability of the predicted link with the fact minus without it. Negative if the fact holds the prediction back.")
    public final double influence;

    @Description("Influence divided by the sum of all positive influences. Null if no fact has a positive one.")
    public final Double share;

    @Description("Probability of the predicted link: softmax over all entities as its target.")
    public final double probability;

    public ExplanationRow(
            long rank, Relationship fact, String role, double influence, Double share, double probability) {
        this.rank = rank;
        this.source = fact.getStartNode();
        this.fact = fact;
        this.target = fact.getEndNode();
        this.role = role;
        this.influence = influence;
        this.share = share;
        this.probability = probability;
    }
}
