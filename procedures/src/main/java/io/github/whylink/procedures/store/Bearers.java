package io.github.whylink.procedures.store;

import io.github.whylink.procedures.projection.InternalIds;
import java.util.stream.Stream;
import org.neo4j.graphdb.Entity;
import org.neo4j.graphdb.Transaction;

/** The nodes or relationships that bear some property, by their internal ids: all are looked at, as no index knows. */
final class Bearers {
    private Bearers() {}

    /** Nodes that have one of the keys. O(nodes). */
    static long[] nodes(InnerTransactions transactions, String... keys) {
        return having(transactions, transaction -> transaction.getAllNodes().stream(), keys);
    }

    /** Relationships that have one of the keys. O(relationships). */
    static long[] relationships(InnerTransactions transactions, String... keys) {
        return having(transactions, transaction -> transaction.getAllRelationships().stream(), keys);
    }

    private static long[] having(InnerTransactions transactions, Scan scan, String... keys) {
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
