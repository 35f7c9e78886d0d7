package io.github.whylink.procedures.config;

import java.util.Map;

/**
 * What {@code whylink.explain.necessary} is asked: without which facts would another answer be the best.
 *
 * @param maxFacts how many facts may be left out
 * @param maxTrainings after how many trainings nothing more is tried to be spared
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record NecessaryConfiguration(
        LinkRequest link, int maxFacts, int maxTrainings, MethodRequest how, Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static NecessaryConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.explain.necessary", configuration);
        return new NecessaryConfiguration(
                LinkRequest.read(in),
                in.integer("maxFacts", 1, 100_000, 64),
                in.integer("maxTrainings", 1, 100_000, 30),
                MethodRequest.beforeTraining(in),
                in.finish());
    }
}
