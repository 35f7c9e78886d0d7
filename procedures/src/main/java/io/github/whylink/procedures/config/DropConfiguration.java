package io.github.whylink.procedures.config;

import java.util.Map;

/** What {@code whylink.models.drop} is to do about a model that is not there. */
public record DropConfiguration(boolean failIfMissing) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static DropConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.models.drop", configuration);
        DropConfiguration read = new DropConfiguration(in.bool("failIfMissing", true));
        in.finish();
        return read;
    }
}
