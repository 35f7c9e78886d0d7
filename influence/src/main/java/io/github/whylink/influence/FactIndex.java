package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/** Finds the facts at an entity, and those of a relation. O(facts) to build, 12 bytes per fact. */
public final class FactIndex {
    private final Facts facts;
    private final Lists byHead;
    private final Lists byRelation;
    private final Lists byTail;

    public FactIndex(Facts facts) {
        this.facts = facts;
        byHead = new Lists(facts.count(), facts.entityCount(), facts::head);
        byRelation = new Lists(facts.count(), facts.relationCount(), facts::relation);
        byTail = new Lists(facts.count(), facts.entityCount(), facts::tail);
    }

    /** The facts that share the head, relation or tail row with a link in any role: indexes, ascending. */
    public int[] sharingARow(Link link) {
        BitSet found = new BitSet(facts.count());
        byHead.addTo(found, link.head());
        byTail.addTo(found, link.head());
        byRelation.addTo(found, link.relation());
        byHead.addTo(found, link.tail());
        byTail.addTo(found, link.tail());
        return found.stream().toArray();
    }

    /** Fact indexes grouped by one column: those of group g lie at {@code starts[g] .. starts[g+1]-1}. */
    private static final class Lists {
        private final int[] starts;
        private final int[] members;

        Lists(int count, int groups, IntUnaryOperator column) {
            starts = new int[groups + 1];
            members = new int[count];
            for (int i = 0; i < count; i++) {
                starts[column.applyAsInt(i) + 1]++;
            }
            for (int g = 0; g < groups; g++) {
                starts[g + 1] += starts[g];
            }
            int[] next = Arrays.copyOf(starts, groups);
            for (int i = 0; i < count; i++) {
                members[next[column.applyAsInt(i)]++] = i;
            }
        }

        void addTo(BitSet found, int group) {
            for (int i = starts[group]; i < starts[group + 1]; i++) {
                found.set(members[i]);
            }
        }
    }
}
