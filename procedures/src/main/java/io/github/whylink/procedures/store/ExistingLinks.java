package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.procedures.projection.InternalIds;
import java.util.Arrays;
import java.util.List;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.ResourceIterator;
import org.neo4j.graphdb.Transaction;

/** Which links between the nodes of a model the graph has now, whether or not the model was trained on them. */
public final class ExistingLinks {
    private final LoadedModel model;
    private int[] heads = new int[1024];
    private int[] relations = new int[1024];
    private int[] tails = new int[1024];
    private int count;

    private ExistingLinks(LoadedModel model) {
        this.model = model;
    }

    /**
     * Reads the relationships of some types. O(relationships).
     *
     * @param wanted relations of the model
     * @param checkCancelled called now and then, cancels by throwing
     */
    public static KnownFacts of(
            Transaction transaction, LoadedModel model, List<Integer> wanted, Runnable checkCancelled) {
        ExistingLinks links = new ExistingLinks(model);
        for (int relation : wanted) {
            links.read(transaction, relation, checkCancelled);
        }
        return KnownFacts.of(Facts.of(
                model.nodeIds().length,
                model.types().size(),
                Arrays.copyOf(links.heads, links.count),
                Arrays.copyOf(links.relations, links.count),
                Arrays.copyOf(links.tails, links.count)));
    }

    private void read(Transaction transaction, int relation, Runnable checkCancelled) {
        RelationshipType type = RelationshipType.withName(model.types().get(relation));
        try (ResourceIterator<Relationship> found = transaction.findRelationships(type)) {
            for (int seen = 0; found.hasNext(); seen++) {
                if (seen % LoadedModel.CHECK_EVERY == 0) {
                    checkCancelled.run();
                }
                Relationship link = found.next();
                add(model.entity(InternalIds.startOf(link)), relation, model.entity(InternalIds.endOf(link)));
            }
        }
    }

    private void add(int head, int relation, int tail) {
        if (head < 0 || tail < 0) {
            return;
        }
        if (count == heads.length) {
            heads = Arrays.copyOf(heads, 2 * count);
            relations = Arrays.copyOf(relations, 2 * count);
            tails = Arrays.copyOf(tails, 2 * count);
        }
        heads[count] = head;
        relations[count] = relation;
        tails[count++] = tail;
    }
}
