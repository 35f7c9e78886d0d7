package io.github.whylink.procedures.config;

import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Relationship;

/**
 * What {@code whylink.forget} is asked: which facts a model is to forget.
 *
 * @param method 'settle' or 'rollback'; null to choose by the model
 * @param sample how many held-out facts to rank before and after
 * @param undoable whether to keep what can be put back
 * @param concurrency threads; never changes the result
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record ForgetConfiguration(
        List<Relationship> facts,
        String method,
        int sample,
        boolean dryRun,
        boolean undoable,
        int concurrency,
        Map<String, Object> effective) {
    /** The rows move until the other facts pull as all of them did. */
    public static final String SETTLE = "settle";

    /** What was recorded of the facts is subtracted. */
    public static final String ROLLBACK = "rollback";

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ForgetConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.forget", configuration);
        return new ForgetConfiguration(
                in.requiredRelationships("facts"),
                in.optionalOneOf("method", List.of(SETTLE, ROLLBACK)),
                in.integer("sample", 0, 1_000_000, 200),
                in.bool("dryRun", false),
                in.bool("undoable", true),
                MethodRequest.concurrency(in),
                in.finish());
    }
}
