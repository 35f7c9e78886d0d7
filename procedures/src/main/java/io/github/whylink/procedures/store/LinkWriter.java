package io.github.whylink.procedures.store;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.Transaction;

/**
 * Writes predicted links into the graph as relationships of one type.
 *
 * <p>Between two nodes there is one such relationship at most: where one leads from source to target already, whatever its
 * properties, it stays as it is and the link is left out. Both ends are locked before that is looked up, so that it also
 * holds between two calls at the same time.
 *
 * <p>A link of a relation that is one value of a property gets the property with that value.
 *
 * <p>Batches are committed one after the other. {@link #undo} takes back what was committed; after a crash it stays, each
 * relationship complete, and the same call again writes the rest.
 */
public final class LinkWriter {
    private static final String SCORE = "score";
    private static final String PROBABILITY = "probability";
    private static final String CALIBRATED = "calibrated";
    private static final String MODEL = "model";
    private static final String TYPE = "type";

    private final InnerTransactions transactions;
    private final ModelName name;
    private final RelationshipType writeType;
    private final List<Written> written = new ArrayList<>();

    /** The first link of the batch that is being written, and how much had been written before it. */
    private int batch = -1;

    private int before;

    /**
     * A link to be written.
     *
     * @param source internal id
     * @param relation that was predicted
     * @param target internal id
     * @param calibrated null if the model was not calibrated
     */
    public record PlannedLink(
            long source, Relation relation, long target, double score, double probability, Double calibrated) {}

    private record Written(long relationship, PlannedLink link) {}

    public LinkWriter(InnerTransactions transactions, ModelName name, String writeType) {
        this.transactions = transactions;
        this.name = name;
        this.writeType = RelationshipType.withName(writeType);
    }

    /** Whether it writes a property of this name itself. */
    public static boolean writes(String property) {
        return List.of(SCORE, PROBABILITY, CALIBRATED, MODEL, TYPE).contains(property);
    }

    /**
     * Finds out whether writing would have to wait for another transaction, the caller's above all.
     *
     * @throws IllegalStateException if it would
     */
    public void probe(List<PlannedLink> links, Runnable checkCancelled) {
        transactions.probeInBatches(
                links.size(), checkCancelled, (transaction, from, to) -> lock(transaction, links.subList(from, to)));
    }

    /**
     * Writes the links, in their order.
     *
     * @param checkCancelled called before each batch, cancels by throwing
     * @param done told how many links have been seen to
     * @return how many were written; the others were there already, or have lost a node
     */
    public int write(List<PlannedLink> links, Runnable checkCancelled, IntConsumer done) {
        transactions.writeInBatches(links.size(), 1, checkCancelled, (transaction, from, to) -> {
            if (from > 0) {
                done.accept(from);
            }
            begin(from);
            lock(transaction, links.subList(from, to));
            for (PlannedLink link : links.subList(from, to)) {
                create(transaction, link);
            }
        });
        return written.size();
    }

    /** A batch may be tried again after a deadlock: then nothing of it was committed. */
    private void begin(int from) {
        if (from == batch) {
            written.subList(before, written.size()).clear();
        }
        batch = from;
        before = written.size();
    }

    /** In the order of the ids, so that two writers do not wait for each other in a circle. */
    private static void lock(Transaction transaction, List<PlannedLink> links) {
        links.stream()
                .flatMapToLong(link -> LongStream.of(link.source, link.target))
                .sorted()
                .distinct()
                .forEach(id -> InternalIds.node(transaction, id).ifPresent(transaction::acquireWriteLock));
    }

    private void create(Transaction transaction, PlannedLink link) {
        Optional<Node> source = InternalIds.node(transaction, link.source);
        Optional<Node> target = InternalIds.node(transaction, link.target);
        if (source.isEmpty() || target.isEmpty() || exists(source.get(), link.target)) {
            return;
        }
        Relationship created = source.get().createRelationshipTo(target.get(), writeType);
        created.setProperty(SCORE, link.score);
        created.setProperty(PROBABILITY, link.probability);
        if (link.calibrated != null) {
            created.setProperty(CALIBRATED, link.calibrated);
        }
        created.setProperty(MODEL, name.value());
        created.setProperty(TYPE, link.relation.name());
        if (link.relation.isSplit()) {
            created.setProperty(link.relation.property(), link.relation.value());
        }
        written.add(new Written(InternalIds.of(created), link));
    }

    private boolean exists(Node source, long target) {
        for (Relationship link : source.getRelationships(Direction.OUTGOING, writeType)) {
            if (InternalIds.endOf(link) == target) {
                return true;
            }
        }
        return false;
    }

    /** Removes what was written, unless somebody has deleted or changed it since. */
    public void undo() {
        transactions.writeInBatches(written.size(), 1, () -> {}, (transaction, from, to) -> {
            for (Written line : written.subList(from, to)) {
                InternalIds.lockedRelationship(transaction, line.relationship)
                        .filter(found -> isUnchanged(found, line.link))
                        .ifPresent(Relationship::delete);
            }
        });
    }

    /** Tells it from another one to which the database gave the id of one that was deleted. */
    private boolean isUnchanged(Relationship found, PlannedLink link) {
        return found.isType(writeType)
                && InternalIds.startOf(found) == link.source
                && InternalIds.endOf(found) == link.target
                && name.value().equals(found.getProperty(MODEL, null))
                && link.relation.name().equals(found.getProperty(TYPE, null));
    }
}
