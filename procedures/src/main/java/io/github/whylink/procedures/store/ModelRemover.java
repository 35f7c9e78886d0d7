package io.github.whylink.procedures.store;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;

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
            ModelWriter.removeRelations(model.node());
            model.node().delete();
        }));
        return removed;
    }

    private Removed removeProperties(ModelName name, long[] facts, long[] entities) {
        transactions.writeInBatches(facts.length, 0, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedRelationship(transaction, facts[i]).ifPresent(fact -> {
                    for (String key : factKeys(name)) {
                        fact.removeProperty(key);
                    }
                });
            }
        });
        transactions.writeInBatches(entities.length, 0, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedNode(transaction, entities[i]).ifPresent(entity -> {
                    for (String key : entityKeys(name)) {
                        entity.removeProperty(key);
                    }
                });
            }
        });
        return new Removed(entities.length, facts.length);
    }

    private void probe(long[] facts, long[] entities) {
        transactions.probeInBatches(facts.length, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedRelationship(transaction, facts[i]);
            }
        });
        transactions.probeInBatches(entities.length, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedNode(transaction, entities[i]);
            }
        });
    }

    private long[] factsOf(ModelName name) {
        return Bearers.relationships(transactions, factKeys(name));
    }

    private long[] entitiesOf(ModelName name) {
        return Bearers.nodes(transactions, entityKeys(name));
    }

    private static String[] factKeys(ModelName name) {
        return new String[] {
            name.rollbackKey(), name.secondRollbackKey(), name.influenceKey(), name.secondInfluenceKey()
        };
    }

    private static String[] entityKeys(ModelName name) {
        return new String[] {name.embeddingKey(), name.secondEmbeddingKey()};
    }
}
