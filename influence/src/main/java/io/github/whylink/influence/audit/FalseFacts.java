package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Draws facts that are false as far as the graph knows: none of them is in it, and none is drawn twice.
 *
 * <p>A pure function of the facts, the wish and the seed. O(count) for graphs that are far from complete.
 */
public final class FalseFacts {
    /** After so many vain draws in a row the graph is taken to be complete. */
    private static final int MOST_TRIES = 1000;

    /** How a false fact is made. */
    public enum Kind {
        /** A fact of the graph with its head, relation or tail replaced by any other, each with the same probability. */
        ONE_PART,
        /** Any head, relation and tail. */
        RANDOM,
        /** A fact of the graph with its head or tail replaced by another one that the relation is seen with on that side. */
        TYPED
    }

    /**
     * Shares of the kinds among false facts.
     *
     * @param onePart weight of {@link Kind#ONE_PART}, as the others 0 or more
     * @param random weight of {@link Kind#RANDOM}
     * @param typed weight of {@link Kind#TYPED}
     */
    public record Mix(double onePart, double random, double typed) {
        /** Half one part replaced, half of anything. */
        public static final Mix UNIFORM = new Mix(1, 1, 0);

        /** Nothing but what fits observed domain and range. */
        public static final Mix TYPED = new Mix(0, 0, 1);

        /** Half of each of the two before. */
        public static final Mix MIXED = new Mix(1, 1, 2);

        /**
         * Checks the weights.
         *
         * @throws IllegalArgumentException if one is negative or all are 0
         */
        public Mix {
            if (!(onePart >= 0 && random >= 0 && typed >= 0 && onePart + random + typed > 0)) {
                throw new IllegalArgumentException("the weights %s, %s, %s must be 0 or more, and not all 0"
                        .formatted(onePart, random, typed));
            }
        }

        /** How many of some false facts, the first ones, are not typed. */
        int untyped(int count) {
            int n = 0;
            while (n < count && kind(n, count) != Kind.TYPED) {
                n++;
            }
            return n;
        }

        /** The kind of the i-th of some false facts: the shares hold for every run of them, not on average only. */
        Kind kind(int i, int count) {
            double at = (i + 0.5) / count * (onePart + random + typed);
            return at < onePart ? Kind.ONE_PART : at < onePart + random ? Kind.RANDOM : Kind.TYPED;
        }
    }

    private final Facts facts;
    private final KnownFacts known;
    private final RelationRoles roles;
    private final long seed;
    private final Set<Long> drawn = new HashSet<>();
    private long draws;

    private FalseFacts(Facts facts, long seed) {
        this.facts = facts;
        this.seed = seed;
        known = KnownFacts.of(facts);
        roles = RelationRoles.of(facts);
    }

    /**
     * Draws false facts.
     *
     * @param facts what is known. Not modified.
     * @param count how many at most; fewer where the graph has no more room
     * @return the false facts alone, with the entities and relations of the others
     */
    public static Facts draw(Facts facts, int count, Mix mix, long seed) {
        FalseFacts draw = new FalseFacts(facts, seed);
        int[][] columns = new int[3][count];
        int n = 0;
        for (int i = 0; i < count; i++) {
            n += draw.one(mix.kind(i, count), columns, n) ? 1 : 0;
        }
        int[] heads = Arrays.copyOf(columns[0], n);
        int[] relations = Arrays.copyOf(columns[1], n);
        int[] tails = Arrays.copyOf(columns[2], n);
        long[] keys = new long[n];
        // Far from the keys of a graph's own facts, which must stay pairwise different with these.
        Arrays.setAll(keys, i -> CounterHash.hash(seed ^ 0x66616c7365L, heads[i], relations[i], tails[i]));
        return new Facts(facts.entityCount(), facts.relationCount(), heads, relations, tails, keys);
    }

    private boolean one(Kind kind, int[][] columns, int place) {
        for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
            int like = bounded(facts.count());
            int head = facts.head(like);
            int relation = facts.relation(like);
            int tail = facts.tail(like);
            switch (kind) {
                case ONE_PART -> {
                    int part = bounded(3);
                    head = part == 0 ? bounded(facts.entityCount()) : head;
                    relation = part == 1 ? bounded(facts.relationCount()) : relation;
                    tail = part == 2 ? bounded(facts.entityCount()) : tail;
                }
                case RANDOM -> {
                    head = bounded(facts.entityCount());
                    relation = bounded(facts.relationCount());
                    tail = bounded(facts.entityCount());
                }
                case TYPED -> {
                    Side side = bounded(2) == 0 ? Side.HEAD : Side.TAIL;
                    int[] fitting = roles.entities(relation, side);
                    int other = fitting[bounded(fitting.length)];
                    head = side == Side.HEAD ? other : head;
                    tail = side == Side.TAIL ? other : tail;
                }
            }
            if (!known.contains(head, relation, tail) && drawn.add(Facts.key(head, relation, tail))) {
                columns[0][place] = head;
                columns[1][place] = relation;
                columns[2][place] = tail;
                return true;
            }
        }
        return false;
    }

    private int bounded(int bound) {
        return CounterHash.bounded(CounterHash.hash(seed, draws++, 0, 0), bound);
    }
}
