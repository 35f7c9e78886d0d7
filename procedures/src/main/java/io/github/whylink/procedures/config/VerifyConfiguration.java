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
 */
public record VerifyConfiguration(LinkRequest link, List<Relationship> facts, int topK, MethodRequest how, int seeds) {
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
        VerifyConfiguration read = new VerifyConfiguration(
                link,
                facts,
                in.integer("topK", 1, 10_000, 10),
                MethodRequest.beforeTraining(in),
                in.integer("seeds", 0, 100, 1));
        in.finish();
        return read;
    }
}
