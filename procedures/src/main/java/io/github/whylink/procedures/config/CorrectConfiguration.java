package io.github.whylink.procedures.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What {@code whylink.correct} is asked: which link is to be the best answer, and how.
 *
 * @param maxSteps of the remedy steps
 * @param maxFacts to roll back, with the remedy rollback
 * @param sample how many held-out facts to rank before and after
 * @param undoable whether to keep what can be put back
 * @param concurrency threads; never changes the result
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record CorrectConfiguration(
        LinkRequest link,
        Remedy remedy,
        int maxSteps,
        int maxFacts,
        int sample,
        boolean dryRun,
        boolean undoable,
        int concurrency,
        Map<String, Object> effective) {
    /** What is done about a wrong prediction. */
    public enum Remedy {
        /** A few steps on the rows of source and target. */
        STEPS("steps"),
        /** The facts that speak against it are rolled back. */
        ROLLBACK("rollback"),
        /** A few more steps of training on the facts that support it most. */
        FINE_TUNING("fineTuning");

        private final String text;

        Remedy(String text) {
            this.text = text;
        }

        /** The name in configurations. */
        public String text() {
            return text;
        }
    }

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static CorrectConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.correct", configuration);
        LinkRequest link = LinkRequest.read(in);
        List<String> remedies = Arrays.stream(Remedy.values()).map(Remedy::text).toList();
        Remedy remedy = Remedy.values()[remedies.indexOf(in.oneOf("remedy", remedies, Remedy.STEPS.text))];
        boolean steps = remedy != Remedy.ROLLBACK;
        boolean facts = remedy != Remedy.STEPS;
        return new CorrectConfiguration(
                link,
                remedy,
                in.applies("maxSteps", steps, "the remedies 'steps' and 'fineTuning'", "remedy")
                        ? in.integer("maxSteps", 1, 1_000, remedy == Remedy.STEPS ? 10 : 50)
                        : 1,
                in.applies("maxFacts", facts, "the remedies 'rollback' and 'fineTuning'", "remedy")
                        ? in.integer("maxFacts", 1, 100_000, remedy == Remedy.ROLLBACK ? 50 : 10)
                        : 1,
                in.integer("sample", 0, 1_000_000, 200),
                in.bool("dryRun", true),
                in.bool("undoable", true),
                MethodRequest.concurrency(in),
                in.finish());
    }
}
