package io.github.whylink.procedures.projection;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.neo4j.graphdb.Relationship;

/** What a training has to know of the properties that split types: that they do, on every relationship, into not too many. */
final class Splits {
    /** More are hardly classes: each has a row of its own, trained on its own facts alone. */
    static final int MOST_VALUES = 200;

    private final Relations relations;
    private final Map<String, Split> byType = new TreeMap<>();
    private final Map<String, Relation> byName = new HashMap<>();

    Splits(Relations relations) {
        this.relations = relations;
    }

    /** What was seen of one type. */
    private static final class Split {
        private final Set<Object> values = new HashSet<>();
        private final Map<String, Object> kinds = new TreeMap<>();
        private long seen;
        private long lacking;
        private boolean floats;
    }

    /**
     * Looks at a relationship of the selection.
     *
     * @throws IllegalArgumentException if its type has too many values, or its relation the name of another one
     */
    void see(Relation relation, Relationship relationship) {
        Relation namesake = byName.putIfAbsent(relation.name(), relation);
        if (namesake != null && !namesake.equals(relation) && namesake.isSplit() != relation.isSplit()) {
            throw refused(
                    "the type '%s' has the name of the relation that '%s' is with '%s' %s; rename one of them, or leave it out of 'relationshipTypes'"
                            .formatted(
                                    relation.name(),
                                    splitOf(relation, namesake).type(),
                                    splitOf(relation, namesake).property(),
                                    splitOf(relation, namesake).value()));
        }
        String property = relations.properties().get(relation.type());
        if (property == null) {
            return;
        }
        Split split = byType.computeIfAbsent(relation.type(), unseen -> new Split());
        split.seen++;
        if (relations.lacks(relation)) {
            split.lacking++;
            return;
        }
        Object stored = relationship.getProperty(property, null);
        split.floats |= stored instanceof Double || stored instanceof Float;
        split.kinds.putIfAbsent(kind(relation.value()), relation.value());
        split.values.add(relation.value());
        if (split.values.size() > MOST_VALUES) {
            throw refused(
                    "'%s' of '%s' has more than %d values, which are too many relations; make classes of them, as with MATCH ()-[r:%s]->() SET r.%sClass = round(r.%s), and name that property"
                            .formatted(property, relation.type(), MOST_VALUES, relation.type(), property, property));
        }
    }

    private static Relation splitOf(Relation a, Relation b) {
        return a.isSplit() ? a : b;
    }

    private static String kind(Object value) {
        return value instanceof Number ? "numbers" : value instanceof String ? "texts" : "true or false";
    }

    /**
     * The relations as they are to be kept: numbers as floats where the graph has a float among them.
     *
     * @throws IllegalArgumentException if relationships lack what their type is split by, or its values are of several kinds
     */
    List<Relation> checked(List<Relation> found) {
        byType.forEach((type, split) -> {
            String property = relations.properties().get(type);
            if (split.lacking > 0) {
                throw refused(
                        "%d of %d relationships of type '%s' have no '%s' that is a number, a text of at most 200 characters, true or false, so that they are facts of none of its relations; SET it on them, give them another type, or leave '%s' out"
                                .formatted(split.lacking, split.seen, type, property, type));
            }
            if (split.kinds.size() > 1) {
                throw refused(
                        "'%s' of '%s' has values of several kinds, as %s; SET all to one kind, as with toInteger(...)"
                                .formatted(property, type, examples(split)));
            }
        });
        return found.stream()
                .map(relation ->
                        relation.isSplit() && byType.get(relation.type()).floats ? relation.withFloat() : relation)
                .toList();
    }

    private static String examples(Split split) {
        return String.join(
                " and ",
                split.kinds.values().stream()
                        .map(value -> value instanceof String ? "'" + value + "'" : String.valueOf(value))
                        .toList());
    }

    private static IllegalArgumentException refused(String reason) {
        return new IllegalArgumentException("'%s': %s".formatted(Selection.PROPERTIES, reason));
    }
}
