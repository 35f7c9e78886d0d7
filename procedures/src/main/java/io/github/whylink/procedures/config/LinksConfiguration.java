package io.github.whylink.procedures.config;

import io.github.whylink.embedding.ranking.BestLinks;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code whylink.predict.links} and {@code whylink.predict.write} are asked: the best links of the whole graph.
 *
 * @param relationshipTypes of the links; {@code *} for all that the model knows
 * @param sourceLabels labels of which a source must have one; {@code *} for any node
 * @param targetLabels labels of which a target must have one; {@code *} for any node
 * @param threshold the least score or probability, whichever the order is by
 * @param writeType type of the relationships to write; null where none are
 * @param effective as it is echoed to the user
 */
public record LinksConfiguration(
        List<String> relationshipTypes,
        List<String> sourceLabels,
        List<String> targetLabels,
        int topK,
        BestLinks.Order order,
        double threshold,
        boolean includeKnown,
        int concurrency,
        String writeType,
        Map<String, Object> effective) {
    /**
     * Reads the map of a call that wants rows.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static LinksConfiguration forRows(Map<String, Object> configuration) {
        return of(new ConfigurationReader("whylink.predict.links", configuration), false);
    }

    /**
     * Reads the map of a call that wants relationships.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static LinksConfiguration forWriting(Map<String, Object> configuration) {
        return of(new ConfigurationReader("whylink.predict.write", configuration), true);
    }

    private static LinksConfiguration of(ConfigurationReader in, boolean writes) {
        List<String> any = List.of(TrainConfiguration.ALL);
        String writeType = writes ? in.requiredType("writeType") : null;
        List<String> types = in.strings("relationshipTypes", any);
        List<String> sources = in.strings("sourceLabels", any);
        List<String> targets = in.strings("targetLabels", any);
        int topK = in.integer("topK", 1, 100_000, 10);
        BestLinks.Order order = order(in);
        Double threshold = in.optionalNumber("threshold");
        boolean includeKnown = !writes && in.bool("includeKnown", false);
        int concurrency = MethodRequest.concurrency(in);
        in.finish();
        return new LinksConfiguration(
                types,
                sources,
                targets,
                topK,
                order,
                threshold == null ? Double.NEGATIVE_INFINITY : threshold,
                includeKnown,
                concurrency,
                writeType,
                in.effective());
    }

    /** Reads what makes one link better than another. */
    static BestLinks.Order order(ConfigurationReader in) {
        List<String> names = Arrays.stream(BestLinks.Order.values())
                .map(order -> order.name().toLowerCase(Locale.ROOT))
                .toList();
        return BestLinks.Order.valueOf(in.oneOf("orderBy", names, "probability").toUpperCase(Locale.ROOT));
    }
}
