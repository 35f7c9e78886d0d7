package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

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
                throw new IllegalArgumentException(
                        "the weights %s, %s, %s must be 0 or more, and not all 0".formatted(onePart, random, typed));
            }
        }

        /** The kind of the i-th of some false facts: the shares hold for every run of them, not on average only. */
        Kind kind(int i, int count) {
            double at = (i + 0.5) / count * (onePart + random + typed);
            return at < onePart ? Kind.ONE_PART : at < onePart + random ? Kind.RANDOM : Kind.TYPED;
        }
    }

    /** Keeps the draw of weights apart from other draws of the same seed. */
    private static final long WEIGHT_STREAM = 0x7765696768746564L;

    private final Facts facts;
    private final KnownFacts known;
    private RelationRoles roles;
    private final long seed;
    private final Set<Long> drawn = new HashSet<>();
    private final boolean traceless;
    private final int[][] columns;
    private final int[] done;
    private int count;

    /** How many were drawn before the places at hand, and how often one of these counts as a source. */
    private int earlier;

    private double weight;
    private long draws;

    private FalseFacts(Facts facts, int most, boolean traceless, long seed) {
        columns = new int[3][most];
        Arrays.fill(columns[1], -1);
        done = new int[most];
        this.facts = facts;
        this.traceless = traceless;
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
        return drawing(facts, count, mix, false, seed).drawn();
    }

    /**
     * Draws false facts that are to stand for others in the graph. What a false fact was made of can be told: some of its
     * parts occur once more. If that never befell canaries, they would look different from any false fact in the graph. So
     * canaries are made of canaries too, of those before them with twice the probability, which makes up for those behind;
     * and those that are not typed come first, so that typed ones take their ends for seen with the relation, as they do with
     * those of any false fact.
     *
     * @param facts true ones and false ones. Not modified.
     * @param count how many at most; fewer where the graph has no more room
     */
    static Canaries canaries(Facts facts, int count, Mix mix, long seed) {
        FalseFacts draw = drawing(facts, count, mix, true, seed);
        int untyped = (int) IntStream.range(0, untyped(count, mix))
                .filter(i -> draw.columns[1][i] >= 0)
                .count();
        Facts drawn = draw.drawn();
        return new Canaries(drawn, untyped, drawn.count());
    }

    private static int untyped(int count, Mix mix) {
        return (int) IntStream.range(0, count)
                .filter(i -> mix.kind(i, count) != Kind.TYPED)
                .count();
    }

    /**
     * False facts: those that are not typed, then typed ones that stand for others, then typed ones that do not.
     *
     * @param facts the false facts alone
     * @param untyped how many of them are not typed
     * @param judged how many stand for others
     */
    record Canaries(Facts facts, int untyped, int judged) {
        /**
         * Typed canaries with an end that only another canary shows with the relation stand for no others: they are as easy to
         * tell as that one.
         *
         * @param graph in which these false facts are to stand for others
         */
        Canaries judgedByTheGraphItself(Facts graph) {
            RelationRoles roles = RelationRoles.of(graph);
            int[] fit = IntStream.range(untyped, facts.count())
                    .filter(i -> fits(roles, facts, i))
                    .toArray();
            IntStream others = IntStream.range(untyped, facts.count()).filter(i -> !fits(roles, facts, i));
            int[] order = IntStream.concat(IntStream.concat(IntStream.range(0, untyped), Arrays.stream(fit)), others)
                    .toArray();
            return new Canaries(facts.select(order), untyped, untyped + fit.length);
        }

        private static boolean fits(RelationRoles roles, Facts facts, int i) {
            int relation = facts.relation(i);
            return Arrays.binarySearch(roles.entities(relation, Side.HEAD), facts.head(i)) >= 0
                    && Arrays.binarySearch(roles.entities(relation, Side.TAIL), facts.tail(i)) >= 0;
        }
    }

    private static FalseFacts drawing(Facts facts, int count, Mix mix, boolean traceless, long seed) {
        FalseFacts draw = new FalseFacts(facts, count, traceless, seed);
        int untyped = untyped(count, mix);
        draw.some(0, untyped, count, mix);
        if (traceless && untyped > 0) {
            draw.roles = RelationRoles.of(Audit.joined(facts, draw.drawn()));
        }
        draw.some(untyped, count, count, mix);
        return draw;
    }

    /** Draws those of some places, not one kind after the other: what is drawn early is made use of more often. */
    private void some(int from, int to, int all, Mix mix) {
        earlier = count;
        weight = from == to ? 0 : 2.0 * to / (to - from);
        long[] order = new long[to - from];
        Arrays.setAll(order, i -> CounterHash.hash(seed, from + i, 1, 0) << 32 | (from + i));
        Arrays.sort(order);
        for (long place : order) {
            one(mix.kind((int) place, all), (int) place);
        }
    }

    private Facts drawn() {
        int[] places = IntStream.range(0, columns[1].length)
                .filter(i -> columns[1][i] >= 0)
                .toArray();
        int[] heads = Arrays.stream(places).map(i -> columns[0][i]).toArray();
        int[] relations = Arrays.stream(places).map(i -> columns[1][i]).toArray();
        int[] tails = Arrays.stream(places).map(i -> columns[2][i]).toArray();
        long[] keys = new long[places.length];
        // Other keys than those of a graph's own facts, from which these must differ.
        Arrays.setAll(keys, i -> CounterHash.hash(seed ^ 0x66616c7365L, heads[i], relations[i], tails[i]));
        return new Facts(facts.entityCount(), facts.relationCount(), heads, relations, tails, keys)
                .withWeights(weights(relations, keys));
    }

    /** Each that of some fact of its relation, so that weights do not tell them from the others; null where these have none. */
    private float[] weights(int[] relationOf, long[] keys) {
        if (!facts.isWeighted()) {
            return null;
        }
        int[][] alike = facts.byRelation();
        float[] weights = new float[keys.length];
        for (int i = 0; i < keys.length; i++) {
            int[] among = alike[relationOf[i]];
            long hash = CounterHash.hash(seed ^ WEIGHT_STREAM, keys[i], 0, 0);
            weights[i] = among.length == 0 ? 1f : facts.weight(among[CounterHash.bounded(hash, among.length)]);
        }
        return weights;
    }

    /** What the next one is made of: a fact, or the place of a false one below 0 and less by 1. */
    private int source() {
        if (!traceless) {
            return bounded(facts.count());
        }
        int latest = (int) (weight * (count - earlier));
        int like = bounded(facts.count() + earlier + latest);
        if (like < facts.count()) {
            return like;
        }
        int own = like - facts.count();
        return -1 - done[own < earlier ? own : Math.min(count - 1, earlier + (int) ((own - earlier) / weight))];
    }

    private void one(Kind kind, int place) {
        for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
            int source = source();
            int own = -1 - source;
            int like = Math.max(0, source);
            int head = own < 0 ? facts.head(like) : columns[0][own];
            int relation = own < 0 ? facts.relation(like) : columns[1][own];
            int tail = own < 0 ? facts.tail(like) : columns[2][own];
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
                done[count++] = place;
                return;
            }
        }
    }

    private int bounded(int bound) {
        return CounterHash.bounded(CounterHash.hash(seed, draws++, 0, 0), bound);
    }
}
