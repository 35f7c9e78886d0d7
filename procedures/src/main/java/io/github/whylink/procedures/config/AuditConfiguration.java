package io.github.whylink.procedures.config;

import io.github.whylink.influence.audit.Signal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code whylink.audit} is asked.
 *
 * @param topK how many facts
 * @param relationshipTypes of which types; {@code *} for all
 * @param signals which signals are asked
 * @param canaryFraction canaries per fact
 * @param folds trainings without a part
 * @param repetitions how often canaries are planted; 0 for as often as the graph is too small
 * @param randomSeed draws canaries and parts
 * @param concurrency threads
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record AuditConfiguration(
        int topK,
        List<String> relationshipTypes,
        Set<Signal> signals,
        double canaryFraction,
        int folds,
        int repetitions,
        long randomSeed,
        int concurrency,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static AuditConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.audit", configuration);
        List<String> standard = Signal.standard().stream().map(Signal::text).toList();
        return new AuditConfiguration(
                in.integer("topK", 1, 1_000_000, 100),
                in.strings("relationshipTypes", List.of(TrainConfiguration.ALL)),
                in.severalOf("signals", Signal.names(), standard).stream()
                        .map(Signal::named)
                        .collect(Collectors.toSet()),
                in.decimalAbove("canaryFraction", 0, 0.3, 0.05),
                in.integer("folds", 2, 20, 2),
                in.integer("repetitions", 0, 100, 0),
                in.anyLong("randomSeed", 42),
                MethodRequest.concurrency(in),
                in.finish());
    }
}
