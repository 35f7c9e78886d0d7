package io.github.whylink.embedding.facts;

import io.github.whylink.embedding.kernel.HeapBytes;
import java.util.Arrays;
import java.util.List;

/**
 * Which heads and tails are known for a query: the filter of filtered ranking and of prediction.
 *
 * <p>A hash table from (relation, entity) to a slice of one int array, for each side. Building is linear in the number
 * of facts, a look-up is constant, and neither boxes anything.
 */
public final class KnownFacts {
    private static final int[] NONE = {};

    private final Groups tailsOf;
    private final Groups headsOf;

    private KnownFacts(Groups tailsOf, Groups headsOf) {
        this.tailsOf = tailsOf;
        this.headsOf = headsOf;
    }

    /** Indexes the union of some fact tables. */
    public static KnownFacts of(Facts... tables) {
        return of(List.of(tables));
    }

    /** Indexes the union of some fact tables. */
    public static KnownFacts of(List<Facts> tables) {
        return new KnownFacts(new Groups(tables, Side.TAIL), new Groups(tables, Side.HEAD));
    }

    /** Bytes of an index of so many facts at most, as if no two of them answered the same query. */
    public static long bytes(int facts) {
        long capacity = Groups.capacity(facts);
        long ofOneSide = HeapBytes.ofLongs(capacity) + HeapBytes.ofReferences(capacity) + facts * HeapBytes.ofFloats(1);
        return 2 * ofOneSide;
    }

    /**
     * Returns the entities known on one side of a query.
     *
     * @param side TAIL: known tails of (entity, relation, ?); HEAD: known heads of (?, relation, entity)
     * @return ascending, without repetition; must not be modified
     */
    public int[] known(Side side, int entity, int relation) {
        return (side == Side.TAIL ? tailsOf : headsOf).get(entity, relation);
    }

    /** Tells whether the fact is in the index. */
    public boolean contains(int head, int relation, int tail) {
        return Arrays.binarySearch(known(Side.TAIL, head, relation), tail) >= 0;
    }

    /** Open addressing from a packed (relation, entity) to the sorted answers. */
    private static final class Groups {
        private final long[] keys;
        private final int[][] answers;

        Groups(List<Facts> tables, Side asked) {
            int total = 0;
            for (Facts facts : tables) {
                total += facts.count();
            }
            int capacity = capacity(total);
            keys = new long[capacity];
            Arrays.fill(keys, -1L);
            answers = new int[capacity][];
            int[] counts = new int[capacity];
            for (Facts facts : tables) {
                for (int i = 0; i < facts.count(); i++) {
                    counts[claim(queryKey(facts, i, asked))]++;
                }
            }
            for (int slot = 0; slot < capacity; slot++) {
                answers[slot] = counts[slot] == 0 ? NONE : new int[counts[slot]];
            }
            for (Facts facts : tables) {
                for (int i = 0; i < facts.count(); i++) {
                    int slot = slot(queryKey(facts, i, asked));
                    answers[slot][--counts[slot]] = asked == Side.TAIL ? facts.tail(i) : facts.head(i);
                }
            }
            for (int slot = 0; slot < capacity; slot++) {
                answers[slot] = sortedDistinct(answers[slot]);
            }
        }

        static int capacity(int facts) {
            return Integer.highestOneBit(Math.max(4, facts) * 2 - 1) * 2;
        }

        int[] get(int entity, int relation) {
            int slot = slot(pack(entity, relation));
            return keys[slot] < 0 ? NONE : answers[slot];
        }

        private int claim(long key) {
            int slot = slot(key);
            keys[slot] = key;
            return slot;
        }

        /** The slot that holds the key, or the free one where it belongs. */
        private int slot(long key) {
            int mask = keys.length - 1;
            int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
            while (keys[slot] >= 0 && keys[slot] != key) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private static long queryKey(Facts facts, int i, Side asked) {
            return pack(asked == Side.TAIL ? facts.head(i) : facts.tail(i), facts.relation(i));
        }

        private static long pack(int entity, int relation) {
            return (long) relation << 32 | entity;
        }

        private static int[] sortedDistinct(int[] values) {
            if (values.length < 2) {
                return values;
            }
            Arrays.sort(values);
            int n = 1;
            for (int i = 1; i < values.length; i++) {
                if (values[i] != values[n - 1]) {
                    values[n++] = values[i];
                }
            }
            return n == values.length ? values : Arrays.copyOf(values, n);
        }
    }
}
