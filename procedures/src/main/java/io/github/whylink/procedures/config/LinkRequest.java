package io.github.whylink.procedures.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;

/**
 * A link as the user names it: (source)-[type]->(target).
 *
 * @param fact the relationship of the graph by which it was named, so that the model may have been trained on it; null if it
 *     was named by its parts
 */
public record LinkRequest(Node source, String type, Node target, Relationship fact) {
    private static final String MEANING =
            "a list, not empty, of maps {source: a node, type: 'TYPE', target: a node} or of relationships";

    /** A link that is named by its parts, to be a prediction. */
    public LinkRequest(Node source, String type, Node target) {
        this(source, type, target, null);
    }

    /** A fact. */
    static LinkRequest of(Relationship fact) {
        return new LinkRequest(fact.getStartNode(), fact.getType().name(), fact.getEndNode(), fact);
    }

    /** Whether it is a fact of the graph. */
    public boolean exists() {
        return fact != null;
    }

    /** The same by the name that a model has for its type. */
    public LinkRequest named(String name) {
        return new LinkRequest(source, name, target, fact);
    }

    static LinkRequest read(ConfigurationReader in) {
        return new LinkRequest(
                in.requiredNode("source"),
                in.requiredString("type", "a relationship type of the model"),
                in.requiredNode("target"));
    }

    /** Several links, each a map of source, type and target, or a relationship of the graph. */
    static List<LinkRequest> readSeveral(ConfigurationReader in, String key) {
        List<LinkRequest> links = new ArrayList<>();
        for (Object element : in.optionalList(key, MEANING)) {
            if (element instanceof Relationship fact) {
                links.add(of(fact));
            } else if (element instanceof Map<?, ?> map
                    && map.size() == 3
                    && map.get("source") instanceof Node source
                    && map.get("type") instanceof String type
                    && map.get("target") instanceof Node target) {
                links.add(new LinkRequest(source, type, target));
            } else {
                in.wrongPart(key, element, MEANING);
                return List.of();
            }
        }
        return links;
    }
}
