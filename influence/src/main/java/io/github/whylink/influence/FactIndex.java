package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Finds the facts at an entity, and those of a relation. O(facts) to build, 12 bytes per fact. */
public final class FactIndex {
    /** Bytes per fact. */
    public static final int BYTES = 12;

    private final Lists byHead;
    private final Lists byRelation;
    private final Lists byTail;

    public FactIndex(Facts facts) {
        byHead = new Lists(facts.count(), facts.entityCount(), facts::head);
        byRelation = new Lists(facts.count(), facts.relationCount(), facts::relation);
        byTail = new Lists(facts.count(), facts.entityCount(), facts::tail);
    }

    /**
     * The facts that share the head, relation or tail row with a link in any role: indexes, ascending. O(their number),
     * however many facts there are.
     */
    public int[] sharingARow(Link link) {
        return union(union(at(link.head()), at(link.tail())), byRelation.of(link.relation()));
    }

    /** The facts that have an entity for head or tail: indexes, ascending. */
    public int[] at(int entity) {
        return union(byHead.of(entity), byTail.of(entity));
    }

    /** The numbers that are in either of two ascending lists, ascending. */
    private static int[] union(int[] a, int[] b) {
        int[] all = new int[a.length + b.length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.length && j < b.length) {
            int least = Math.min(a[i], b[j]);
            all[count++] = least;
            i += a[i] == least ? 1 : 0;
            j += b[j] == least ? 1 : 0;
        }
        System.arraycopy(a, i, all, count, a.length - i);
        count += a.length - i;
        System.arraycopy(b, j, all, count, b.length - j);
        count += b.length - j;
        return Arrays.copyOf(all, count);
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

        int[] of(int group) {
            return Arrays.copyOfRange(members, starts[group], starts[group + 1]);
        }
    }
}
