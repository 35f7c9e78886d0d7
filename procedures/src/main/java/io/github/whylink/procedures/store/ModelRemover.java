package io.github.whylink.procedures.store;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
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

    /** Removes whatever there is of a model. */
    public Removed remove(ModelName name) {
        transactions.write(transaction -> ModelNodes.find(transaction, name)
                .ifPresent(model -> model.node().setProperty(ModelNodes.STATE, ModelNodes.DROPPING)));
        long facts = clean(
                transaction -> transaction.getAllRelationships().stream(),
                InternalIds::relationship,
                name.rollbackKey(),
                name.influenceKey());
        long entities =
                clean(transaction -> transaction.getAllNodes().stream(), InternalIds::node, name.embeddingKey());
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
        return new Removed(entities, facts);
    }

    private long clean(Scan scan, BiFunction<Transaction, Long, Optional<? extends Entity>> byId, String... keys) {
        long[] found = transactions.read(transaction -> {
            try (Stream<? extends Entity> all = scan.of(transaction)) {
                return all.filter(entity -> hasAny(entity, keys))
                        .mapToLong(InternalIds::of)
                        .toArray();
            }
        });
        transactions.writeInBatches(found.length, 0, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                byId.apply(transaction, found[i]).ifPresent(entity -> {
                    for (String key : keys) {
                        entity.removeProperty(key);
                    }
                });
            }
        });
        return found.length;
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
