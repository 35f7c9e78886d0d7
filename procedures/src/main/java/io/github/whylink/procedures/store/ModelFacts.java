package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Relation;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * The facts that the graph has now between the nodes of a model, and which of them it was trained on or held out.
 *
 * <p>The split is a pure function of the facts, the seed and the fractions, so that it is made again from the fingerprinted
 * selection, without the facts that the model was made to forget. When the graph has changed since, training facts are told by
 * the updates that they carry, and only facts without count as held out; a model without influence then knows no more which
 * facts it has seen.
 */
public final class ModelFacts {
    private final StoredModel stored;
    private final LoadedModel model;
    private final Projection graph;
    private final Transaction transaction;
    private final Runnable checkCancelled;
    private final int[] entities;
    private final int[] relations;

    /** Keys of facts that are none of the training any more, ascending. */
    private final long[] forgotten;

    private ModelFacts(
            StoredModel stored, LoadedModel model, Projection graph, Transaction transaction, Runnable checkCancelled) {
        this.stored = stored;
        this.model = model;
        this.graph = graph;
        this.transaction = transaction;
        this.checkCancelled = checkCancelled;
        entities = Arrays.stream(graph.nodeIds()).mapToInt(model::entity).toArray();
        relations = graph.relations().stream()
                .mapToInt(relation -> model.relation(relation.name()))
                .toArray();
        forgotten = stored.again(transaction).forgotten();
        model.requireCurrent(transaction);
    }

    /**
     * Reads the facts of the model's selection.
     *
     * @param checkCancelled called now and then, cancels by throwing
     */
    public static ModelFacts of(
            Transaction transaction, StoredModel stored, LoadedModel model, Runnable checkCancelled) {
        Projection graph = Projection.current(
                transaction, stored.selection(), id -> isTrained(transaction, model, id), checkCancelled);
        return new ModelFacts(stored, model, graph, transaction, checkCancelled);
    }

    /** Whether the facts are no longer those of the training, be some of them forgotten or not. */
    public boolean changed() {
        return graph.fingerprint() != stored.fingerprint();
    }

    /** Whether it can still be told which of them the model was trained on, and which were held out. */
    public boolean tellsTraining() {
        return !changed() || stored.explains();
    }

    /**
     * Checks that.
     *
     * @param remedy what to do if it cannot be told
     * @throws IllegalStateException then
     */
    public void requireTraining(String remedy) {
        if (!tellsTraining()) {
            throw new IllegalStateException(
                    "the relationships of model '%s' have changed since it was trained, and with influence: false nothing in the graph tells which of them it was trained on; %s"
                            .formatted(model.name(), remedy));
        }
    }

    /** All of them, numbered as in the model. */
    public Facts all() {
        return numbered(IntStream.range(0, graph.facts().count()).toArray());
    }

    /** All of them, with their relationships. */
    public WithRelationships allWithRelationships() {
        return withRelationships(IntStream.range(0, graph.facts().count()).toArray());
    }

    /**
     * Those that the model was trained on, and that are still there.
     *
     * @throws IllegalStateException if that can no longer be told
     */
    public Facts training() {
        return trainingWithRelationships().facts();
    }

    /**
     * Facts and the relationships that they are; those of the training carry what was recorded of them.
     *
     * @param facts in the order of (head, relation, tail)
     * @param relationshipIds one for each fact
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record WithRelationships(Facts facts, long[] relationshipIds) {
        /**
         * The facts that some relationships are.
         *
         * @param key under which the user gave them
         * @throws IllegalArgumentException if one is none
         */
        public BitSet of(LoadedModel model, List<Relationship> relationships, String key) {
            return NamedFacts.of(facts, model, relationships, key);
        }

        /**
         * What was recorded of facts.
         *
         * @param wanted which facts; the others have zeros, and those of which {@linkplain #allRecorded nothing is left}
         */
        public InfluenceLedger recorded(
                Transaction transaction, LoadedModel model, BitSet wanted, Runnable checkCancelled) {
            int entityWidth = model.embedding().parameters().entities()[0].length;
            int relationWidth = model.embedding().parameters().relations()[0].length;
            FactRecords records = new FactRecords(new LedgerCodec(entityWidth, relationWidth));
            float[] nothing = new float[2 * entityWidth + relationWidth];
            float[][] rows = new float[facts.count()][];
            Arrays.fill(rows, nothing);
            for (int fact = wanted.nextSetBit(0); fact >= 0; fact = wanted.nextSetBit(fact + 1)) {
                if (fact % LoadedModel.CHECK_EVERY == 0) {
                    checkCancelled.run();
                }
                Relation relation = model.relations().get(facts.relation(fact));
                float[] updates = InternalIds.relationship(transaction, relationshipIds[fact])
                        .map(found -> records.decode(found.getProperty(model.rollbackKey(), null), relation))
                        .orElse(null);
                rows[fact] = updates == null ? nothing : updates;
            }
            model.requireCurrent(transaction);
            return new InfluenceLedger(rows, entityWidth, relationWidth);
        }

        /**
         * Whether what was recorded of some facts is still there. Of parallel relationships one carries it, and goes with it.
         */
        public boolean allRecorded(Transaction transaction, LoadedModel model, BitSet wanted) {
            return wanted.stream().allMatch(fact -> isTrained(transaction, model, relationshipIds[fact]));
        }
    }

    /**
     * Those that the model was trained on, and that are still there, with their relationships.
     *
     * @throws IllegalStateException if that can no longer be told
     */
    public WithRelationships trainingWithRelationships() {
        int[] chosen = changed()
                ? trained().stream().toArray()
                : stored.split(transaction, graph.facts()).training();
        return withRelationships(Arrays.stream(chosen)
                .filter(fact -> Arrays.binarySearch(forgotten, graph.facts().key(fact)) < 0)
                .toArray());
    }

    private WithRelationships withRelationships(int[] chosen) {
        int[] known = known(chosen);
        return new WithRelationships(
                numbered(known),
                Arrays.stream(known)
                        .mapToLong(fact -> graph.relationshipIds()[fact])
                        .toArray());
    }

    /**
     * Those that were held out of the training, and that are still there.
     *
     * @throws IllegalStateException if that can no longer be told
     */
    public Facts heldOut() {
        HeldOutSplit split = stored.split(transaction, graph.facts());
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
        requireTraining("train it again with overwrite: true");
        BitSet trained = new BitSet();
        for (int fact = 0; fact < graph.facts().count(); fact++) {
            if (fact % LoadedModel.CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            trained.set(fact, isTrained(transaction, model, graph.relationshipIds()[fact]));
        }
        model.requireCurrent(transaction);
        return trained;
    }

    /** Whether a relationship carries what the training of a model recorded of it. */
    static boolean isTrained(Transaction transaction, LoadedModel model, long relationshipId) {
        return InternalIds.relationship(transaction, relationshipId)
                .filter(found -> CandidateFacts.isTrained(model, found))
                .isPresent();
    }

    /** The chosen facts without those that name what the model does not know. */
    private Facts numbered(int[] chosen) {
        Facts facts = graph.facts();
        int[] known = known(chosen);
        return new Facts(
                        model.nodeIds().length,
                        model.types().size(),
                        Arrays.stream(known)
                                .map(fact -> entities[facts.head(fact)])
                                .toArray(),
                        Arrays.stream(known)
                                .map(fact -> relations[facts.relation(fact)])
                                .toArray(),
                        Arrays.stream(known)
                                .map(fact -> entities[facts.tail(fact)])
                                .toArray(),
                        Arrays.stream(known).mapToLong(facts::key).toArray())
                .withWeights(facts.weights(known));
    }

    private int[] known(int[] chosen) {
        Facts facts = graph.facts();
        return Arrays.stream(chosen)
                .filter(fact -> entities[facts.head(fact)] >= 0
                        && relations[facts.relation(fact)] >= 0
                        && entities[facts.tail(fact)] >= 0)
                .toArray();
    }
}
