package io.github.whylink.procedures.config;

import java.util.Map;
import org.neo4j.graphdb.Node;

/**
 * What {@code whylink.predict.value} is asked: with which value would (source)-[type]->(target) be.
 *
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record ValueConfiguration(Node source, String type, Node target, Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ValueConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.predict.value", configuration);
        return new ValueConfiguration(
                in.requiredNode("source"),
                in.requiredString("type", "a relationship type that a property splits"),
                in.requiredNode("target"),
                in.finish());
    }
}
