package io.github.whylink.procedures.config;

import java.util.Map;

/**
 * What {@code whylink.explain.sufficient} is asked: which facts of the source would make the prediction hold for others.
 *
 * @param maxFacts how many facts may be given to them
 * @param entities how many others
 * @param threshold for what share of them it has to hold
 * @param maxEpochs of the training of their rows; 0 for those of the model's training
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record SufficientConfiguration(
        LinkRequest link,
        int maxFacts,
        int entities,
        double threshold,
        int maxEpochs,
        MethodRequest how,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static SufficientConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.explain.sufficient", configuration);
        return new SufficientConfiguration(
                LinkRequest.read(in),
                in.integer("maxFacts", 1, 1_000, 8),
                in.integer("entities", 1, 1_000, 10),
                in.decimal("threshold", 0, 1, 0.9),
                in.integer("maxEpochs", 0, 100_000, 0),
                MethodRequest.beforeTraining(in),
                in.finish());
    }
}
