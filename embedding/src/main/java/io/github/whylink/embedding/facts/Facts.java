package io.github.whylink.embedding.facts;

import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.HeapBytes;
import java.util.Arrays;

/**
 * Facts (head, relation, tail) as int columns, each with a stable 64-bit key.
 *
 * <p>The position of a fact in the columns is its index. The key outlives it: whatever is random about a fact (its place
 * in an epoch, its negatives) is derived from the key, so that adding or removing another fact does not change it.
 */
public final class Facts {
    private final int entityCount;
    private final int relationCount;
    private final int[] heads;
    private final int[] relations;
    private final int[] tails;
    private final long[] keys;
    private final int[] entityClasses;

    /**
     * Wraps columns without copying them; they must not be modified afterwards.
     *
     * @param keys one key per fact, pairwise different
     * @throws IllegalArgumentException if the columns differ in length or name an entity or relation out of range
     */
    public Facts(int entityCount, int relationCount, int[] heads, int[] relations, int[] tails, long[] keys) {
        this(entityCount, relationCount, heads, relations, tails, keys, null);
    }

    private Facts(
            int entityCount,
            int relationCount,
            int[] heads,
            int[] relations,
            int[] tails,
            long[] keys,
            int[] entityClasses) {
        if (relations.length != heads.length || tails.length != heads.length || keys.length != heads.length) {
            throw new IllegalArgumentException("columns differ in length: %d heads, %d relations, %d tails, %d keys"
                    .formatted(heads.length, relations.length, tails.length, keys.length));
        }
        for (int i = 0; i < heads.length; i++) {
            if (outside(heads[i], entityCount) || outside(tails[i], entityCount)) {
                throw new IllegalArgumentException("fact %d (%d, %d, %d) names an entity outside 0..%d"
                        .formatted(i, heads[i], relations[i], tails[i], entityCount - 1));
            }
            if (outside(relations[i], relationCount)) {
                throw new IllegalArgumentException("fact %d (%d, %d, %d) names a relation outside 0..%d"
                        .formatted(i, heads[i], relations[i], tails[i], relationCount - 1));
            }
        }
        this.entityCount = entityCount;
        this.relationCount = relationCount;
        this.heads = heads;
        this.relations = relations;
        this.tails = tails;
        this.keys = keys;
        this.entityClasses = entityClasses;
    }

    /** Facts whose keys are derived from their three numbers; the facts must be pairwise different. */
    public static Facts of(int entityCount, int relationCount, int[] heads, int[] relations, int[] tails) {
        long[] keys = new long[heads.length];
        Arrays.setAll(keys, i -> key(heads[i], relations[i], tails[i]));
        return new Facts(entityCount, relationCount, heads, relations, tails, keys);
    }

    /** A key made of the three numbers of a fact, for facts that have no identity of their own. */
    public static long key(int head, int relation, int tail) {
        return CounterHash.hash(0, head, relation, tail);
    }

    /** Bytes of so many facts, without classes of entities: three numbers and a key each. */
    public static long bytes(int count) {
        return 3 * HeapBytes.ofFloats(count) + HeapBytes.ofLongs(count);
    }

    /** Returns the facts at the given indexes, in that order, with their keys. */
    public Facts select(int[] indexes) {
        int n = indexes.length;
        int[] h = new int[n];
        int[] r = new int[n];
        int[] t = new int[n];
        long[] k = new long[n];
        for (int i = 0; i < n; i++) {
            h[i] = heads[indexes[i]];
            r[i] = relations[indexes[i]];
            t[i] = tails[indexes[i]];
            k[i] = keys[indexes[i]];
        }
        return new Facts(entityCount, relationCount, h, r, t, k, entityClasses);
    }

    /**
     * Returns the same facts, with a class for each entity, as type-constrained negatives use them.
     *
     * @param classes one per entity, from 0; must not be modified afterwards
     * @throws IllegalArgumentException if there is not one class per entity
     */
    public Facts withEntityClasses(int[] classes) {
        if (classes.length != entityCount) {
            throw new IllegalArgumentException(
                    "%d classes were given for %d entities".formatted(classes.length, entityCount));
        }
        return new Facts(entityCount, relationCount, heads, relations, tails, keys, classes);
    }

    /** The class of each entity, or null where there are none; must not be modified. */
    public int[] entityClasses() {
        return entityClasses;
    }

    /** The indexes of the facts of each relation, ascending. O(facts), computed at each call. */
    public int[][] byRelation() {
        int[] counts = new int[relationCount];
        for (int relation : relations) {
            counts[relation]++;
        }
        int[][] members = new int[relationCount][];
        for (int relation = 0; relation < relationCount; relation++) {
            members[relation] = new int[counts[relation]];
            counts[relation] = 0;
        }
        for (int fact = 0; fact < relations.length; fact++) {
            int relation = relations[fact];
            members[relation][counts[relation]++] = fact;
        }
        return members;
    }

    /** Number of facts. */
    public int count() {
        return heads.length;
    }

    /** Number of entities, whether or not a fact names them. */
    public int entityCount() {
        return entityCount;
    }

    /** Number of relations, whether or not a fact names them. */
    public int relationCount() {
        return relationCount;
    }

    public int head(int fact) {
        return heads[fact];
    }

    public int relation(int fact) {
        return relations[fact];
    }

    public int tail(int fact) {
        return tails[fact];
    }

    public long key(int fact) {
        return keys[fact];
    }

    private static boolean outside(int id, int count) {
        return id < 0 || id >= count;
    }
}
