package io.github.whylink.embedding.kernel;

/**
 * The exponential function in float arithmetic.
 *
 * <p>{@code exp(x) = 2^n · exp(r)} with {@code n = round(x / ln 2)} and {@code |r| ≤ ln 2 / 2}, the second factor by its
 * Taylor polynomial of degree 7. {@link Math#exp} may differ in its last bit from one Java version or processor to the
 * next, and a training amplifies that; here are only additions and multiplications, whose results Java 17 and later
 * prescribe, so that the same seed gives the same bits everywhere. The relative error is below 2e-7.
 */
public final class FloatExp {
    private static final float LOG2_E = (float) 1.4426950408889634;

    /** ln 2 in two parts; the first has so few bits that its product with n is exact. */
    private static final float LN2_HIGH = 355f / 512;

    private static final float LN2_LOW = (float) (0.6931471805599453 - 355.0 / 512);

    /** 1.5 · 2^23: adding and subtracting it rounds to the nearest integer. */
    private static final float ROUNDER = 12582912f;

    /** Below this the result is taken as that of this; it is the smallest normal float. */
    private static final float LEAST = -87.33654f;

    /** Above this the result is not finite. */
    private static final float MOST = 88.72283f;

    private FloatExp() {}

    /**
     * Returns {@code e^x}; NaN for NaN, infinity from 88.72284, and never less than the smallest normal float, 1.2e-38.
     */
    public static float exp(float x) {
        if (x > MOST) {
            return Float.POSITIVE_INFINITY;
        }
        float bounded = Math.max(x, LEAST);
        float n = (bounded * LOG2_E + ROUNDER) - ROUNDER;
        float r = (bounded - n * LN2_HIGH) - n * LN2_LOW;
        float p = 1f / 5040;
        p = p * r + 1f / 720;
        p = p * r + 1f / 120;
        p = p * r + 1f / 24;
        p = p * r + 1f / 6;
        p = p * r + 0.5f;
        p = p * r + 1f;
        p = p * r + 1f;
        // In two factors, as n = 128 has no float of its own.
        int half = (int) n / 2;
        return p * powerOfTwo(half) * powerOfTwo((int) n - half);
    }

    /**
     * The first part of {@code exp(x[i] - shift[i])} for many arguments of at most 0, in float arithmetic only, which the
     * JIT compiler of Java 17 vectorises: the polynomial, still to be multiplied with a power of two by {@link #scale}.
     *
     * @param x Modified: the value of the polynomial, or 0 where the argument is negative infinity.
     * @param shift Not modified.
     * @param rounded Modified: {@code n + ROUNDER}.
     */
    static void polynomials(float[] x, float[] shift, float[] rounded, int from, int to) {
        for (int i = from; i < to; i++) {
            float argument = x[i] - shift[i];
            float bounded = Math.max(argument, LEAST);
            float z = bounded * LOG2_E + ROUNDER;
            float n = z - ROUNDER;
            float r = (bounded - n * LN2_HIGH) - n * LN2_LOW;
            float p = 1f / 5040;
            p = p * r + 1f / 720;
            p = p * r + 1f / 120;
            p = p * r + 1f / 24;
            p = p * r + 1f / 6;
            p = p * r + 0.5f;
            p = p * r + 1f;
            p = p * r + 1f;
            // 0 for every finite argument and infinite for an infinite one: a condition without a branch.
            float beyond = Math.max(argument, -Float.MAX_VALUE) - argument;
            x[i] = p * (1f - Math.min(beyond, 1f));
            rounded[i] = z;
        }
    }

    /**
     * The second part: multiplies the results of {@link #polynomials} with their powers of two, {@code 2^n} with
     * {@code -126 ≤ n ≤ 0}, which gives the bits of {@link #exp}.
     *
     * @param x Modified.
     * @param rounded Not modified.
     */
    static void scale(float[] x, float[] rounded, int from, int to) {
        for (int i = from; i < to; i++) {
            // The low bits of n + ROUNDER are n itself; what stands above them is shifted out.
            x[i] *= Float.intBitsToFloat((Float.floatToRawIntBits(rounded[i]) + 127) << 23);
        }
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }
}
