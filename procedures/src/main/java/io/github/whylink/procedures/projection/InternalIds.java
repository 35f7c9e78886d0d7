package io.github.whylink.procedures.projection;

import java.util.Optional;
import org.neo4j.graphdb.Entity;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.NotFoundException;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * The one place that uses the numeric ids of nodes and relationships.
 *
 * <p>They are deprecated in favour of element ids, strings that are two to four times slower to read and need ten times
 * the memory. Whylink keeps numeric ids only while a call runs and in its cache. In the graph are hashes of them, the
 * fingerprint and the keys of facts that were forgotten, and the ids of what a change can be undone on, each beside what
 * tells whether it is still the same node or relationship: a copy of a database may number anew.
 */
@SuppressWarnings("removal")
public final class InternalIds {
    private InternalIds() {}

    public static long of(Entity entity) {
        return entity.getId();
    }

    public static long startOf(Relationship relationship) {
        return relationship.getStartNodeId();
    }

    public static long endOf(Relationship relationship) {
        return relationship.getEndNodeId();
    }

    /**
     * Finds a relationship and locks it and its ends for a change of its properties, unless it was deleted, be it while the
     * locks were waited for. The database would lock the ends too, but only when it commits, and there no time limit ends
     * the waiting.
     */
    public static Optional<Relationship> lockedRelationship(Transaction transaction, long id) {
        return relationship(transaction, id).flatMap(found -> {
            transaction.acquireWriteLock(found.getStartNode());
            transaction.acquireWriteLock(found.getEndNode());
            transaction.acquireWriteLock(found);
            return relationship(transaction, id);
        });
    }

    /** The same, unless the database gave the id to another relationship, with other ends or of another type. */
    public static Optional<Relationship> lockedRelationship(
            Transaction transaction, long id, long start, String type, long end) {
        return lockedRelationship(transaction, id)
                .filter(found -> startOf(found) == start
                        && endOf(found) == end
                        && found.getType().name().equals(type));
    }

    /** Finds a node and locks it for a change, unless it was deleted, be it while the lock was waited for. */
    public static Optional<Node> lockedNode(Transaction transaction, long id) {
        return node(transaction, id).flatMap(found -> {
            transaction.acquireWriteLock(found);
            return node(transaction, id);
        });
    }

    /** Finds a node, unless it was deleted. */
    public static Optional<Node> node(Transaction transaction, long id) {
        try {
            return Optional.of(transaction.getNodeById(id));
        } catch (NotFoundException deleted) {
            return Optional.empty();
        }
    }

    /** Finds a relationship, unless it was deleted. */
    public static Optional<Relationship> relationship(Transaction transaction, long id) {
        try {
            return Optional.of(transaction.getRelationshipById(id));
        } catch (NotFoundException deleted) {
            return Optional.empty();
        }
    }
}
