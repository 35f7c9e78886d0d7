package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;

/**
 * Every entity but the positive with the same probability, with replacement. Where known answers are filtered, a draw that
 * hits one is repeated, and given up after {@value #ATTEMPTS} times.
 */
final class UniformSampler implements NegativeSampler {
    static final int ATTEMPTS = 32;

    /** Keeps the draws apart from the initial rows and the order of the facts, which use the same seed. */
    private static final long STREAM = 0x6E65676174697665L;

    private final Facts facts;
    private final KnownFacts known;
    private final long seed;
    private final int count;

    /**
     * Draws for the facts of a training.
     *
     * @param known answers to leave out, or null
     * @throws IllegalArgumentException if there is only one entity
     */
    UniformSampler(Facts facts, KnownFacts known, long seed, int count) {
        if (facts.entityCount() < 2) {
            throw new IllegalArgumentException("negatives need at least 2 entities, there are " + facts.entityCount());
        }
        this.facts = facts;
        this.known = known;
        this.seed = seed ^ STREAM;
        this.count = count;
    }

    @Override
    public int limit() {
        return count;
    }

    @Override
    public int sample(int fact, int epoch, int batch, Side side, int[] out) {
        long key = facts.key(fact);
        int positive = side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
        int others = facts.entityCount() - 1;
        // The head draws with even, the tail with odd numbers, so that both sides draw independently.
        long purpose = 2L * epoch + (side == Side.TAIL ? 1 : 0);
        if (known == null) {
            for (int j = 0; j < count; j++) {
                int drawn = CounterHash.bounded(CounterHash.hash(seed, key, purpose, j), others);
                out[j] = drawn < positive ? drawn : drawn + 1;
            }
            return count;
        }
        int[] answers = answers(known, facts, fact, side);
        int drawnSoFar = 0;
        for (int j = 0; j < count; j++) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                long counter = j + ((long) attempt << 32);
                int drawn = CounterHash.bounded(CounterHash.hash(seed, key, purpose, counter), others);
                int entity = drawn < positive ? drawn : drawn + 1;
                if (Arrays.binarySearch(answers, entity) < 0) {
                    out[drawnSoFar++] = entity;
                    break;
                }
            }
        }
        return drawnSoFar;
    }

    /** The known answers of the query that a fact makes on one side, ascending. */
    static int[] answers(KnownFacts known, Facts facts, int fact, Side side) {
        return known.known(side, side == Side.TAIL ? facts.head(fact) : facts.tail(fact), facts.relation(fact));
    }
}
