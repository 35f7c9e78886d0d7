package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.audit.Duplicates;
import io.github.whylink.influence.audit.Duplicates.Pair;
import io.github.whylink.procedures.config.DuplicatesConfiguration;
import io.github.whylink.procedures.result.DuplicateRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelFacts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.audit.duplicates}: nodes of a model that are probably one thing, entered twice. Only reads. */
public final class DuplicateNodes {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public DuplicateNodes(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per pair. */
    public Stream<DuplicateRow> run(String modelName, Map<String, Object> configuration) {
        DuplicatesConfiguration request = DuplicatesConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        // Not from memory: a node that was deleted since is no duplicate.
        LoadedModel model = ready.reload();
        BitSet wanted = LabelledEntities.of(transaction, model, "nodeLabels", request.nodeLabels());
        BitSet[] labels = request.acrossLabels() ? null : labels(model);
        Facts facts =
                ModelFacts.of(transaction, ready.stored(), model, guard::check).all();
        List<Pair> pairs = Duplicates.find(
                model.embedding(),
                facts,
                (a, b) -> wanted.get(a) && wanted.get(b) && (labels == null || mayBeOne(labels[a], labels[b])),
                request.topK(),
                guard::check);
        FactIndex index = new FactIndex(facts);
        List<DuplicateRow> rows = new ArrayList<>();
        for (Pair pair : pairs) {
            rows.add(new DuplicateRow(
                    rows.size() + 1,
                    node(model, pair.first()),
                    node(model, pair.second()),
                    pair,
                    shared(model, facts, index, pair),
                    request.effective()));
        }
        return rows.stream();
    }

    /** Where labels say nothing, they do not keep two nodes apart. */
    private static boolean mayBeOne(BitSet ofFirst, BitSet ofSecond) {
        return ofFirst.isEmpty() || ofSecond.isEmpty() || ofFirst.intersects(ofSecond);
    }

    private BitSet[] labels(LoadedModel model) {
        Map<String, Integer> numbers = new HashMap<>();
        BitSet[] labels = new BitSet[model.nodeIds().length];
        for (int entity = 0; entity < labels.length; entity++) {
            if (entity % 1_000 == 0) {
                guard.check();
            }
            BitSet own = new BitSet();
            model.node(transaction, entity).ifPresent(node -> {
                for (Label label : node.getLabels()) {
                    own.set(numbers.computeIfAbsent(label.name(), name -> numbers.size()));
                }
            });
            labels[entity] = own;
        }
        return labels;
    }

    /** How many facts both have with the same other end, by type and direction. */
    private static Map<String, Object> shared(LoadedModel model, Facts facts, FactIndex index, Pair pair) {
        Map<String, Set<Integer>> ofFirst = ends(model, facts, index, pair.first());
        Map<String, Object> shared = new TreeMap<>();
        ends(model, facts, index, pair.second()).forEach((role, ends) -> {
            ends.retainAll(ofFirst.getOrDefault(role, Set.of()));
            if (!ends.isEmpty()) {
                shared.put(role, (long) ends.size());
            }
        });
        return shared;
    }

    /** The other ends of an entity's facts, by type and direction. */
    private static Map<String, Set<Integer>> ends(LoadedModel model, Facts facts, FactIndex index, int entity) {
        Map<String, Set<Integer>> ends = new HashMap<>();
        for (int fact : index.at(entity)) {
            String type = model.types().get(facts.relation(fact));
            if (facts.head(fact) == entity) {
                ends.computeIfAbsent("-[%s]->".formatted(type), role -> new HashSet<>())
                        .add(facts.tail(fact));
            }
            if (facts.tail(fact) == entity) {
                ends.computeIfAbsent("<-[%s]-".formatted(type), role -> new HashSet<>())
                        .add(facts.head(fact));
            }
        }
        return ends;
    }

    private Node node(LoadedModel model, int entity) {
        return model.node(transaction, entity).orElse(null);
    }
}
