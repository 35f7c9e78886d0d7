package io.github.whylink.procedures.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;

/**
 * A link as the user names it: (source)-[type]->(target).
 *
 * @param exists whether it was named by a relationship of the graph, so that the model may have been trained on it
 */
public record LinkRequest(Node source, String type, Node target, boolean exists) {
    private static final String MEANING =
            "a list, not empty, of maps {source: a node, type: 'TYPE', target: a node} or of relationships";

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
