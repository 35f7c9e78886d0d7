package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;

/**
 * False facts for a calibration where none are given: true ones with another head or tail.
 *
 * <p>Source: Tabacof and Costabello, "Probability calibration for knowledge graph embedding models", ICLR 2020, arXiv
 * 1912.10000, with one corruption for each true fact, so that half of the facts are true.
 */
public final class CorruptedFacts {
    private static final int ATTEMPTS = 32;

    private final Facts facts;
    private final KnownFacts known;

    /** Null where every entity fits everywhere. */
    private final RelationRoles roles;

    private final long seed;

    private CorruptedFacts(Facts facts, KnownFacts known, RelationRoles roles, long seed) {
        this.facts = facts;
        this.known = known;
        this.roles = roles;
        this.seed = seed;
    }

    /**
     * Draws one false fact for each fact: head or tail by a coin, the entity uniform among those that make no known
     * fact. A pure function of the seed and the fact's key, so that another fact changes nothing. The same false fact
     * may come from two facts.
     *
     * <p>Expected O(1) a fact where few entities are known answers, O(entities) at most.
     *
     * @param facts true facts, mostly those for validation. Not modified.
     * @param known what must not be drawn: all facts known to be true
     * @return in the order of the facts, with keys of their own; without those for which every other head and tail is
     *     known
     */
    public static Facts of(Facts facts, KnownFacts known, long seed) {
        return new CorruptedFacts(facts, known, null, seed).draw();
    }

    /**
     * Draws one false fact for each fact, as {@link #of} does, but among the entities that fit that side of the relation,
     * and none that leads from an entity to itself. These are harder to tell from true ones: a country for a country, where
     * {@link #of} mostly puts a language.
     *
     * @param facts true facts, mostly those for validation. Not modified.
     * @param known what must not be drawn: all facts known to be true
     * @param roles which entities fit
     * @return in the order of the facts, with keys of their own; without those for which every other head and tail that
     *     fits is known
     */
    public static Facts typed(Facts facts, KnownFacts known, RelationRoles roles, long seed) {
        return new CorruptedFacts(facts, known, roles, seed).draw();
    }

    private Facts draw() {
        int n = facts.count();
        int[] heads = new int[n];
        int[] relations = new int[n];
        int[] tails = new int[n];
        long[] keys = new long[n];
        int drawn = 0;
        for (int i = 0; i < n; i++) {
            long coin = CounterHash.hash(seed, facts.key(i), 0, 0);
            boolean tail = coin < 0;
            int entity = draw(i, tail);
            if (entity < 0) {
                tail = !tail;
                entity = draw(i, tail);
            }
            if (entity >= 0) {
                heads[drawn] = tail ? facts.head(i) : entity;
                relations[drawn] = facts.relation(i);
                tails[drawn] = tail ? entity : facts.tail(i);
                keys[drawn] = coin;
                drawn++;
            }
        }
        return new Facts(
                facts.entityCount(),
                facts.relationCount(),
                Arrays.copyOf(heads, drawn),
                Arrays.copyOf(relations, drawn),
                Arrays.copyOf(tails, drawn),
                Arrays.copyOf(keys, drawn));
    }

    /** An entity that makes no known fact on this side, or -1. */
    private int draw(int fact, boolean tail) {
        int[] fitting = roles == null ? null : roles.entities(facts.relation(fact), tail ? Side.TAIL : Side.HEAD);
        int candidates = fitting == null ? facts.entityCount() : fitting.length;
        if (candidates == 0) {
            return -1;
        }
        int place = 0;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            place = CounterHash.bounded(CounterHash.hash(seed, facts.key(fact), attempt, tail ? 1 : 0), candidates);
            int entity = fitting == null ? place : fitting[place];
            if (isFalse(fact, tail, entity)) {
                return entity;
            }
        }
        // Nearly every entity is a known answer: the next one that is not.
        for (int i = 1; i < candidates; i++) {
            int next = (place + i) % candidates;
            int entity = fitting == null ? next : fitting[next];
            if (isFalse(fact, tail, entity)) {
                return entity;
            }
        }
        return -1;
    }

    private boolean isFalse(int fact, boolean tail, int entity) {
        int head = tail ? facts.head(fact) : entity;
        int last = tail ? entity : facts.tail(fact);
        return entity != (tail ? facts.tail(fact) : facts.head(fact))
                && (roles == null || head != last)
                && !known.contains(head, facts.relation(fact), last);
    }
}
