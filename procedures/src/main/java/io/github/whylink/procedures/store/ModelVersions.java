package io.github.whylink.procedures.store;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;
import java.util.Optional;
import org.neo4j.graphdb.Entity;
import org.neo4j.graphdb.Node;

/**
 * How a new version of a model takes the place of one that answers, so that at any moment one of the two answers, whole.
 *
 * <pre>
 *             model node                             nodes                    relationships
 *
 * begin       nextVersion: 'writing'                 m = old                  m_influence = old, m_rollback = old
 * (write)                                            m = old, _2_m = new      m_influence = old, m_rollback = old
 *                                                                             _2_m_influence = new, _2_m_rollback = new
 * (switch)    nextVersion: 'settling'                as before                as before
 *             embeddingProperty: _2_m
 *             rollbackProperty: _2_m_rollback
 *             everything else of the new version
 * settle      embeddingProperty: m                   m = new                  m_influence = new, _2_m_rollback = new
 *             nextVersion removed
 * </pre>
 *
 * <p>(Keys are meant with {@code whylink_} before them.) The switch is one transaction and decides which version answers.
 * Embeddings and influence, which users and other plugins read, end under their usual keys. The updates are large and read
 * by Whylink alone: they stay where they were written, and the next version takes the other key.
 *
 * <p>Whatever is cut short says on the model node how far it came: {@link #clean} takes a version back that was not yet
 * switched to, and goes on settling one that was. Every step can be taken twice.
 */
public final class ModelVersions {
    private final InnerTransactions transactions;
    private final Runnable checkCancelled;

    public ModelVersions(InnerTransactions transactions, Runnable checkCancelled) {
        this.transactions = transactions;
        this.checkCancelled = checkCancelled;
    }

    /** Notes that a version is made beside the one that answers. */
    public void begin(ModelName name) {
        mark(name, ModelNodes.WRITING);
    }

    /**
     * Removes what a new version that was cut short has left, or puts it in place if it answers already.
     *
     * @return how many nodes and relationships that concerned; empty if there is nothing unfinished
     */
    public Optional<ModelRemover.Removed> clean(ModelName name) {
        Optional<StoredModel> found = transactions.read(transaction -> ModelNodes.find(transaction, name));
        if (found.isEmpty() || !found.get().ready() || found.get().nextVersion() == null) {
            return Optional.empty();
        }
        return Optional.of(ModelNodes.SETTLING.equals(found.get().nextVersion()) ? settle(name) : discard(name));
    }

    /** Removes a version that was not switched to. */
    public ModelRemover.Removed discard(ModelName name) {
        String unused = unusedRollbackKey(current(name));
        long nodes = eachNode(0, node -> node.removeProperty(name.secondEmbeddingKey()), name.secondEmbeddingKey());
        long facts = eachRelationship(
                fact -> {
                    fact.removeProperty(name.secondInfluenceKey());
                    fact.removeProperty(unused);
                },
                name.secondInfluenceKey(),
                unused);
        mark(name, null);
        return new ModelRemover.Removed(nodes, facts);
    }

    /** Brings the version that was switched to under the usual keys and removes what is left of the old one. */
    public ModelRemover.Removed settle(ModelName name) {
        StoredModel model = current(name);
        if (model.embeddingKey().equals(name.secondEmbeddingKey())) {
            eachNode(
                    model.entityWidth(),
                    node -> move(node, name.secondEmbeddingKey(), name.embeddingKey(), false),
                    name.embeddingKey(),
                    name.secondEmbeddingKey());
            transactions.write(transaction -> model.again(transaction).node().removeProperty(ModelNodes.EMBEDDING_KEY));
        }
        long nodes = eachNode(0, node -> node.removeProperty(name.secondEmbeddingKey()), name.secondEmbeddingKey());
        String unused = unusedRollbackKey(model);
        long facts = eachRelationship(
                fact -> {
                    // Without the second key it is one of the old version, or was moved before this was cut short.
                    if (fact.hasProperty(name.secondInfluenceKey()) || !fact.hasProperty(model.rollbackKey())) {
                        move(fact, name.secondInfluenceKey(), name.influenceKey(), true);
                    }
                    fact.removeProperty(unused);
                },
                name.influenceKey(),
                name.secondInfluenceKey(),
                unused);
        mark(name, null);
        return new ModelRemover.Removed(nodes, facts);
    }

    /** The key that the updates of the next version get. */
    static String unusedRollbackKey(StoredModel current) {
        ModelName name = current.name();
        return current.rollbackKey().equals(name.rollbackKey()) ? name.secondRollbackKey() : name.rollbackKey();
    }

    /** Moves a value; where there is none, what stands in its new place is of the old version. */
    private static void move(Entity entity, String from, String to, boolean removes) {
        Object value = entity.getProperty(from, null);
        if (value == null) {
            entity.removeProperty(to);
            return;
        }
        entity.setProperty(to, value);
        if (removes) {
            entity.removeProperty(from);
        }
    }

    private interface Change {
        void of(Entity entity);
    }

    private long eachNode(int floats, Change change, String... keys) {
        long[] nodes = Bearers.nodes(transactions, keys);
        transactions.writeInBatches(nodes.length, floats, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedNode(transaction, nodes[i]).ifPresent(change::of);
            }
        });
        return nodes.length;
    }

    private long eachRelationship(Change change, String... keys) {
        long[] facts = Bearers.relationships(transactions, keys);
        transactions.writeInBatches(facts.length, 0, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedRelationship(transaction, facts[i]).ifPresent(change::of);
            }
        });
        return facts.length;
    }

    private StoredModel current(ModelName name) {
        return transactions.read(
                transaction -> ModelNodes.find(transaction, name).orElseThrow(() -> ModelWriter.deleted(name)));
    }

    private void mark(ModelName name, String nextVersion) {
        transactions.write(transaction -> {
            Node model = ModelNodes.find(transaction, name)
                    .orElseThrow(() -> ModelWriter.deleted(name))
                    .node();
            if (nextVersion == null) {
                model.removeProperty(ModelNodes.NEXT_VERSION);
            } else {
                model.setProperty(ModelNodes.NEXT_VERSION, nextVersion);
            }
        });
    }
}
