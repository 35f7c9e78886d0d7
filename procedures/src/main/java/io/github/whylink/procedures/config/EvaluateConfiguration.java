package io.github.whylink.procedures.config;

import io.github.whylink.embedding.ranking.Filtering;
import io.github.whylink.embedding.ranking.Ties;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code whylink.evaluate} is asked: how well a model ranks which facts, counted how.
 *
 * @param ties what rank an answer gets among others with its score
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record EvaluateConfiguration(
        Which facts, Filtering filtering, Ties ties, int concurrency, Map<String, Object> effective) {
    /** Which facts are ranked. */
    public enum Which {
        /** Those that the training neither saw nor stopped by. */
        HELD_OUT("heldOut"),
        /** Those that the model was trained on. */
        TRAINING("training"),
        /** All that the graph has now between nodes of the model. */
        ALL("all");

        private final String text;

        Which(String text) {
            this.text = text;
        }

        /** As it stands in configurations. */
        public String text() {
            return text;
        }
    }

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static EvaluateConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.evaluate", configuration);
        List<Which> all = List.of(Which.values());
        String facts = in.oneOf("facts", all.stream().map(Which::text).toList(), Which.HELD_OUT.text());
        return new EvaluateConfiguration(
                all.stream()
                        .filter(which -> which.text().equals(facts))
                        .findFirst()
                        .orElseThrow(),
                in.bool("filtered", true) ? Filtering.FILTERED : Filtering.RAW,
                Ties.valueOf(in.oneOf("ties", tiesNames(), text(Ties.REALISTIC)).toUpperCase(Locale.ROOT)),
                in.integer("concurrency", 1, 256, 4),
                in.finish());
    }

    /** A convention for ties as it stands in configurations and results. */
    public static String text(Ties ties) {
        return ties.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> tiesNames() {
        return Arrays.stream(Ties.values()).map(EvaluateConfiguration::text).toList();
    }
}
