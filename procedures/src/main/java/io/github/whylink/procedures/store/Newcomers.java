package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * Nodes that a model does not know but that have facts of its selection, as entities that come after all that it knows. Their
 * facts are those that lead to nodes that it knows, or to each other.
 *
 * @param nodeIds ascending; the i-th is entity {@code known entities + i}
 * @param facts that name one of them, with those entities and the relations of the model
 * @param relationshipIds one for each fact
 * @param all facts that the model was trained on, as far as the graph tells, and those: what only measures it, and what it
 *     was made to forget, must not teach the newcomers either
 * @param stale whether the model does not know all that the graph has besides them
 * @param splitBefore which of the other facts it was trained on; empty if the graph no longer tells
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Newcomers(
        long[] nodeIds,
        Facts facts,
        long[] relationshipIds,
        Facts all,
        boolean stale,
        Optional<NotedBefore> splitBefore) {
    /** Facts and how they were divided. */
    record NotedBefore(Facts facts, HeldOutSplit split) {}

    /**
     * Finds them.
     *
     * @param wanted only these; empty for all that there are
     * @throws IllegalArgumentException if one of the wanted is none
     * @throws IllegalStateException if a fact is of a type that the model does not know, or lacks its weight
     */
    public static Newcomers of(
            Transaction transaction,
            StoredModel stored,
            LoadedModel model,
            boolean withClasses,
            Collection<Node> wanted,
            Runnable checkCancelled) {
        Projection graph = Projection.current(
                transaction, stored.selection(), id -> ModelFacts.isTrained(transaction, model, id), checkCancelled);
        Facts facts = graph.facts();
        int[] entities = Arrays.stream(graph.nodeIds()).mapToInt(model::entity).toArray();
        int[] relations = graph.relations().stream()
                .mapToInt(relation -> model.relation(relation.name()))
                .toArray();
        BitSet chosen = chosen(graph, model, entities, wanted);
        BitSet theirs = new BitSet();
        BitSet newcomers = new BitSet();
        for (int fact = 0; fact < facts.count(); fact++) {
            int head = facts.head(fact);
            int tail = facts.tail(fact);
            boolean names = chosen.get(head) || chosen.get(tail);
            if (names && (entities[head] >= 0 || chosen.get(head)) && (entities[tail] >= 0 || chosen.get(tail))) {
                theirs.set(fact);
                Stream.of(head, tail).filter(chosen::get).forEach(newcomers::set);
            }
        }
        requireFacts(graph, chosen, newcomers, wanted);
        requireKnownTypes(stored, graph, theirs, relations);
        requireWeights(stored, graph, theirs);
        int[] added = newcomers.stream().toArray();
        for (int i = 0; i < added.length; i++) {
            entities[added[i]] = model.nodeIds().length + i;
        }
        int[] ofNewcomers = theirs.stream().toArray();
        int[] classes = withClasses
                ? classes(
                        graph.withClasses(transaction, checkCancelled).facts().entityClasses(),
                        entities,
                        model,
                        added.length)
                : null;
        Facts others = facts.select(IntStream.range(0, facts.count())
                .filter(fact -> !theirs.get(fact))
                .toArray());
        Optional<NotedBefore> before = Projection.fingerprint(others) == stored.fingerprint()
                ? Optional.of(new NotedBefore(others, stored.split(transaction, others)))
                : Optional.empty();
        BitSet trained = trained(transaction, stored, model, graph, before);
        int[] learnt = IntStream.range(0, facts.count())
                .filter(fact -> trained.get(fact) || theirs.get(fact))
                .filter(fact -> entities[facts.head(fact)] >= 0
                        && entities[facts.tail(fact)] >= 0
                        && relations[facts.relation(fact)] >= 0)
                .toArray();
        return new Newcomers(
                Arrays.stream(added).mapToLong(node -> graph.nodeIds()[node]).toArray(),
                numbered(model, facts, ofNewcomers, entities, relations, added.length, classes),
                Arrays.stream(ofNewcomers)
                        .mapToLong(fact -> graph.relationshipIds()[fact])
                        .toArray(),
                numbered(model, facts, learnt, entities, relations, added.length, classes),
                before.isEmpty(),
                before);
    }

    /** The facts that the model has learnt; all that it was not made to forget, if nothing in the graph tells. */
    private static BitSet trained(
            Transaction transaction,
            StoredModel stored,
            LoadedModel model,
            Projection graph,
            Optional<NotedBefore> before) {
        long[] forgotten = stored.again(transaction).forgotten();
        long[] unseen = before.map(of -> Arrays.stream(of.split().unseen())
                        .mapToLong(of.facts()::key)
                        .sorted()
                        .toArray())
                .orElse(new long[0]);
        boolean recorded = before.isEmpty() && stored.explains();
        BitSet trained = new BitSet();
        for (int fact = 0; fact < graph.facts().count(); fact++) {
            long key = graph.facts().key(fact);
            trained.set(
                    fact,
                    Arrays.binarySearch(forgotten, key) < 0
                            && Arrays.binarySearch(unseen, key) < 0
                            && (!recorded || ModelFacts.isTrained(transaction, model, graph.relationshipIds()[fact])));
        }
        return trained;
    }

    private static BitSet chosen(Projection graph, LoadedModel model, int[] entities, Collection<Node> wanted) {
        BitSet chosen = new BitSet();
        if (wanted.isEmpty()) {
            IntStream.range(0, entities.length)
                    .filter(node -> entities[node] < 0)
                    .forEach(chosen::set);
        }
        for (Node node : wanted) {
            if (model.knows(node)) {
                throw new IllegalArgumentException(
                        "'nodes' has a node that model '%s' knows already; its embedding moves only when the model is trained, as with continueFrom: '%s'"
                                .formatted(model.name(), model.name()));
            }
            int place = Arrays.binarySearch(graph.nodeIds(), InternalIds.of(node));
            if (place < 0) {
                throw new IllegalArgumentException(
                        "'nodes' has a node that takes part in no fact of the selection of model '%s'; create its relationships and commit them first"
                                .formatted(model.name()));
            }
            chosen.set(place);
        }
        return chosen;
    }

    private static void requireFacts(Projection graph, BitSet chosen, BitSet newcomers, Collection<Node> wanted) {
        if (!wanted.isEmpty() && !newcomers.equals(chosen)) {
            throw new IllegalArgumentException(
                    "'nodes' has a node whose facts, of %d in the selection, all lead to nodes that the model does not know either; name these too"
                            .formatted(graph.facts().count()));
        }
    }

    private static void requireKnownTypes(StoredModel stored, Projection graph, BitSet facts, int[] relations) {
        TreeSet<String> unknown = new TreeSet<>();
        facts.stream()
                .map(graph.facts()::relation)
                .filter(relation -> relations[relation] < 0)
                .forEach(relation -> unknown.add(graph.relations().get(relation).name()));
        if (!unknown.isEmpty()) {
            throw new IllegalStateException(
                    "the new nodes have relationships of a type that model '%s' does not know (%s): only nodes get an embedding without moving others, types do not; train it with CALL whylink.train('%s', {continueFrom: '%s', overwrite: true})"
                            .formatted(stored.name(), Nearest.list(unknown), stored.name(), stored.name()));
        }
    }

    private static void requireWeights(StoredModel stored, Projection graph, BitSet facts) {
        long lacking = facts.stream().filter(graph::lacksWeight).count();
        if (lacking > 0) {
            String property = stored.selection().weightProperty();
            throw new IllegalStateException(
                    "%d of the %d relationships of the new nodes have no '%s' that is a finite number of 0 or more, by which model '%s' weighs its facts; SET it on them"
                            .formatted(lacking, facts.cardinality(), property, stored.name()));
        }
    }

    /** Those of the graph by the model's numbers; nodes that have no fact any more are of no class of others. */
    private static int[] classes(int[] inGraph, int[] entities, LoadedModel model, int added) {
        if (inGraph == null) {
            return null;
        }
        int[] classes = new int[model.nodeIds().length + added];
        Arrays.fill(classes, Arrays.stream(inGraph).max().orElse(0) + 1);
        for (int node = 0; node < entities.length; node++) {
            if (entities[node] >= 0) {
                classes[entities[node]] = inGraph[node];
            }
        }
        return classes;
    }

    private static Facts numbered(
            LoadedModel model, Facts facts, int[] chosen, int[] entities, int[] relations, int added, int[] classes) {
        Facts numbered = new Facts(
                        model.nodeIds().length + added,
                        model.types().size(),
                        Arrays.stream(chosen)
                                .map(fact -> entities[facts.head(fact)])
                                .toArray(),
                        Arrays.stream(chosen)
                                .map(fact -> relations[facts.relation(fact)])
                                .toArray(),
                        Arrays.stream(chosen)
                                .map(fact -> entities[facts.tail(fact)])
                                .toArray(),
                        Arrays.stream(chosen).mapToLong(facts::key).toArray())
                .withWeights(facts.weights(chosen));
        return classes == null ? numbered : numbered.withEntityClasses(classes);
    }

    /** Internal id of one of the nodes, or of one that the model knows. */
    long nodeId(LoadedModel model, int entity) {
        int known = model.nodeIds().length;
        return entity < known ? model.nodeIds()[entity] : nodeIds[entity - known];
    }

    /** The relationship of a fact, locked, unless it was deleted and, maybe, its id was given to another one. */
    Optional<Relationship> relationship(Transaction transaction, LoadedModel model, int fact) {
        return InternalIds.lockedRelationship(transaction, relationshipIds[fact])
                .filter(found -> InternalIds.startOf(found) == nodeId(model, facts.head(fact))
                        && InternalIds.endOf(found) == nodeId(model, facts.tail(fact))
                        && model.relation(found) == facts.relation(fact));
    }
}
