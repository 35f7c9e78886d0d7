package io.github.whylink.procedures.result;

import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.explain.sufficient}: one of the facts that make a prediction hold for others, too. */
public final class SufficientRow {
    @Description("Place among the facts, from 1, the most influential first.")
    public final long rank;

    @Description("Start node of the fact.")
    public final Node source;

    @Description("The fact: a relationship at the source of the predicted link that the model was trained on.")
    public final Relationship fact;

    @Description("Relationship type of the fact.")
    public final String type;

    @Description("End node of the fact.")
    public final Node target;

    @Description("What the method takes for the probability of the predicted link with the fact minus without it.")
    public final double influence;

    @Description("Probability of the predicted link: softmax over all entities as its target.")
    public final double probability;

    @Description(
            "Whether the facts of all rows together are enough: true if the prediction holds for as many of the others as the threshold asks for when they are given these facts; false if no set that was tried was, and this is the one that came closest.")
    public final boolean enough;

    @Description(
            "The others: nodes in the place of the source for which the model does not predict the target. A sample that is the same each time.")
    public final List<Node> entities;

    @Description("For how many of them it is the best answer when they are given the facts of all rows.")
    public final long holding;

    @Description("How many sets of facts were tried out by training the rows of the others.")
    public final long trainings;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    public SufficientRow(ExplanationRow fact, boolean enough, List<Node> entities, long holding, long trainings) {
        rank = fact.rank;
        source = fact.source;
        this.fact = fact.fact;
        type = fact.type;
        target = fact.target;
        influence = fact.influence;
        probability = fact.probability;
        this.enough = enough;
        this.entities = entities;
        this.holding = holding;
        this.trainings = trainings;
        configuration = fact.configuration;
    }
}
