package io.github.whylink.procedures.config;

import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;

/**
 * What {@code whylink.embed} is asked: which nodes are to get an embedding, and how they are trained.
 *
 * @param nodes that the model does not know; empty for all of its selection
 * @param maxEpochs passes over the facts of the nodes
 * @param learningRate null for that of the model's training
 * @param undoable whether to keep what can be put back
 * @param concurrency threads; never changes the result
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record EmbedConfiguration(
        List<Node> nodes,
        int maxEpochs,
        Double learningRate,
        boolean undoable,
        int concurrency,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static EmbedConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.embed", configuration);
        return new EmbedConfiguration(
                in.optionalNodes("nodes"),
                in.integer("maxEpochs", 1, 100_000, 10),
                in.optionalDecimalAbove("learningRate", 0, 10),
                in.bool("undoable", true),
                MethodRequest.concurrency(in),
                in.finish());
    }
}
