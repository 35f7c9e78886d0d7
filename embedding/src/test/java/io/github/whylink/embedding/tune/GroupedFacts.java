package io.github.whylink.embedding.tune;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph that can be learnt: entities in groups, and relation {@code r} leads from each entity to all of the group that is
 * {@code r} further. Every fifth fact is for validation.
 */
record GroupedFacts(Facts train, Facts valid, KnownFacts known) {
    static GroupedFacts of(int entities, int groups) {
        List<int[]> train = new ArrayList<>();
        List<int[]> valid = new ArrayList<>();
        for (int head = 0; head < entities; head++) {
            for (int relation = 0; relation < 2; relation++) {
                for (int tail = 0; tail < entities; tail++) {
                    if ((head + relation) % groups == tail % groups) {
                        (((7 * head + 3 * tail + relation) % 5 == 0) ? valid : train)
                                .add(new int[] {head, relation, tail});
                    }
                }
            }
        }
        Facts trained = facts(train, entities);
        Facts validated = facts(valid, entities);
        return new GroupedFacts(trained, validated, KnownFacts.of(trained, validated));
    }

    private static Facts facts(List<int[]> facts, int entities) {
        return Facts.of(
                entities,
                2,
                facts.stream().mapToInt(f -> f[0]).toArray(),
                facts.stream().mapToInt(f -> f[1]).toArray(),
                facts.stream().mapToInt(f -> f[2]).toArray());
    }
}
