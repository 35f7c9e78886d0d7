package io.github.whylink.procedures.config;

import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Relationship;

/**
 * What {@code whylink.explain.verify} is asked: what becomes of a prediction without some facts.
 *
 * @param facts to leave out; empty to leave out those that an explanation names first
 * @param topK how many of those; of no meaning where facts are named
 * @param seeds how many times to train with nothing changed but the seed
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record VerifyConfiguration(
        LinkRequest link,
        List<Relationship> facts,
        int topK,
        MethodRequest how,
        int seeds,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static VerifyConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.explain.verify", configuration);
        LinkRequest link = LinkRequest.read(in);
        List<Relationship> facts = in.optionalRelationships("facts");
        if (in.has("facts") && in.has("topK")) {
            in.problem("'facts' and 'topK' both say which facts to leave out; give one of them", "facts", "topK");
        }
        int topK = in.integer("topK", 1, 10_000, 10);
        if (in.has("facts")) {
            in.withoutMeaning("topK");
        }
        return new VerifyConfiguration(
                link, facts, topK, MethodRequest.beforeTraining(in), in.integer("seeds", 0, 100, 1), in.finish());
    }
}
