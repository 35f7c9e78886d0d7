package io.github.whylink.procedures.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.neo4j.graphdb.Relationship;

/**
 * What a training has to know of the property that weighs its facts: that it is a weight, a finite number of 0 or more, on every
 * relationship. A default for others would be somebody's guess.
 */
final class Weights {
    /** Characters of a value in a message. */
    private static final int SHOWN_AT_MOST = 40;

    private final String property;
    private final Map<String, Seen> byType = new TreeMap<>();

    Weights(String property) {
        this.property = property;
    }

    /** What was seen of one type. */
    private static final class Seen {
        private long all;
        private long lacking;
        private Object wrong;
    }

    /**
     * The weight of a relationship.
     *
     * @param property that has it; null if facts are not weighed
     * @return NaN if it has none; 1 if facts are not weighed
     */
    static float of(Relationship relationship, String property) {
        if (property == null) {
            return 1f;
        }
        if (relationship.getProperty(property, null) instanceof Number number) {
            float weight = number.floatValue();
            if (weight == 0f) {
                // Not the negative one.
                return 0f;
            }
            if (weight > 0f && weight < Float.POSITIVE_INFINITY) {
                return weight;
            }
        }
        return Float.NaN;
    }

    /** Looks at a relationship of the selection. */
    void see(Relationship relationship, float weight) {
        if (property == null) {
            return;
        }
        Seen seen = byType.computeIfAbsent(relationship.getType().name(), unseen -> new Seen());
        seen.all++;
        if (Float.isNaN(weight)) {
            seen.lacking++;
            seen.wrong = seen.wrong == null ? relationship.getProperty(property, null) : seen.wrong;
        }
    }

    /**
     * Checks what was seen.
     *
     * @throws IllegalArgumentException if relationships have no weight
     */
    void check() {
        List<String> lacking = new ArrayList<>();
        List<String> types = new ArrayList<>();
        byType.forEach((type, seen) -> {
            if (seen.lacking > 0) {
                types.add(type);
                String example = seen.wrong == null ? "" : " (one has %s)".formatted(shown(seen.wrong));
                lacking.add("%d of %d relationships of type '%s'%s".formatted(seen.lacking, seen.all, type, example));
            }
        });
        if (!lacking.isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s': %s have no '%s' that is a finite number of 0 or more; SET it on them, as with MATCH ()-[r:%s]->() WHERE r.%s IS NULL SET r.%s = 1.0, or leave '%s' out"
                            .formatted(
                                    Selection.WEIGHT,
                                    String.join(" and ", lacking),
                                    property,
                                    String.join("|", types),
                                    property,
                                    property,
                                    Selection.WEIGHT));
        }
    }

    private static String shown(Object value) {
        String text =
                value instanceof String ? "'" + value + "'" : value.getClass().isArray() ? "a list" : "" + value;
        return text.length() <= SHOWN_AT_MOST ? text : text.substring(0, SHOWN_AT_MOST) + "…";
    }
}
