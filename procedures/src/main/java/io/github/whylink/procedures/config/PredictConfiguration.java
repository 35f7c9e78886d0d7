package io.github.whylink.procedures.config;

import io.github.whylink.embedding.facts.Side;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;

/**
 * What {@code whylink.predict.targets} and {@code whylink.predict.sources} are asked.
 *
 * @param asked TAIL: the targets of (entity, type, ?); HEAD: the sources of (?, type, entity)
 * @param entity the end of the link that is given
 * @param nodeLabels labels of which an answer must have one; {@code *} for any node
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record PredictConfiguration(
        Side asked,
        Node entity,
        String type,
        int topK,
        List<String> nodeLabels,
        boolean includeKnown,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static PredictConfiguration of(Side asked, Map<String, Object> configuration) {
        boolean targets = asked == Side.TAIL;
        ConfigurationReader in =
                new ConfigurationReader(targets ? "whylink.predict.targets" : "whylink.predict.sources", configuration);
        return new PredictConfiguration(
                asked,
                in.requiredNode(targets ? "source" : "target"),
                in.requiredString("type", "a relationship type of the model"),
                in.integer("topK", 1, 10_000, 10),
                in.strings("nodeLabels", List.of(TrainConfiguration.ALL)),
                in.bool("includeKnown", false),
                in.finish());
    }
}
