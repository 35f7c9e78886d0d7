package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
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

    private CorruptedFacts() {}

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
        int n = facts.count();
        int[] heads = new int[n];
        int[] relations = new int[n];
        int[] tails = new int[n];
        long[] keys = new long[n];
        int drawn = 0;
        for (int i = 0; i < n; i++) {
            long coin = CounterHash.hash(seed, facts.key(i), 0, 0);
            boolean tail = coin < 0;
            int entity = draw(facts, i, tail, known, seed);
            if (entity < 0) {
                tail = !tail;
                entity = draw(facts, i, tail, known, seed);
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
    private static int draw(Facts facts, int fact, boolean tail, KnownFacts known, long seed) {
        int entities = facts.entityCount();
        int entity = 0;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            entity = CounterHash.bounded(CounterHash.hash(seed, facts.key(fact), attempt, tail ? 1 : 0), entities);
            if (isFalse(facts, fact, tail, entity, known)) {
                return entity;
            }
        }
        // Nearly every entity is a known answer: the next one that is not.
        for (int i = 1; i < entities; i++) {
            int next = (entity + i) % entities;
            if (isFalse(facts, fact, tail, next, known)) {
                return next;
            }
        }
        return -1;
    }

    private static boolean isFalse(Facts facts, int fact, boolean tail, int entity, KnownFacts known) {
        int head = facts.head(fact);
        int last = facts.tail(fact);
        return tail
                ? entity != last && !known.contains(head, facts.relation(fact), entity)
                : entity != head && !known.contains(entity, facts.relation(fact), last);
    }
}
