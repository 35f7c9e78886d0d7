package io.github.whylink.procedures.config;

import java.util.Map;

/**
 * What {@code whylink.models.drop} is to do.
 *
 * @param failIfMissing whether it is an error that there is no such model
 * @param onlyUnfinished whether to keep a model that answers, and remove what a new version left that was cut short
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record DropConfiguration(boolean failIfMissing, boolean onlyUnfinished, Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static DropConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.models.drop", configuration);
        return new DropConfiguration(in.bool("failIfMissing", true), in.bool("onlyUnfinished", false), in.finish());
    }
}
