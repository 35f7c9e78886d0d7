package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;

/**
 * Entities that fit the side of the relation, all but the positive with the same probability, with replacement. Where no
 * other entity fits, or all that fit are known answers, any other entity does. Draws that hit a known answer are handled as by {@link UniformSampler}.
 */
final class TypedSampler implements NegativeSampler {
    /** Keeps the draws apart from others that use the same seed. */
    private static final long STREAM = 0x74797065646E6567L;

    private final Facts facts;
    private final RelationRoles roles;
    private final KnownFacts known;
    private final long seed;
    private final int count;
    private final NegativeSampler fallback;

    TypedSampler(Facts facts, RelationRoles roles, KnownFacts known, long seed, int count) {
        this.facts = facts;
        this.roles = roles;
        this.known = known;
        this.seed = seed ^ STREAM;
        this.count = count;
        fallback = new UniformSampler(facts, known, seed, count);
    }

    @Override
    public int limit() {
        return count;
    }

    @Override
    public int sample(int fact, int epoch, int batch, Side side, int[] out) {
        int positive = side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
        int[] fitting = roles.entities(facts.relation(fact), side);
        if (fitting.length < 2) {
            return fallback.sample(fact, epoch, batch, side, out);
        }
        int[] answers = known == null ? null : UniformSampler.answers(known, facts, fact, side);
        long key = facts.key(fact);
        long purpose = 2L * epoch + (side == Side.TAIL ? 1 : 0);
        int drawnSoFar = 0;
        for (int j = 0; j < count; j++) {
            for (int attempt = 0; attempt < UniformSampler.ATTEMPTS; attempt++) {
                long counter = j + ((long) attempt << 32);
                int entity =
                        fitting[CounterHash.bounded(CounterHash.hash(seed, key, purpose, counter), fitting.length)];
                if (entity != positive && (answers == null || Arrays.binarySearch(answers, entity) < 0)) {
                    out[drawnSoFar++] = entity;
                    break;
                }
            }
        }
        return drawnSoFar == 0 ? fallback.sample(fact, epoch, batch, side, out) : drawnSoFar;
    }
}
