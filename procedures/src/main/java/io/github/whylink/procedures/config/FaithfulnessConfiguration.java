package io.github.whylink.procedures.config;

import java.util.List;
import java.util.Map;

/**
 * What {@code whylink.evaluate.faithfulness} is asked: how far explanations agree with training again.
 *
 * @param methods that are measured
 * @param queries how many predictions are explained
 * @param facts how many facts are left out one by one
 * @param seeds how many times to train with nothing changed but the seed
 * @param randomSeed what the samples are drawn by
 * @param replayMemory bytes for the replay of a training
 * @param concurrency trainings at a time
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record FaithfulnessConfiguration(
        List<Method> methods,
        int queries,
        int facts,
        int seeds,
        long randomSeed,
        long replayMemory,
        int concurrency,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static FaithfulnessConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.evaluate.faithfulness", configuration);
        return new FaithfulnessConfiguration(
                in
                        .severalOf("methods", Method.names(), List.of(Method.ROLLBACK.text(), Method.UNROLLED.text()))
                        .stream()
                        .map(Method::named)
                        .toList(),
                in.integer("queries", 1, 100_000, 20),
                in.integer("facts", 0, 1_000_000, 50),
                in.integer("seeds", 0, 100, 1),
                in.anyLong("randomSeed", 42),
                MethodRequest.replayMemory(in),
                MethodRequest.concurrency(in),
                in.finish());
    }
}
