package io.github.whylink.procedures.config;

import io.github.whylink.influence.correction.Impact.Among;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.neo4j.graphdb.Relationship;

/**
 * What {@code whylink.audit.impact} is asked: what stands or falls with a fact.
 *
 * @param fact the fact
 * @param topK how many of the most affected links
 * @param among which links
 * @param replays whether the training is walked backwards
 * @param replayMemory bytes for that
 * @param concurrency threads; never changes the result
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record ImpactConfiguration(
        Relationship fact,
        int topK,
        Among among,
        boolean replays,
        long replayMemory,
        int concurrency,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static ImpactConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.audit.impact", configuration);
        Relationship fact = in.requiredRelationship("fact");
        int topK = in.integer("topK", 1, 1_000, 10);
        Among among = Among.valueOf(
                in.oneOf("among", List.of("all", "facts", "predictions"), "all").toUpperCase(Locale.ROOT));
        boolean replays = in.oneOf("tier", List.of(Tier.FAST.text(), Tier.REPLAY.text()), Tier.FAST.text())
                .equals(Tier.REPLAY.text());
        String only = "the tier 'replay'";
        return new ImpactConfiguration(
                fact,
                topK,
                among,
                replays,
                in.applies("replayMemory", replays, only, "tier") ? MethodRequest.replayMemory(in) : 0,
                in.applies("concurrency", replays, only, "tier") ? MethodRequest.concurrency(in) : 1,
                in.finish());
    }
}
