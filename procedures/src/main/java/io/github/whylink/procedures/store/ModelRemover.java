package io.github.whylink.procedures.store;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Entity;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * Removes a model from the graph with all that belongs to it.
 *
 * <p>Looks at every node and relationship, so that leftovers are found wherever they are. The model node goes last: when
 * the removal is cut short, it says that something is left.
 */
public final class ModelRemover {
    private final InnerTransactions transactions;
    private final Runnable checkCancelled;

    public ModelRemover(InnerTransactions transactions, Runnable checkCancelled) {
        this.transactions = transactions;
        this.checkCancelled = checkCancelled;
    }

    /** How many nodes and relationships were cleaned. */
    public record Removed(long entities, long facts) {}

    /**
     * Removes whatever there is of a model.
     *
     * @throws IllegalStateException if another transaction, maybe the caller's, holds a lock; the model is then as it was
     */
    public Removed remove(ModelName name) {
        long[] facts = factsOf(name);
        long[] entities = entitiesOf(name);
        probe(facts, entities);
        transactions.write(transaction -> ModelNodes.find(transaction, name)
                .ifPresent(model -> model.node().setProperty(ModelNodes.STATE, ModelNodes.DROPPING)));
        Removed removed = removeProperties(name, facts, entities);
        transactions.write(transaction -> ModelNodes.find(transaction, name).ifPresent(model -> {
            List<Relationship> links =
                    model.node().getRelationships(Direction.OUTGOING, ModelNodes.HAS_RELATION).stream()
                            .toList();
            for (Relationship link : links) {
                Node relation = link.getEndNode();
                link.delete();
                relation.delete();
            }
            model.node().delete();
        }));
        return removed;
    }

    /** Removes what bears the model's name on nodes and relationships of the graph, but not the model's own nodes. */
    public void removeProperties(ModelName name) {
        removeProperties(name, factsOf(name), entitiesOf(name));
    }

    private Removed removeProperties(ModelName name, long[] facts, long[] entities) {
        transactions.writeInBatches(facts.length, 0, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.relationship(transaction, facts[i]).ifPresent(fact -> {
                    InternalIds.lock(transaction, fact);
                    fact.removeProperty(name.rollbackKey());
                    fact.removeProperty(name.influenceKey());
                });
            }
        });
        transactions.writeInBatches(entities.length, 0, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.node(transaction, entities[i])
                        .ifPresent(entity -> entity.removeProperty(name.embeddingKey()));
            }
        });
        return new Removed(entities.length, facts.length);
    }

    private void probe(long[] facts, long[] entities) {
        transactions.probeInBatches(facts.length, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.relationship(transaction, facts[i]).ifPresent(fact -> InternalIds.lock(transaction, fact));
            }
        });
        transactions.probeInBatches(entities.length, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.node(transaction, entities[i]).ifPresent(transaction::acquireWriteLock);
            }
        });
    }

    private long[] factsOf(ModelName name) {
        return having(
                transaction -> transaction.getAllRelationships().stream(), name.rollbackKey(), name.influenceKey());
    }

    private long[] entitiesOf(ModelName name) {
        return having(transaction -> transaction.getAllNodes().stream(), name.embeddingKey());
    }

    private long[] having(Scan scan, String... keys) {
        return transactions.read(transaction -> {
            try (Stream<? extends Entity> all = scan.of(transaction)) {
                return all.filter(entity -> hasAny(entity, keys))
                        .mapToLong(InternalIds::of)
                        .toArray();
            }
        });
    }

    private interface Scan {
        Stream<? extends Entity> of(Transaction transaction);
    }

    private static boolean hasAny(Entity entity, String... keys) {
        for (String key : keys) {
            if (entity.hasProperty(key)) {
                return true;
            }
        }
        return false;
    }
}
