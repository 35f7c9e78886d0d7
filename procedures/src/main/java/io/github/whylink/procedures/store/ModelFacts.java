package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.neo4j.graphdb.Transaction;

/**
 * The facts that the graph has now between the nodes of a model, and which of them it was trained on or held out.
 *
 * <p>The split is a pure function of the facts, the seed and the fractions, so that it is made again from the fingerprinted
 * selection. When the graph has changed since, training facts are told by the updates that they carry, and only facts
 * without count as held out; a model without influence then knows no more which facts it has seen.
 */
public final class ModelFacts {
    private final StoredModel stored;
    private final LoadedModel model;
    private final Projection graph;
    private final Transaction transaction;
    private final Runnable checkCancelled;
    private final int[] entities;
    private final int[] relations;

    private ModelFacts(
            StoredModel stored, LoadedModel model, Projection graph, Transaction transaction, Runnable checkCancelled) {
        this.stored = stored;
        this.model = model;
        this.graph = graph;
        this.transaction = transaction;
        this.checkCancelled = checkCancelled;
        entities = Arrays.stream(graph.nodeIds()).mapToInt(model::entity).toArray();
        relations = graph.types().stream().mapToInt(model::relation).toArray();
    }

    /**
     * Reads the facts of the model's selection.
     *
     * @param checkCancelled called now and then, cancels by throwing
     */
    public static ModelFacts of(
            Transaction transaction, StoredModel stored, LoadedModel model, Runnable checkCancelled) {
        Projection graph = Projection.current(transaction, stored.selection(), checkCancelled);
        return new ModelFacts(stored, model, graph, transaction, checkCancelled);
    }

    /** Whether the facts are no longer those of the training. */
    public boolean changed() {
        return graph.fingerprint() != stored.fingerprint();
    }

    /** All of them, numbered as in the model. */
    public Facts all() {
        return numbered(IntStream.range(0, graph.facts().count()).toArray());
    }

    /**
     * Those that the model was trained on, and that are still there.
     *
     * @throws IllegalStateException if that can no longer be told
     */
    public Facts training() {
        if (!changed()) {
            return numbered(stored.split(graph.facts()).training());
        }
        BitSet trained = trained();
        return numbered(trained.stream().toArray());
    }

    /**
     * Those that were held out of the training, and that are still there.
     *
     * @throws IllegalStateException if that can no longer be told
     */
    public Facts heldOut() {
        HeldOutSplit split = stored.split(graph.facts());
        if (!changed()) {
            return numbered(split.heldOut());
        }
        BitSet trained = trained();
        return numbered(Arrays.stream(split.heldOut())
                .filter(fact -> !trained.get(fact))
                .toArray());
    }

    /** The facts that carry updates. */
    private BitSet trained() {
        if (!stored.explains()) {
            throw new IllegalStateException(
                    "the relationships of model '%s' have changed since it was trained, and with influence: false nothing in the graph tells which of them it was trained on; evaluate {facts: 'all'}, or train it again"
                            .formatted(model.name()));
        }
        BitSet trained = new BitSet();
        for (int fact = 0; fact < graph.facts().count(); fact++) {
            if (fact % LoadedModel.CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            if (InternalIds.relationship(transaction, graph.relationshipIds()[fact])
                    .filter(found -> CandidateFacts.isTrained(model, found))
                    .isPresent()) {
                trained.set(fact);
            }
        }
        model.requireCurrent(transaction);
        return trained;
    }

    /** The chosen facts without those that name what the model does not know. */
    private Facts numbered(int[] chosen) {
        Facts facts = graph.facts();
        int[] known = Arrays.stream(chosen)
                .filter(fact -> entities[facts.head(fact)] >= 0
                        && relations[facts.relation(fact)] >= 0
                        && entities[facts.tail(fact)] >= 0)
                .toArray();
        return new Facts(
                model.nodeIds().length,
                model.types().size(),
                Arrays.stream(known).map(fact -> entities[facts.head(fact)]).toArray(),
                Arrays.stream(known)
                        .map(fact -> relations[facts.relation(fact)])
                        .toArray(),
                Arrays.stream(known).map(fact -> entities[facts.tail(fact)]).toArray(),
                Arrays.stream(known).mapToLong(facts::key).toArray());
    }
}
