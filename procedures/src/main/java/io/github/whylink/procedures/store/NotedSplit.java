package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.procedures.projection.HeldOutSplit;
import java.util.Arrays;
import java.util.Optional;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * Which facts a model was not trained on, where that does not follow from the facts, the seed and the fractions alone: after a
 * training that went on from another, and after nodes were added to a model. Their keys stand beside the model, ascending:
 *
 * <pre>
 * (:_WhylinkModel)-[:_WHYLINK_SPLIT]->(:_WhylinkSplit {heldOut: [...], validation: [...]})
 * </pre>
 */
final class NotedSplit {
    private static final String HELD_OUT = "heldOut";
    private static final String VALIDATION = "validation";

    private NotedSplit() {}

    /** The split as it was noted; empty if it was not. */
    static Optional<HeldOutSplit> of(Node model, Facts facts) {
        return model.getRelationships(Direction.OUTGOING, ModelNodes.HAS_SPLIT).stream()
                .map(Relationship::getEndNode)
                .map(noted -> HeldOutSplit.ofKeys(
                        facts, (long[]) noted.getProperty(VALIDATION), (long[]) noted.getProperty(HELD_OUT)))
                .findFirst();
    }

    /** Whether it was noted. */
    static boolean exists(Node model) {
        return model.hasRelationship(Direction.OUTGOING, ModelNodes.HAS_SPLIT);
    }

    /** Notes it. */
    static void write(Transaction transaction, Node model, Facts facts, HeldOutSplit split) {
        Node noted = transaction.createNode(ModelNodes.SPLIT);
        noted.setProperty(VALIDATION, keys(facts, split.validation()));
        noted.setProperty(HELD_OUT, keys(facts, split.heldOut()));
        model.createRelationshipTo(noted, ModelNodes.HAS_SPLIT);
    }

    /** Deletes the note. */
    static void remove(Node model) {
        for (Relationship link : model.getRelationships(Direction.OUTGOING, ModelNodes.HAS_SPLIT).stream()
                .toList()) {
            Node noted = link.getEndNode();
            link.delete();
            noted.delete();
        }
    }

    private static long[] keys(Facts facts, int[] chosen) {
        return Arrays.stream(chosen).mapToLong(facts::key).sorted().toArray();
    }
}
