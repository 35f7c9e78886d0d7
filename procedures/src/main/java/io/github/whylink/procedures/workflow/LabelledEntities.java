package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Selection;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.BitSet;
import java.util.List;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.ResourceIterator;
import org.neo4j.graphdb.Transaction;

/** The entities of a model whose nodes have one of some labels now. */
final class LabelledEntities {
    private LabelledEntities() {}

    /**
     * Finds them. O(nodes with the labels).
     *
     * @param key under which the user gave the labels
     * @param labels {@code *} for all entities
     * @throws IllegalArgumentException if the database does not know a label
     */
    static BitSet of(Transaction transaction, LoadedModel model, String key, List<String> labels) {
        BitSet found = new BitSet();
        if (labels.contains(TrainConfiguration.ALL)) {
            found.set(0, model.nodeIds().length);
            return found;
        }
        Selection.requireLabels(transaction, key, labels);
        for (String label : labels) {
            try (ResourceIterator<Node> nodes = transaction.findNodes(Label.label(label))) {
                while (nodes.hasNext()) {
                    int entity = model.entity(InternalIds.of(nodes.next()));
                    if (entity >= 0) {
                        found.set(entity);
                    }
                }
            }
        }
        return found;
    }
}
