package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.procedures.projection.HeldOutSplit;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
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

    /** Reads the split as it was noted, of whatever facts; empty if it was not. */
    static Optional<Function<Facts, HeldOutSplit>> of(Node model) {
        return model.getRelationships(Direction.OUTGOING, ModelNodes.HAS_SPLIT).stream()
                .map(Relationship::getEndNode)
                .map(noted -> {
                    long[] validation = (long[]) noted.getProperty(VALIDATION);
                    long[] heldOut = (long[]) noted.getProperty(HELD_OUT);
                    return (Function<Facts, HeldOutSplit>) facts -> HeldOutSplit.ofKeys(facts, validation, heldOut);
                })
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
