package io.github.whylink.embedding.kernel;

/**
 * Random numbers as a pure function of a seed and up to three counters.
 *
 * <p>{@code h(seed, a, b, c)} chains the 64-bit finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014) over the inputs. There is no state: the fifth negative of a fact in
 * epoch 3 is the same number whoever computes it and whatever else was computed before.
 */
public final class CounterHash {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private CounterHash() {}

    /**
     * Hashes a seed and three counters.
     *
     * @return 64 well mixed bits; equal inputs give equal bits
     */
    public static long hash(long seed, long a, long b, long c) {
        long h = mix(seed + GOLDEN_GAMMA);
        h = mix((h ^ a) + GOLDEN_GAMMA);
        h = mix((h ^ b) + GOLDEN_GAMMA);
        return mix((h ^ c) + GOLDEN_GAMMA);
    }

    /**
     * Maps a hash to {@code 0 .. bound-1} by multiplying its upper half with the bound.
     *
     * @param bound above 0
     */
    public static int bounded(long hash, int bound) {
        return (int) (((hash >>> 32) * bound) >>> 32);
    }

    /** Maps a hash to a float uniform in [-1, 1), with a resolution of 2^-23. */
    public static float symmetric(long hash) {
        return (hash >>> 40) * 0x1p-23f - 1f;
    }

    private static long mix(long z) {
        long x = z;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
