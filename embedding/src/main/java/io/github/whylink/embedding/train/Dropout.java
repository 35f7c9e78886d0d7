package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.CounterHash;

/**
 * Dropout on the rows that make a query: each element is 0 with the given probability and otherwise divided by the
 * probability of being kept. Answers and negatives are compared in full.
 *
 * <p>What is dropped is a pure function of (seed, key of the fact, epoch, side, row, element), so that a fact's gradient
 * can be computed again at any time. Source: Srivastava et al., "Dropout", JMLR 15, 2014; on embeddings as in Ruffinelli,
 * Broscheit and Gemulla, "You CAN teach an old dog new tricks", ICLR 2020.
 *
 * @param entities probability for an element of the entity row, in [0, 1)
 * @param relations probability for an element of the relation row, in [0, 1)
 */
public record Dropout(float entities, float relations) {
    /** Drops nothing. */
    public static final Dropout NONE = new Dropout(0f, 0f);

    /** Keeps the draws apart from the others that use the same seed. */
    private static final long STREAM = 0x64726F706F757421L;

    private static final int DRAWS_PER_HASH = 4;
    private static final int BITS_PER_DRAW = 16;
    private static final int DRAW_MASK = (1 << BITS_PER_DRAW) - 1;

    public Dropout {
        require("entities", entities);
        require("relations", relations);
    }

    private static void require(String what, float probability) {
        if (!(probability >= 0f && probability < 1f)) {
            throw new IllegalArgumentException(
                    "dropout of %s must be at least 0 and below 1, but is %s".formatted(what, probability));
        }
    }

    boolean isNone() {
        return entities == 0f && relations == 0f;
    }

    /**
     * Fills in the factors of a row: 0 or {@code 1 / (1 - probability)}; the resolution of the probability is 2^-16.
     *
     * @param purpose tells the rows of one fact and epoch apart
     * @param factors Modified: overwritten.
     */
    static void factors(float probability, long seed, long key, int epoch, int purpose, float[] factors) {
        int threshold = (int) (probability * (1 << BITS_PER_DRAW));
        float kept = 1f / (1f - probability);
        long bits = 0;
        for (int i = 0; i < factors.length; i++) {
            if (i % DRAWS_PER_HASH == 0) {
                bits = CounterHash.hash(seed ^ STREAM, key, 4L * epoch + purpose, i);
            }
            factors[i] = (bits & DRAW_MASK) < threshold ? 0f : kept;
            bits >>>= BITS_PER_DRAW;
        }
    }
}
