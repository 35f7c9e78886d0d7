package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.explain.necessary}: one of the facts without which another answer is the best. */
public final class NecessaryRow {
    @Description("Place among the facts, from 1, the most influential first.")
    public final long rank;

    @Description("Start node of the fact.")
    public final Node source;

    @Description("The fact: a relationship of the graph that the model was trained on.")
    public final Relationship fact;

    @Description("Relationship type of the fact.")
    public final String type;

    @Description("End node of the fact.")
    public final Node target;

    @Description(
            "What the fact shares with the predicted link: 'source', 'type', 'target', joined by ' + ', or 'elsewhere in the graph' if nothing.")
    public final String role;

    @Description("What the method takes for the probability of the predicted link with the fact minus without it.")
    public final double influence;

    @Description("Probability of the predicted link: softmax over all entities as its target.")
    public final double probability;

    @Description(
            "Whether the facts of all rows together are enough: true if the model that was trained again without them has another best answer; false if even these, as many as maxFacts allows, are not.")
    public final boolean enough;

    @Description("The probability in the model that was trained again without the facts of all rows.")
    public final double probabilityWithout;

    @Description("The best answer of that model.")
    public final Node topTargetWithout;

    @Description("How many sets of facts were tried out by training again.")
    public final long trainings;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    public NecessaryRow(ExplanationRow fact, boolean enough, VerificationRow.Place without, long trainings) {
        rank = fact.rank;
        source = fact.source;
        this.fact = fact.fact;
        type = fact.type;
        target = fact.target;
        role = fact.role;
        influence = fact.influence;
        probability = fact.probability;
        this.enough = enough;
        probabilityWithout = without.probability();
        topTargetWithout = without.topTarget();
        this.trainings = trainings;
        configuration = fact.configuration;
    }
}
