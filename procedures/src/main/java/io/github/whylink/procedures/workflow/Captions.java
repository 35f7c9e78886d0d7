package io.github.whylink.procedures.workflow;

import io.github.whylink.influence.drawing.ExplanationPicture;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.ExplanationRow;
import java.lang.reflect.Array;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;

/**
 * How nodes are called in a picture: by the property that the user names; else by {@code name}, by {@code title}, by the
 * first of their properties that is a text, or by label and number.
 *
 * @param property null to choose per node
 */
record Captions(String property) {
    ExplanationPicture picture(
            String title, LinkRequest link, double probability, List<Node> nodes, List<ExplanationRow> rows) {
        return new ExplanationPicture(
                title,
                nodes.stream()
                        .map(node -> new ExplanationPicture.Node(caption(node), label(node)))
                        .toList(),
                nodes.indexOf(link.source()),
                nodes.indexOf(link.target()),
                link.type(),
                probability,
                rows.stream()
                        .map(row -> new ExplanationPicture.Fact(
                                nodes.indexOf(row.source), nodes.indexOf(row.target), row.type, row.influence))
                        .toList());
    }

    String caption(Node node) {
        if (property != null && node.hasProperty(property)) {
            return text(node.getProperty(property));
        }
        for (String usual : List.of("name", "title")) {
            if (node.getProperty(usual, null) instanceof String text) {
                return text;
            }
        }
        return StreamSupport.stream(node.getPropertyKeys().spliterator(), false)
                .filter(key -> !ModelName.isModelProperty(key) && node.getProperty(key) instanceof String)
                .min(String::compareTo)
                .map(key -> (String) node.getProperty(key))
                .orElseGet(() -> (label(node) + " " + InternalIds.of(node)).trim());
    }

    private static String text(Object value) {
        if (!value.getClass().isArray()) {
            return value.toString();
        }
        return IntStream.range(0, Array.getLength(value))
                .mapToObj(i -> String.valueOf(Array.get(value, i)))
                .collect(Collectors.joining(", "));
    }

    private static String label(Node node) {
        return StreamSupport.stream(node.getLabels().spliterator(), false)
                .map(Label::name)
                .min(String::compareTo)
                .orElse("");
    }
}
