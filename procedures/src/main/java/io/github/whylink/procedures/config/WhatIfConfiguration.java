package io.github.whylink.procedures.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Relationship;

/**
 * What {@code whylink.whatif} is asked: what would become of predictions without some facts, or with some more.
 *
 * @param remove facts to be without
 * @param add facts to have; at least one of either
 * @param predictions what to ask for; empty to look for the most affected ones
 * @param topK how many of those; of no meaning where predictions are named
 * @param among where to look for them
 * @param verify whether to train without and with the facts
 * @param replayMemory bytes for the replay of the training
 * @param concurrency threads; never changes the result
 * @param effective every choice with the value that is used, as it is echoed to the user
 */
public record WhatIfConfiguration(
        List<Relationship> remove,
        List<LinkRequest> add,
        List<LinkRequest> predictions,
        int topK,
        Among among,
        boolean verify,
        long replayMemory,
        int concurrency,
        Map<String, Object> effective) {
    /** Which facts may be the most affected ones. */
    public enum Among {
        ALL("all"),
        HELD_OUT("heldOut"),
        TRAINING("training");

        private final String text;

        Among(String text) {
            this.text = text;
        }
    }

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static WhatIfConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.whatif", configuration);
        List<Relationship> remove = in.optionalRelationships("remove");
        List<LinkRequest> add = LinkRequest.readSeveral(in, "add");
        if (!in.has("remove") && !in.has("add")) {
            in.problem(
                    "'remove' or 'add' is required: the facts to be without, as in MATCH ()-[r]->() ... {remove: collect(r)}, or those to have, as {add: [{source: a, type: 'TYPE', target: b}]}");
        }
        List<LinkRequest> predictions = LinkRequest.readSeveral(in, "predictions");
        int topK = in.integer("topK", 1, 1_000, 10);
        Among among = among(in);
        for (String key : List.of("topK", "among")) {
            if (in.has("predictions") && in.has(key)) {
                in.problem(
                        "'predictions' and '%s' both say what to look at; give one of them".formatted(key),
                        "predictions",
                        key);
            }
            if (in.has("predictions")) {
                in.withoutMeaning(key);
            }
        }
        return new WhatIfConfiguration(
                remove,
                add,
                predictions,
                topK,
                among,
                in.bool("verify", false),
                MethodRequest.replayMemory(in),
                MethodRequest.concurrency(in),
                in.finish());
    }

    private static Among among(ConfigurationReader in) {
        List<String> names =
                Arrays.stream(Among.values()).map(among -> among.text).toList();
        return Among.values()[names.indexOf(in.oneOf("among", names, Among.ALL.text))];
    }
}
