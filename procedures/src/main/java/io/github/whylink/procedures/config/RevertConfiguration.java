package io.github.whylink.procedures.config;

import java.util.Map;

/**
 * What {@code whylink.models.revert} is asked.
 *
 * @param discard whether what could be put back is thrown away instead
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record RevertConfiguration(boolean discard, Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static RevertConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.models.revert", configuration);
        return new RevertConfiguration(in.bool("discard", false), in.finish());
    }
}
