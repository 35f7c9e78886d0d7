package io.github.whylink.procedures.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.neo4j.graphdb.Relationship;

/**
 * What {@code whylink.explain}, {@code whylink.explain.graph} and {@code whylink.explain.fact} are asked: why is
 * (source)-[type]->(target) predicted, or believed.
 *
 * @param direction which facts are wanted, and in which order
 * @param how the facts are credited
 * @param captionProperty the property that names a node in the picture; null where the procedure draws none, or to
 *     choose it per node
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record ExplainConfiguration(
        LinkRequest link,
        int topK,
        Direction direction,
        MethodRequest how,
        String captionProperty,
        Map<String, Object> effective) {
    /** Which facts are wanted, and in which order. */
    public enum Direction {
        /** All, the most supporting first. */
        ANY,
        /** Those that support the prediction, the strongest first. */
        SUPPORTING,
        /** Those that hold the prediction back, the strongest first. */
        OPPOSING,
        /** All, the strongest first, whichever way they pull. */
        BOTH;

        private static List<String> names() {
            return Arrays.stream(values())
                    .filter(direction -> direction != ANY)
                    .map(direction -> direction.name().toLowerCase(Locale.ROOT))
                    .toList();
        }
    }

    /**
     * Reads the map of a call that wants rows.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ExplainConfiguration forRows(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.explain", configuration);
        return of(in, LinkRequest.read(in), false);
    }

    /**
     * Reads the map of a call about a fact.
     *
     * @param fact null is a problem like others
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ExplainConfiguration forFact(Relationship fact, Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.explain.fact", configuration);
        if (fact == null) {
            in.problem(
                    "'fact' must be a relationship, as in MATCH ()-[fact]->() CALL ..., but is null (did the MATCH before find nothing?)");
        }
        return of(in, fact == null ? null : LinkRequest.of(fact), false);
    }

    /**
     * Reads the map of a call that wants a picture.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ExplainConfiguration forPicture(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.explain.graph", configuration);
        return of(in, LinkRequest.read(in), true);
    }

    private static ExplainConfiguration of(ConfigurationReader in, LinkRequest link, boolean picture) {
        int topK = in.integer("topK", 1, picture ? 100 : 10_000, 10);
        String direction = in.optionalOneOf("direction", Direction.names());
        return new ExplainConfiguration(
                link,
                topK,
                direction == null ? Direction.ANY : Direction.valueOf(direction.toUpperCase(Locale.ROOT)),
                MethodRequest.orFast(in),
                picture ? in.optionalString("captionProperty") : null,
                in.finish());
    }
}
