package io.github.whylink.procedures.config;

import java.util.Map;
import org.neo4j.graphdb.Node;

/** What {@code whylink.predict.value} is asked: with which value would (source)-[type]->(target) be. */
public record ValueConfiguration(Node source, String type, Node target) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ValueConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.predict.value", configuration);
        ValueConfiguration read = new ValueConfiguration(
                in.requiredNode("source"),
                in.requiredString("type", "a relationship type that a property splits"),
                in.requiredNode("target"));
        in.finish();
        return read;
    }
}
