package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.influence.correction.EditedModel;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Entity;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * A new version of a model in which only some rows differ: written in one transaction, so that the old one or the new one
 * answers, whole. What stood there before is kept beside the model, to be put back, also in one transaction:
 *
 * <pre>
 * (:_WhylinkModel {changedAt, change, forgottenFacts})
 *                                     -[:_WHYLINK_UNDO]->(:_WhylinkUndo {changedAt, change, ...})       of the model node
 *                                     -[:_WHYLINK_UNDO]->(:_WhylinkUndo {node, written, embedding})     for each row of a node
 *                                     -[:_WHYLINK_UNDO]->(:_WhylinkUndo {type, embedding})              ... of a relation
 *                                     -[:_WHYLINK_UNDO]->(:_WhylinkUndo {fact, ends, type, ...})        for each fact that is no
 *                                                                                                       more one of the training
 *                                                                                                       or has come to it
 * </pre>
 *
 * <p>What stood nowhere before, as the row of a node that was added, is kept as nothing, and is removed again.
 *
 * <p>One change can be undone, the last one. With it the version is what it was, and its training leads to it again.
 */
public final class ModelChange {
    /** Numbers in one transaction, those to put back among them: 32 MB of them. */
    private static final long MOST_NUMBERS = 8 << 20;

    private static final String NODE = "node";
    private static final String WRITTEN = "written";
    private static final String FACT = "fact";
    private static final String ENDS = "ends";
    private static final String INFLUENCE = "influence";
    private static final String ROLLBACK = "rollback";
    private static final String SPLIT_NOTED = "splitNoted";

    /** Of the model's node, what nodes that are added change. */
    private static final List<String> COUNTED =
            List.of(ModelNodes.ENTITIES, ModelNodes.FACTS, ModelNodes.FINGERPRINT, ModelNodes.LIPSCHITZ);

    private final InnerTransactions transactions;
    private final StoredModel stored;
    private final LoadedModel model;

    /** Of a model as it was read. */
    public ModelChange(InnerTransactions transactions, StoredModel stored, LoadedModel model) {
        this.transactions = transactions;
        this.stored = stored;
        this.model = model;
    }

    /**
     * Writes a change.
     *
     * @param edited the model with the rows that differ
     * @param relationshipIds of facts that are from now on none of the training: they lose what was recorded of them, and the
     *     model node remembers their keys
     * @param change what was done, in words
     * @param undoable whether to keep what stood there
     * @throws IllegalArgumentException if that is more than one transaction should hold
     * @throws ModelReplacedException if a new version has taken its place since it was read
     */
    public void write(EditedModel edited, long[] relationshipIds, String change, boolean undoable) {
        requireFits(edited, relationshipIds.length, undoable);
        transactions.write(transaction -> {
            StoredModel now = stored.again(transaction);
            ModelReplacedException.requireSame(stored, now);
            Node modelNode = now.node();
            begin(transaction, modelNode, undoable);
            edited.changed(Table.ENTITIES).stream()
                    .forEach(row -> InternalIds.lockedNode(transaction, model.nodeIds()[row])
                            .filter(node -> node.hasProperty(now.embeddingKey()))
                            .ifPresent(node -> {
                                float[] values = edited.model().parameters().entities()[row];
                                if (undoable) {
                                    Node undo = undoOfRow(transaction, modelNode, node, values);
                                    copy(node, now.embeddingKey(), undo, ModelNodes.EMBEDDING);
                                }
                                node.setProperty(now.embeddingKey(), values);
                            }));
            for (Relationship link : relations(modelNode)) {
                Node relation = link.getEndNode();
                int row = model.relation((String) relation.getProperty(ModelNodes.TYPE));
                if (edited.changed(Table.RELATIONS).get(row)) {
                    if (undoable) {
                        Node undo = undo(transaction, modelNode);
                        undo.setProperty(ModelNodes.TYPE, relation.getProperty(ModelNodes.TYPE));
                        copy(relation, ModelNodes.EMBEDDING, undo, ModelNodes.EMBEDDING);
                    }
                    relation.setProperty(
                            ModelNodes.EMBEDDING, edited.model().parameters().relations()[row]);
                }
            }
            LongStream.Builder forgotten = LongStream.builder();
            for (long id : relationshipIds) {
                InternalIds.lockedRelationship(transaction, id).ifPresent(fact -> {
                    if (undoable) {
                        Node undo = undoOfFact(transaction, modelNode, fact);
                        copy(fact, now.name().influenceKey(), undo, INFLUENCE);
                        copy(fact, now.rollbackKey(), undo, ROLLBACK);
                    }
                    fact.removeProperty(now.name().influenceKey());
                    fact.removeProperty(now.rollbackKey());
                    forgotten.add(Projection.key(fact, model.typeName(fact)));
                });
            }
            if (relationshipIds.length > 0) {
                remember(modelNode, LongStream.concat(Arrays.stream(now.forgotten()), forgotten.build()));
            }
            describe(modelNode, change);
        });
    }

    /**
     * Adds nodes to the model. Nodes and facts that were deleted meanwhile are passed over; the model is stale then.
     *
     * @param rows one for each of the newcomers
     * @param ledger what their facts did; null if nothing is recorded
     * @param form how that is stored
     * @param lipschitz how steep the score is at most on their facts
     * @param change what was done, in words
     * @param undoable whether to keep what stood there
     * @throws IllegalArgumentException if that is more than one transaction should hold
     * @throws ModelReplacedException if a new version has taken its place since it was read
     */
    public void add(
            Newcomers newcomers,
            float[][] rows,
            InfluenceLedger ledger,
            LedgerCodec.Form form,
            double lipschitz,
            String change,
            boolean undoable) {
        Facts facts = newcomers.facts();
        FactRecords records = new FactRecords(CandidateFacts.codec(model));
        transactions.write(transaction -> {
            StoredModel now = stored.again(transaction);
            ModelReplacedException.requireSame(stored, now);
            Node modelNode = now.node();
            Node undoOfModel = begin(transaction, modelNode, undoable);
            for (int i = 0; i < rows.length; i++) {
                float[] row = rows[i];
                InternalIds.lockedNode(transaction, newcomers.nodeIds()[i]).ifPresent(node -> {
                    if (undoable) {
                        undoOfRow(transaction, modelNode, node, row);
                    }
                    node.setProperty(now.embeddingKey(), row);
                });
            }
            if (ledger != null) {
                for (int fact = 0; fact < facts.count(); fact++) {
                    int recorded = fact;
                    newcomers.relationship(transaction, model, fact).ifPresent(found -> {
                        if (undoable) {
                            undoOfFact(transaction, modelNode, found);
                        }
                        found.setProperty(now.name().influenceKey(), (float) ledger.magnitude(recorded));
                        found.setProperty(
                                now.rollbackKey(),
                                records.encode(
                                        ledger.row(recorded),
                                        form,
                                        model.relations().get(facts.relation(recorded))));
                    });
                }
            }
            newcomers
                    .splitBefore()
                    .filter(before -> !NotedSplit.exists(modelNode))
                    .ifPresent(before -> {
                        NotedSplit.write(transaction, modelNode, before.facts(), before.split());
                        if (undoOfModel != null) {
                            undoOfModel.setProperty(SPLIT_NOTED, true);
                        }
                    });
            if (now.forgotten().length > 0) {
                // One may have come again, at a new node to which the database gave the id of a deleted one.
                long[] learnt = IntStream.range(0, facts.count())
                        .mapToLong(facts::key)
                        .sorted()
                        .toArray();
                remember(modelNode, Arrays.stream(now.forgotten()).filter(key -> Arrays.binarySearch(learnt, key) < 0));
            }
            modelNode.setProperty(ModelNodes.ENTITIES, now.entities() + rows.length);
            modelNode.setProperty(ModelNodes.FACTS, now.facts() + facts.count());
            modelNode.setProperty(ModelNodes.FINGERPRINT, now.fingerprint() + Projection.fingerprint(facts));
            if (now.lipschitz() != null) {
                modelNode.setProperty(ModelNodes.LIPSCHITZ, Math.max(now.lipschitz(), lipschitz));
            }
            describe(modelNode, change);
        });
    }

    /**
     * Checks that newcomers and what is recorded of them are no more than one transaction should hold.
     *
     * @throws IllegalArgumentException if they are
     */
    public void requireFits(Newcomers newcomers) {
        long entityWidth = model.embedding().parameters().entities()[0].length;
        long relationWidth = model.embedding().parameters().relations()[0].length;
        long numbers = newcomers.nodeIds().length * entityWidth
                + (stored.explains() ? newcomers.facts().count() * (2 * entityWidth + relationWidth) : 0);
        if (numbers > MOST_NUMBERS) {
            throw new IllegalArgumentException(
                    "the %d new nodes and their %d facts have %d numbers, and at most %d are written in one transaction; name fewer at a time with 'nodes', or train the model on with CALL whylink.train('%s', {continueFrom: '%s', overwrite: true})"
                            .formatted(
                                    newcomers.nodeIds().length,
                                    newcomers.facts().count(),
                                    numbers,
                                    MOST_NUMBERS,
                                    stored.name(),
                                    stored.name()));
        }
    }

    /** Keeps what stands on the model's node, if that is wanted; what could be put back before no longer can. */
    private static Node begin(Transaction transaction, Node modelNode, boolean undoable) {
        forgetUndo(modelNode);
        if (!undoable) {
            return null;
        }
        Node undo = undo(transaction, modelNode);
        copy(modelNode, ModelNodes.CHANGED_AT, undo, ModelNodes.CHANGED_AT);
        copy(modelNode, ModelNodes.CHANGE, undo, ModelNodes.CHANGE);
        copy(modelNode, ModelNodes.FORGOTTEN, undo, ModelNodes.FORGOTTEN);
        COUNTED.forEach(key -> copy(modelNode, key, undo, key));
        return undo;
    }

    private static void describe(Node modelNode, String change) {
        modelNode.setProperty(ModelNodes.CHANGED_AT, ZonedDateTime.now(ZoneOffset.UTC));
        modelNode.setProperty(ModelNodes.CHANGE, change);
    }

    private static void remember(Node modelNode, LongStream forgotten) {
        modelNode.setProperty(
                ModelNodes.FORGOTTEN, forgotten.sorted().distinct().toArray());
    }

    private void requireFits(EditedModel edited, int facts, boolean undoable) {
        long entityWidth = model.embedding().parameters().entities()[0].length;
        long relationWidth = model.embedding().parameters().relations()[0].length;
        long rows = edited.changed(Table.ENTITIES).cardinality() * entityWidth
                + edited.changed(Table.RELATIONS).cardinality() * relationWidth;
        long numbers = undoable ? 2 * rows + facts * (2 * entityWidth + relationWidth) : rows;
        if (numbers > MOST_NUMBERS) {
            throw new IllegalArgumentException(
                    "this change would write %d numbers%s, and one transaction writes at most %d: %slet it concern fewer facts ('facts' of whylink.forget, 'maxFacts' of whylink.correct), or delete them and train again with overwrite: true"
                            .formatted(
                                    numbers,
                                    undoable ? ", those to put back among them" : "",
                                    MOST_NUMBERS,
                                    undoable ? "set undoable: false, " : ""));
        }
    }

    /**
     * What was undone.
     *
     * @param change in words
     */
    public record Undone(String change, long entities, long facts) {}

    /**
     * Puts back what stood there before the last change.
     *
     * @param discard put nothing back, but throw it away
     * @return empty if there is nothing to put back
     */
    public static Optional<Undone> undo(InnerTransactions transactions, StoredModel stored, boolean discard) {
        Undone[] undone = new Undone[1];
        transactions.write(transaction -> {
            StoredModel now = stored.again(transaction);
            Node modelNode = now.node();
            List<Node> kept = undos(modelNode);
            if (kept.isEmpty()) {
                return;
            }
            long entities = kept.stream().filter(undo -> undo.hasProperty(NODE)).count();
            long facts = kept.stream().filter(undo -> undo.hasProperty(FACT)).count();
            undone[0] = new Undone(now.change(), entities, facts);
            if (!discard) {
                kept.forEach(undo -> putBack(transaction, now, undo));
            }
            forgetUndo(modelNode);
        });
        return Optional.ofNullable(undone[0]);
    }

    private static void putBack(Transaction transaction, StoredModel now, Node undo) {
        if (undo.hasProperty(NODE)) {
            // Without the row that was written it is another node, to which the database gave the id of a deleted
            // one, or a copy of the database.
            InternalIds.lockedNode(transaction, (long) undo.getProperty(NODE))
                    .filter(node -> node.getProperty(now.embeddingKey(), null) instanceof float[] row
                            && undo.getProperty(WRITTEN).equals(Arrays.hashCode(row)))
                    .ifPresent(node -> copy(undo, ModelNodes.EMBEDDING, node, now.embeddingKey()));
        } else if (undo.hasProperty(FACT)) {
            long[] ends = (long[]) undo.getProperty(ENDS);
            InternalIds.lockedRelationship(
                            transaction,
                            (long) undo.getProperty(FACT),
                            ends[0],
                            (String) undo.getProperty(ModelNodes.TYPE),
                            ends[1])
                    .ifPresent(fact -> {
                        copy(undo, INFLUENCE, fact, now.name().influenceKey());
                        copy(undo, ROLLBACK, fact, now.rollbackKey());
                    });
        } else if (undo.hasProperty(ModelNodes.TYPE)) {
            for (Relationship link : relations(now.node())) {
                Node relation = link.getEndNode();
                if (relation.getProperty(ModelNodes.TYPE).equals(undo.getProperty(ModelNodes.TYPE))) {
                    copy(undo, ModelNodes.EMBEDDING, relation, ModelNodes.EMBEDDING);
                }
            }
        } else {
            copy(undo, ModelNodes.CHANGED_AT, now.node(), ModelNodes.CHANGED_AT);
            copy(undo, ModelNodes.CHANGE, now.node(), ModelNodes.CHANGE);
            copy(undo, ModelNodes.FORGOTTEN, now.node(), ModelNodes.FORGOTTEN);
            COUNTED.stream().filter(undo::hasProperty).forEach(key -> copy(undo, key, now.node(), key));
            if (undo.hasProperty(SPLIT_NOTED)) {
                NotedSplit.remove(now.node());
            }
        }
    }

    /** Throws away what could be put back. */
    static void forgetUndo(Node modelNode) {
        for (Node undo : undos(modelNode)) {
            undo.getRelationships().forEach(Relationship::delete);
            undo.delete();
        }
    }

    private static List<Node> undos(Node modelNode) {
        return modelNode.getRelationships(Direction.OUTGOING, ModelNodes.HAS_UNDO).stream()
                .map(Relationship::getEndNode)
                .toList();
    }

    private static List<Relationship> relations(Node modelNode) {
        return modelNode.getRelationships(Direction.OUTGOING, ModelNodes.HAS_RELATION).stream()
                .toList();
    }

    private static Node undo(Transaction transaction, Node modelNode) {
        Node undo = transaction.createNode(ModelNodes.UNDO);
        modelNode.createRelationshipTo(undo, ModelNodes.HAS_UNDO);
        return undo;
    }

    /** Notes what row is written, so that another one is not taken for it; what stood there is still to be added. */
    private static Node undoOfRow(Transaction transaction, Node modelNode, Node node, float[] written) {
        Node undo = undo(transaction, modelNode);
        undo.setProperty(NODE, InternalIds.of(node));
        undo.setProperty(WRITTEN, Arrays.hashCode(written));
        return undo;
    }

    /** Notes which fact it is, so that another one is not taken for it; what stood there is still to be added. */
    private static Node undoOfFact(Transaction transaction, Node modelNode, Relationship fact) {
        Node undo = undo(transaction, modelNode);
        undo.setProperty(FACT, InternalIds.of(fact));
        undo.setProperty(ENDS, new long[] {InternalIds.startOf(fact), InternalIds.endOf(fact)});
        undo.setProperty(ModelNodes.TYPE, fact.getType().name());
        return undo;
    }

    /** Copies a value; where there is none, there is none afterwards. */
    private static void copy(Entity from, String fromKey, Entity to, String toKey) {
        Object value = from.getProperty(fromKey, null);
        if (value == null) {
            to.removeProperty(toKey);
        } else {
            to.setProperty(toKey, value);
        }
    }
}
