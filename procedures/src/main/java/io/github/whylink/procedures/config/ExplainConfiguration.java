package io.github.whylink.procedures.config;

import java.util.Map;
import org.neo4j.graphdb.Node;

/**
 * What {@code whylink.explain} and {@code whylink.explain.graph} are asked: why is (source)-[type]->(target) predicted.
 *
 * @param captionProperty the property that names a node in the picture; null where the procedure draws none, or to
 *     choose it per node
 */
public record ExplainConfiguration(Node source, String type, Node target, int topK, String captionProperty) {
    /**
     * Reads the map of a call that wants rows.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ExplainConfiguration forRows(Map<String, Object> configuration) {
        return of(new ConfigurationReader("whylink.explain", configuration), false);
    }

    /**
     * Reads the map of a call that wants a picture.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ExplainConfiguration forPicture(Map<String, Object> configuration) {
        return of(new ConfigurationReader("whylink.explain.graph", configuration), true);
    }

    private static ExplainConfiguration of(ConfigurationReader in, boolean picture) {
        ExplainConfiguration read = new ExplainConfiguration(
                in.requiredNode("source"),
                in.requiredString("type", "a relationship type of the model"),
                in.requiredNode("target"),
                in.integer("topK", 1, picture ? 100 : 10_000, 10),
                picture ? in.optionalString("captionProperty") : null);
        in.finish();
        return read;
    }
}
