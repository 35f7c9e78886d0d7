package io.github.whylink.procedures.config;

import java.util.Map;

/**
 * What {@code whylink.models.revert} is asked.
 *
 * @param discard whether what could be put back is thrown away instead
 */
public record RevertConfiguration(boolean discard) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static RevertConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.models.revert", configuration);
        RevertConfiguration read = new RevertConfiguration(in.bool("discard", false));
        in.finish();
        return read;
    }
}
