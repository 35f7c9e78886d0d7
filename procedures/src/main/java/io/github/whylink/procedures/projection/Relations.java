package io.github.whylink.procedures.projection;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.neo4j.graphdb.Relationship;

/**
 * How relationships become relations: the one place that knows that a type may be several of them.
 *
 * <pre>
 * RATED split by rating      (ada)-[:RATED {rating: 5}]->(film)      is a fact of the relation RATED=5
 * </pre>
 *
 * <p>From here on there are relations only, and each is what a type is elsewhere. A relationship of a split type without the
 * property, or with a value that is none to split by, is of the plain type: no training allows that, but the graph may come
 * to have some.
 *
 * @param properties the property that splits a type, by type
 */
public record Relations(Map<String, String> properties) {
    /** Each type is one relation. */
    public static final Relations OF_TYPES = new Relations(Map.of());

    /** Characters of a text that may be a value: a name, and no description. */
    private static final int LONGEST_TEXT = 200;

    public Relations {
        properties = Collections.unmodifiableMap(new TreeMap<>(properties));
    }

    /** The relation of which a relationship is a fact now. */
    public Relation of(Relationship relationship) {
        String type = relationship.getType().name();
        String property = properties.get(type);
        Object value = property == null ? null : value(relationship.getProperty(property, null));
        return value == null ? new Relation(type) : new Relation(type, property, value);
    }

    /** Whether a relationship lacks what its type is split by. */
    boolean lacks(Relation relation) {
        return !relation.isSplit() && properties.containsKey(relation.type());
    }

    /** A value to split by, numbers that are equal being the same; null if it is none. */
    private static Object value(Object stored) {
        if (stored instanceof Float number) {
            // As Cypher shows it, not with the digits that a wider number has behind it.
            return value(Double.valueOf(number.toString()));
        }
        if (stored instanceof Double number) {
            boolean whole = number == Math.rint(number) && Math.abs(number) < 0x1p53;
            return whole ? (Object) number.longValue() : Double.isFinite(number) ? number : null;
        }
        if (stored instanceof Number number) {
            return number.longValue();
        }
        return stored instanceof Boolean || (stored instanceof String text && text.length() <= LONGEST_TEXT)
                ? stored
                : null;
    }
}
