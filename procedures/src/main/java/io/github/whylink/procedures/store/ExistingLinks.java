package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Relation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.ResourceIterator;
import org.neo4j.graphdb.Transaction;

/**
 * Which links between the nodes of a model the graph has now, whether or not the model was trained on them.
 *
 * @param known of each relation
 * @param byType of each type, as links of the first relation of the type; null where no type is split
 * @param firstOfType the first relation of the type of each relation
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ExistingLinks(KnownFacts known, KnownFacts byType, int[] firstOfType) {
    /**
     * Reads the relationships of some types. O(relationships).
     *
     * @param wanted relations of the model
     * @param checkCancelled called now and then, cancels by throwing
     */
    public static ExistingLinks of(
            Transaction transaction, LoadedModel model, List<Integer> wanted, Runnable checkCancelled) {
        List<Relation> relations = model.relations();
        int[] firstOfType = new int[relations.size()];
        Map<String, Integer> firsts = new HashMap<>();
        for (int relation = 0; relation < firstOfType.length; relation++) {
            Integer first = firsts.putIfAbsent(relations.get(relation).type(), relation);
            firstOfType[relation] = first == null ? relation : first;
        }
        Reading known = new Reading(model);
        Reading byType = new Reading(model);
        boolean split =
                wanted.stream().anyMatch(relation -> relations.get(relation).isSplit());
        for (int first : wanted.stream()
                .mapToInt(relation -> firstOfType[relation])
                .distinct()
                .toArray()) {
            try (ResourceIterator<Relationship> found = transaction.findRelationships(model.relationshipType(first))) {
                for (int seen = 0; found.hasNext(); seen++) {
                    if (seen % LoadedModel.CHECK_EVERY == 0) {
                        checkCancelled.run();
                    }
                    Relationship link = found.next();
                    int head = model.entity(InternalIds.startOf(link));
                    int tail = model.entity(InternalIds.endOf(link));
                    known.add(head, relations.get(first).isSplit() ? model.relation(link) : first, tail);
                    if (split) {
                        byType.add(head, first, tail);
                    }
                }
            }
        }
        return new ExistingLinks(
                KnownFacts.of(known.facts()), split ? KnownFacts.of(byType.facts()) : null, firstOfType);
    }

    /**
     * The relationships of one type that start from a node, and those that lead to another one.
     *
     * @param relation one of the type
     */
    public static KnownFacts around(
            LoadedModel model, Node source, Node target, int relation, Runnable checkCancelled) {
        Reading found = new Reading(model);
        RelationshipType type = model.relationshipType(relation);
        try (Stream<Relationship> outgoing = source.getRelationships(Direction.OUTGOING, type).stream();
                Stream<Relationship> incoming = target.getRelationships(Direction.INCOMING, type).stream()) {
            checkCancelled.run();
            Stream.concat(outgoing, incoming)
                    .forEach(link -> found.add(
                            model.entity(InternalIds.startOf(link)),
                            model.relation(link),
                            model.entity(InternalIds.endOf(link))));
        }
        return KnownFacts.of(found.facts());
    }

    /** Whether a link has its relationship or, where a property splits the type, one with another value. */
    public boolean linked(int head, int relation, int tail) {
        return byType == null
                ? known.contains(head, relation, tail)
                : byType.contains(head, firstOfType[relation], tail);
    }

    /** Links as they are read. */
    private static final class Reading {
        private final LoadedModel model;
        private int[] heads = new int[1024];
        private int[] relations = new int[1024];
        private int[] tails = new int[1024];
        private int count;

        Reading(LoadedModel model) {
            this.model = model;
        }

        void add(int head, int relation, int tail) {
            if (head < 0 || relation < 0 || tail < 0) {
                return;
            }
            if (count == heads.length) {
                heads = Arrays.copyOf(heads, 2 * count);
                relations = Arrays.copyOf(relations, 2 * count);
                tails = Arrays.copyOf(tails, 2 * count);
            }
            heads[count] = head;
            relations[count] = relation;
            tails[count++] = tail;
        }

        Facts facts() {
            return Facts.of(
                    model.nodeIds().length,
                    model.types().size(),
                    Arrays.copyOf(heads, count),
                    Arrays.copyOf(relations, count),
                    Arrays.copyOf(tails, count));
        }
    }
}
