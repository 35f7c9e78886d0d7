package io.github.whylink.procedures.result;

import io.github.whylink.procedures.config.LinkRequest;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.explain.graph}. */
public final class ExplanationGraphRow {
    @Description("Start node of the predicted link.")
    public final Node source;

    @Description("End node of the predicted link.")
    public final Node target;

    @Description("Relationship type of the predicted link.")
    public final String type;

    @Description("Probability of the predicted link: softmax over all entities as its target.")
    public final double probability;

    @Description(
            "Is the predicted link true? The probability from scores of facts that were not trained on and of made-up ones of the same type, as many: 0 to 1. Null if the model had too few such facts.")
    public final Double calibrated;

    @Description(
            "Of an ensemble: how many of its models have the predicted link as their own best answer. Null for one model.")
    public final Long members;

    @Description("The ends of the predicted link and of the facts, each once.")
    public final List<Node> nodes;

    @Description("The facts, in the order of the direction that was asked for.")
    public final List<Relationship> relationships;

    @Description("The influence of each fact, in the same order.")
    public final List<Double> influences;

    @Description(
            "The drop of the probability that training again without each fact led to, in the same order. Null but with tier 'verify'.")
    public final List<Double> verified;

    @Description("The explanation as a picture: one self-contained SVG document.")
    public final String svg;

    @Description(
            "The explanation for Neo4j Browser to draw: the predicted link, which the graph need not have, and the facts, each with its influence in its caption. Copies, only to be looked at, over Bolt; nodes and relationships are the stored ones.")
    public final List<Object> drawing;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /**
     * Makes the row.
     *
     * @param nodes the ends of the link and of the facts
     * @param drawing for Neo4j Browser
     */
    public ExplanationGraphRow(
            LinkRequest link,
            Belief belief,
            List<Node> nodes,
            List<ExplanationRow> facts,
            String svg,
            List<Object> drawing,
            Map<String, Object> configuration) {
        this.source = link.source();
        this.target = link.target();
        this.type = link.type();
        this.probability = belief.probability();
        this.calibrated = belief.calibrated();
        this.members = belief.members();
        this.nodes = nodes;
        this.relationships = facts.stream().map(row -> row.fact).toList();
        this.influences = facts.stream().map(row -> row.influence).toList();
        this.verified = facts.stream().anyMatch(row -> row.verified == null)
                ? null
                : facts.stream().map(row -> row.verified).toList();
        this.svg = svg;
        this.drawing = drawing;
        this.configuration = configuration;
    }
}
