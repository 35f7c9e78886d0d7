package io.github.whylink.procedures.projection;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * A selection of the graph as facts, and the way back from their numbers to nodes, types and relationships.
 *
 * <p>Entities are the nodes at the ends of the facts, in the order of their ids; relations what {@link Relations} makes of
 * the relationships, by name; facts are in the order of (head, relation, tail). Parallel relationships are one fact,
 * represented by the one with the smallest id, whose weight is the fact's. The key of a fact is made of the ids of its nodes and the name of its
 * relation, so that it stays what it is when other facts come and go.
 */
public final class Projection {
    private static final int CHECK_EVERY = 10_000;

    private final long[] nodeIds;
    private final List<Relation> relations;
    private final Facts facts;
    private final long[] relationshipIds;

    /** Facts that are weighed and have no weight; they count as 0. */
    private final BitSet weightless;

    private Projection(
            long[] nodeIds, List<Relation> relations, Facts facts, long[] relationshipIds, BitSet weightless) {
        this.nodeIds = nodeIds;
        this.relations = relations;
        this.facts = facts;
        this.relationshipIds = relationshipIds;
        this.weightless = weightless;
    }

    /**
     * Reads the selection. O(facts · log facts).
     *
     * @param checkCancelled called now and then, cancels by throwing
     * @throws IllegalArgumentException if there is no fact in it, a property does not split its type, or facts have no weight
     */
    public static Projection of(Transaction transaction, Selection selection, Runnable checkCancelled) {
        return of(transaction, selection, id -> false, checkCancelled);
    }

    /**
     * The same where not all parallel relationships are alike.
     *
     * @param preferred which of them represents their fact, by its internal id; asked only where there are several
     */
    public static Projection of(
            Transaction transaction, Selection selection, LongPredicate preferred, Runnable checkCancelled) {
        Projection projection = read(transaction, selection, true, preferred, checkCancelled);
        if (projection.facts.count() == 0) {
            throw selection.empty(transaction);
        }
        return projection;
    }

    /** Reads what there is of a selection now, be it nothing. */
    public static Projection current(Transaction transaction, Selection selection, Runnable checkCancelled) {
        return current(transaction, selection, id -> false, checkCancelled);
    }

    /**
     * The same where not all parallel relationships are alike.
     *
     * @param preferred which of them represents their fact, by its internal id; asked only where there are several
     */
    public static Projection current(
            Transaction transaction, Selection selection, LongPredicate preferred, Runnable checkCancelled) {
        return read(transaction, selection, false, preferred, checkCancelled);
    }

    /** The fingerprint of the selection as the graph is now. */
    public static long currentFingerprint(Transaction transaction, Selection selection, Runnable checkCancelled) {
        return current(transaction, selection, checkCancelled).fingerprint();
    }

    /** Reads a selection, and checks it where it is to be trained on: what splits its types and weighs its facts. */
    private static Projection read(
            Transaction transaction,
            Selection selection,
            boolean checked,
            LongPredicate preferred,
            Runnable checkCancelled) {
        Map<String, Integer> namesAsSeen = new HashMap<>();
        List<Relation> relationsAsSeen = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        Splits splits = new Splits(selection.relations());
        Weights weights = new Weights(selection.weightProperty());
        LongPredicate wanted = selection.nodes(transaction);
        try (Stream<Relationship> relationships = selection.relationships(transaction)) {
            int seen = 0;
            for (Iterator<Relationship> all = relationships.iterator(); all.hasNext(); ) {
                if (seen++ % CHECK_EVERY == 0) {
                    checkCancelled.run();
                }
                Relationship relationship = all.next();
                long start = InternalIds.startOf(relationship);
                long end = InternalIds.endOf(relationship);
                if (wanted.test(start) && wanted.test(end)) {
                    Relation relation = selection.relations().of(relationship);
                    float weight = Weights.of(relationship, selection.weightProperty());
                    if (checked) {
                        splits.see(relation, relationship);
                        weights.see(relationship, weight);
                    }
                    int number = namesAsSeen.computeIfAbsent(relation.name(), unseen -> {
                        relationsAsSeen.add(relation);
                        return namesAsSeen.size();
                    });
                    edges.add(new Edge(start, number, end, InternalIds.of(relationship), weight));
                }
            }
        }
        List<String> names = namesAsSeen.keySet().stream().sorted().toList();
        int[] relationOf = new int[names.size()];
        for (int relation = 0; relation < relationOf.length; relation++) {
            relationOf[namesAsSeen.get(names.get(relation))] = relation;
        }
        edges.sort(Comparator.comparingLong(Edge::start)
                .thenComparingInt(edge -> relationOf[edge.relation])
                .thenComparingLong(Edge::end)
                .thenComparingLong(Edge::id));
        List<Relation> relations = names.stream()
                .map(name -> relationsAsSeen.get(namesAsSeen.get(name)))
                .toList();
        if (checked) {
            weights.check();
        }
        return number(
                withoutParallels(edges, preferred),
                checked ? splits.checked(relations) : relations,
                relationOf,
                selection.weightProperty() != null);
    }

    private static List<Edge> withoutParallels(List<Edge> sorted, LongPredicate preferred) {
        List<Edge> distinct = new ArrayList<>(sorted.size());
        Edge last = null;
        for (Edge edge : sorted) {
            if (last == null || edge.start != last.start || edge.relation != last.relation || edge.end != last.end) {
                distinct.add(edge);
                last = edge;
            } else if (!preferred.test(last.id) && preferred.test(edge.id)) {
                // What the fact weighs does not hang on which of them is preferred: others look at the graph without.
                last = new Edge(edge.start, edge.relation, edge.end, edge.id, last.weight);
                distinct.set(distinct.size() - 1, last);
            }
        }
        return distinct;
    }

    private static Projection number(List<Edge> edges, List<Relation> relationList, int[] relationOf, boolean weighed) {
        int n = edges.size();
        long[] nodeIds = edges.stream()
                .flatMapToLong(edge -> LongStream.of(edge.start, edge.end))
                .sorted()
                .distinct()
                .toArray();
        long[] nameHashes = relationList.stream()
                .mapToLong(relation -> hash(relation.name()))
                .toArray();
        int[] heads = new int[n];
        int[] relations = new int[n];
        int[] tails = new int[n];
        long[] keys = new long[n];
        long[] relationshipIds = new long[n];
        float[] weights = weighed ? new float[n] : null;
        BitSet weightless = new BitSet();
        for (int i = 0; i < n; i++) {
            Edge edge = edges.get(i);
            heads[i] = Arrays.binarySearch(nodeIds, edge.start);
            relations[i] = relationOf[edge.relation];
            tails[i] = Arrays.binarySearch(nodeIds, edge.end);
            keys[i] = key(edge.start, nameHashes[relations[i]], edge.end);
            relationshipIds[i] = edge.id;
            if (weighed) {
                weightless.set(i, Float.isNaN(edge.weight));
                weights[i] = Float.isNaN(edge.weight) ? 0f : edge.weight;
            }
        }
        Facts facts =
                new Facts(nodeIds.length, relationList.size(), heads, relations, tails, keys).withWeights(weights);
        return new Projection(nodeIds, relationList, facts, relationshipIds, weightless);
    }

    /**
     * The same with a class for each entity, its set of labels, where every node has a label; else the same without. Labels
     * of Whylink's own do not count.
     *
     * @param checkCancelled called now and then, cancels by throwing
     */
    public Projection withClasses(Transaction transaction, Runnable checkCancelled) {
        Map<Set<String>, Integer> numbers = new HashMap<>();
        int[] classes = new int[nodeIds.length];
        for (int entity = 0; entity < nodeIds.length; entity++) {
            if (entity % CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            Set<String> labels = InternalIds.node(transaction, nodeIds[entity])
                    .map(Projection::labels)
                    .orElse(Set.of());
            if (labels.isEmpty()) {
                return this;
            }
            classes[entity] = numbers.computeIfAbsent(labels, unseen -> numbers.size());
        }
        return new Projection(nodeIds, relations, facts.withEntityClasses(classes), relationshipIds, weightless);
    }

    private static Set<String> labels(Node node) {
        Set<String> names = new HashSet<>();
        for (Label label : node.getLabels()) {
            if (!Selection.isOwn(label.name())) {
                names.add(label.name());
            }
        }
        return names;
    }

    /**
     * The key of a fact.
     *
     * @param start internal id of its start node
     * @param nameHash {@link #hash} of the name of its relation
     * @param end internal id of its end node
     */
    public static long key(long start, long nameHash, long end) {
        return CounterHash.hash(0, start, nameHash, end);
    }

    /** The key of the fact that a relationship is, being of a relation of this name. */
    public static long key(Relationship relationship, String name) {
        return key(InternalIds.startOf(relationship), hash(name), InternalIds.endOf(relationship));
    }

    /** The part of a key that stands for the relation. */
    public static long hash(String name) {
        long hash = name.length();
        for (int i = 0; i < name.length(); i++) {
            hash = CounterHash.hash(hash, name.charAt(i), 0, 0);
        }
        return hash;
    }

    /** Tells whether two selections have the same facts of the same weights, in whatever order: the sum of their hashes. */
    public long fingerprint() {
        return fingerprint(facts);
    }

    /** What some facts add to the fingerprint of those that they come to. */
    public static long fingerprint(Facts facts) {
        long sum = 0;
        for (int i = 0; i < facts.count(); i++) {
            // Where facts have no weights it is what it was before there were any.
            int weight = facts.isWeighted() ? Float.floatToIntBits(facts.weight(i)) : 0;
            sum += CounterHash.hash(1, facts.key(i), weight, 0);
        }
        return sum;
    }

    /** Whether a fact lacks the weight that the facts of the selection are to have; it counts as 0 then. */
    public boolean lacksWeight(int fact) {
        return weightless.get(fact);
    }

    /** Internal id of each entity, ascending; must not be modified. */
    public long[] nodeIds() {
        return nodeIds;
    }

    /** Each relation, by name ascending. */
    public List<Relation> relations() {
        return relations;
    }

    /** All facts of the selection. */
    public Facts facts() {
        return facts;
    }

    /** Internal id of the relationship that represents each fact; must not be modified. */
    public long[] relationshipIds() {
        return relationshipIds;
    }

    /** A relationship: internal ids of its nodes and itself, the number of its relation in the order of reading, its weight. */
    private record Edge(long start, int relation, long end, long id, float weight) {}
}
