package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.explain} or {@code whylink.explain.fact}: one fact behind a link. */
public final class ExplanationRow {
    @Description("Place among the facts, from 1, in the order of the direction that was asked for.")
    public final long rank;

    @Description("Start node of the fact.")
    public final Node source;

    @Description("The fact: a relationship of the graph that the model was trained on.")
    public final Relationship fact;

    @Description("Relationship type of the fact; with the value of a property that splits it, as RATED=5.")
    public final String type;

    @Description("End node of the fact.")
    public final Node target;

    @Description(
            "What the fact shares with the predicted link: 'source', 'type', 'target', joined by ' + ', or 'elsewhere in the graph' if nothing; 'the fact itself' where whylink.explain.fact is asked about it.")
    public final String role;

    @Description(
            "With method 'paths': the number of the chain that the fact is a step of, from 1, the surest first; the rows of a chain stand in the order of its steps, and a fact that is on several is with the first. Null with other methods.")
    public final Long chain;

    @Description(
            "What the method takes for the probability of the predicted link with the fact minus without it. Negative if the fact holds the prediction back. With 'paths' it is the confidence of the rule that the chain follows, from 0 to 1. Of the methods 'similarity', 'neighbourhood' and 'random' only the order means something.")
    public final double influence;

    @Description(
            "The standard deviation of the influence over the members of an ensemble, of whose influences it is the mean. Null for one model, and with tier 'fast', which rolls the fact back in all members at once.")
    public final Double spread;

    @Description(
            "The probability minus that of a model trained again without this fact, nothing else changed. Null but with tier 'verify'.")
    public final Double verified;

    @Description(
            "Influence divided by the probability: the part of it that would go with the fact. Facts can stand in for each other, so that the shares add up to anything. Null if the probability is 0.")
    public final Double share;

    @Description("Probability of the predicted link: softmax over all entities as its target.")
    public final double probability;

    @Description(
            "Is the predicted link true? The probability from scores of facts that were not trained on and of made-up ones of the same type, as many: 0 to 1. Null if the model had too few such facts.")
    public final Double calibrated;

    @Description(
            "Of an ensemble: how many of its models have the predicted link as their own best answer. Null for one model.")
    public final Long members;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /**
     * Makes a row.
     *
     * @param type what the model calls the type of the fact
     * @param chain null but where the method says so
     * @param spread null but for an ensemble
     * @param verified null if it was not measured
     */
    public ExplanationRow(
            long rank,
            Relationship fact,
            String type,
            String role,
            Long chain,
            double influence,
            Double spread,
            Double verified,
            Belief belief,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = fact.getStartNode();
        this.fact = fact;
        this.type = type;
        this.target = fact.getEndNode();
        this.role = role;
        this.chain = chain;
        this.influence = influence;
        this.spread = spread;
        this.verified = verified;
        this.share = belief.probability() > 0 ? (Double) (influence / belief.probability()) : null;
        this.probability = belief.probability();
        this.calibrated = belief.calibrated();
        this.members = belief.members();
        this.configuration = configuration;
    }
}
