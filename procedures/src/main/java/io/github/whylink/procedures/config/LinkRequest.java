package io.github.whylink.procedures.config;

import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;

/**
 * A link as the user names it: (source)-[type]->(target).
 *
 * @param exists whether it was named by a relationship of the graph, so that the model may have been trained on it
 */
public record LinkRequest(Node source, String type, Node target, boolean exists) {
    /** A link that is named by its parts, to be a prediction. */
    public LinkRequest(Node source, String type, Node target) {
        this(source, type, target, false);
    }

    /** A fact. */
    static LinkRequest of(Relationship fact) {
        return new LinkRequest(fact.getStartNode(), fact.getType().name(), fact.getEndNode(), true);
    }

    static LinkRequest read(ConfigurationReader in) {
        return new LinkRequest(
                in.requiredNode("source"),
                in.requiredString("type", "a relationship type of the model"),
                in.requiredNode("target"));
    }
}
