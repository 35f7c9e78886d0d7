package io.github.whylink.procedures.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code whylink.report} is asked: which examples to show, and whether to ask trainings about explanations.
 *
 * @param examples how many predictions are explained
 * @param topK how many facts each explanation names
 * @param captionProperty the property that names a node; null to choose it per node
 * @param faithfulness how many predictions to ask trainings about, and how many facts to leave out one by one; 0 to ask none
 * @param concurrency threads of the ranking, and trainings at a time
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record ReportConfiguration(
        int examples,
        int topK,
        String captionProperty,
        int faithfulness,
        int concurrency,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ReportConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.report", configuration);
        return new ReportConfiguration(
                in.integer("examples", 0, 100, 3),
                in.integer("topK", 1, 100, 6),
                in.optionalString("captionProperty"),
                in.integer("faithfulness", 0, 1000, 0),
                in.integer("concurrency", 1, 256, 4),
                in.finish());
    }

    /** What is asked about an example. */
    public ExplainConfiguration explanation(LinkRequest link) {
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("source", link.source());
        asked.put("type", link.type());
        asked.put("target", link.target());
        asked.put("topK", (long) topK);
        if (captionProperty != null) {
            asked.put("captionProperty", captionProperty);
        }
        return ExplainConfiguration.forPicture(asked);
    }

    /** What trainings are asked about the method that the examples are explained by. */
    public FaithfulnessConfiguration trainings() {
        return FaithfulnessConfiguration.of(Map.of(
                "methods",
                List.of(Method.ROLLBACK.text()),
                "queries",
                (long) faithfulness,
                "facts",
                (long) faithfulness,
                "concurrency",
                (long) concurrency));
    }

    /** How the held-out facts are ranked. */
    public EvaluateConfiguration evaluation() {
        return EvaluateConfiguration.of(Map.of("concurrency", (long) concurrency));
    }
}
