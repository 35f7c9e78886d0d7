package io.github.whylink.procedures.config;

import io.github.whylink.embedding.ranking.BestLinks;
import java.util.Map;
import org.neo4j.graphdb.Node;

/**
 * What {@code whylink.predict.types} is asked: how may (source)-[?]->(target) be linked.
 *
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record TypesConfiguration(
        Node source,
        Node target,
        int topK,
        BestLinks.Order order,
        boolean includeKnown,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static TypesConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.predict.types", configuration);
        return new TypesConfiguration(
                in.requiredNode("source"),
                in.requiredNode("target"),
                in.integer("topK", 1, 10_000, 10),
                LinksConfiguration.order(in),
                in.bool("includeKnown", false),
                in.finish());
    }
}
