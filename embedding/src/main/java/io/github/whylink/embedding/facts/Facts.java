package io.github.whylink.embedding.facts;

import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.HeapBytes;
import java.util.Arrays;

/**
 * Facts (head, relation, tail) as int columns, each with a stable 64-bit key.
 *
 * <p>The position of a fact in the columns is its index. The key outlives it: whatever is random about a fact (its place
 * in an epoch, its negatives) is derived from the key, so that adding or removing another fact does not change it.
 *
 * <p>Each fact may have a weight, which scales its loss in training and means nothing elsewhere: a fact of weight 0 is known
 * and teaches nothing.
 */
public final class Facts {
    private final int entityCount;
    private final int relationCount;
    private final int[] heads;
    private final int[] relations;
    private final int[] tails;
    private final long[] keys;
    private final int[] entityClasses;

    /** Null where all are 1, so that facts without weights take no room for them. */
    private final float[] weights;

    /**
     * Wraps columns without copying them; they must not be modified afterwards.
     *
     * @param keys one key per fact, pairwise different
     * @throws IllegalArgumentException if the columns differ in length or name an entity or relation out of range
     */
    public Facts(int entityCount, int relationCount, int[] heads, int[] relations, int[] tails, long[] keys) {
        this(entityCount, relationCount, heads, relations, tails, keys, null, null);
    }

    private Facts(
            int entityCount,
            int relationCount,
            int[] heads,
            int[] relations,
            int[] tails,
            long[] keys,
            int[] entityClasses,
            float[] weights) {
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
        this.weights = weights;
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

    /** Bytes of so many facts, without classes of entities and weights: three numbers and a key each. */
    public static long bytes(int count) {
        return 3 * HeapBytes.ofFloats(count) + HeapBytes.ofLongs(count);
    }

    /** Returns the facts at the given indexes, in that order, with their keys and weights. */
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
        return new Facts(entityCount, relationCount, h, r, t, k, entityClasses, weights(indexes));
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
        return new Facts(entityCount, relationCount, heads, relations, tails, keys, classes, weights);
    }

    /**
     * Returns the same facts, each with a weight that scales its loss.
     *
     * @param values one per fact, finite and 0 or more; must not be modified afterwards. Null for none.
     * @throws IllegalArgumentException if there is not one per fact, or one is no weight
     */
    public Facts withWeights(float[] values) {
        if (values != null && values.length != heads.length) {
            throw new IllegalArgumentException(
                    "%d weights were given for %d facts".formatted(values.length, heads.length));
        }
        for (int i = 0; values != null && i < values.length; i++) {
            if (!(values[i] >= 0 && values[i] < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "the weight of fact %d must be finite and 0 or more, but is %s".formatted(i, values[i]));
            }
        }
        return new Facts(entityCount, relationCount, heads, relations, tails, keys, entityClasses, values);
    }

    /** Whether the facts have weights; otherwise each is 1. */
    public boolean isWeighted() {
        return weights != null;
    }

    /** The weights of some facts, for {@link #withWeights}; null where facts have none. */
    public float[] weights(int[] indexes) {
        if (weights == null) {
            return null;
        }
        float[] some = new float[indexes.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = weights[indexes[i]];
        }
        return some;
    }

    /** By how much the loss of a fact counts in training, 0 or more; 1 where nothing else was said. */
    public float weight(int fact) {
        return weights == null ? 1f : weights[fact];
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
