package io.github.whylink.procedures.result;

import java.util.List;
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

    @Description("The ends of the predicted link and of the facts, each once.")
    public final List<Node> nodes;

    @Description("The facts, from the most influential.")
    public final List<Relationship> relationships;

    @Description("The influence of each fact, in the same order.")
    public final List<Double> influences;

    @Description("The explanation as a picture: one self-contained SVG document.")
    public final String svg;

    public ExplanationGraphRow(
            Node source,
            Node target,
            String type,
            double probability,
            List<Node> nodes,
            List<Relationship> relationships,
            List<Double> influences,
            String svg) {
        this.source = source;
        this.target = target;
        this.type = type;
        this.probability = probability;
        this.nodes = nodes;
        this.relationships = relationships;
        this.influences = influences;
        this.svg = svg;
    }
}
