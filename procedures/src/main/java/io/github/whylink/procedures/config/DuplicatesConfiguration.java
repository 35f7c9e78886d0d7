package io.github.whylink.procedures.config;

import java.util.List;
import java.util.Map;

/**
 * What {@code whylink.audit.duplicates} is asked.
 *
 * @param topK how many pairs
 * @param nodeLabels labels of which both nodes must have one; {@code *} for any
 * @param acrossLabels whether nodes that have labels, but none in common, may be one thing
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record DuplicatesConfiguration(
        int topK, List<String> nodeLabels, boolean acrossLabels, Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static DuplicatesConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.audit.duplicates", configuration);
        return new DuplicatesConfiguration(
                in.integer("topK", 1, 10_000, 20),
                in.strings("nodeLabels", List.of(TrainConfiguration.ALL)),
                in.bool("acrossLabels", false),
                in.finish());
    }
}
