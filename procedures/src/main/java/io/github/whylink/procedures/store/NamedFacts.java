package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.procedures.projection.InternalIds;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.neo4j.graphdb.Relationship;

/** Which of the facts of a training, in the order of (head, relation, tail), are meant. */
final class NamedFacts {
    private NamedFacts() {}

    /** The fact with these numbers, if there is one. O(log facts). */
    static Optional<Integer> find(Facts facts, int head, int relation, int tail) {
        int from = 0;
        int to = facts.count();
        while (from < to) {
            int middle = (from + to) >>> 1;
            int order = Integer.compare(facts.head(middle), head);
            order = order == 0 ? Integer.compare(facts.relation(middle), relation) : order;
            order = order == 0 ? Integer.compare(facts.tail(middle), tail) : order;
            if (order == 0) {
                return Optional.of(middle);
            }
            from = order < 0 ? middle + 1 : from;
            to = order < 0 ? to : middle;
        }
        return Optional.empty();
    }

    /**
     * The facts that some relationships are.
     *
     * @param facts numbered as in the model
     * @param key under which the user gave the relationships
     * @throws IllegalArgumentException if one is none
     */
    static BitSet of(Facts facts, LoadedModel model, List<Relationship> relationships, String key) {
        BitSet named = new BitSet();
        for (Relationship relationship : relationships) {
            named.set(find(
                            facts,
                            model.entity(InternalIds.startOf(relationship)),
                            model.relation(relationship),
                            model.entity(InternalIds.endOf(relationship)))
                    .orElseThrow(() -> notTrainedOn(model, relationship, key)));
        }
        return named;
    }

    private static IllegalArgumentException notTrainedOn(LoadedModel model, Relationship relationship, String key) {
        return new IllegalArgumentException(
                "'%s' has a relationship of type '%s' that model '%s' was not trained on: it was held out, or is not in the model's selection; name facts that an explanation lists"
                        .formatted(key, model.typeName(relationship), model.name()));
    }
}
