package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.CounterHash;

/**
 * Every entity but the positive with the same probability, with replacement.
 *
 * @param seed of the training
 * @param entityCount at least 2
 */
public record UniformSampler(long seed, int entityCount) implements NegativeSampler {
    /** Keeps the draws apart from the initial rows and the order of the facts, which use the same seed. */
    private static final long STREAM = 0x6E65676174697665L;

    public UniformSampler {
        if (entityCount < 2) {
            throw new IllegalArgumentException("negatives need at least 2 entities, there are " + entityCount);
        }
    }

    @Override
    public void sample(long key, int epoch, int side, int positive, int[] out) {
        for (int j = 0; j < out.length; j++) {
            long hash = CounterHash.hash(seed ^ STREAM, key, 2L * epoch + side, j);
            int drawn = CounterHash.bounded(hash, entityCount - 1);
            out[j] = drawn < positive ? drawn : drawn + 1;
        }
    }
}
