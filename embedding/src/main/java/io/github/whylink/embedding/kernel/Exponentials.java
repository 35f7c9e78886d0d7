package io.github.whylink.embedding.kernel;

/**
 * Exponentials of many scores in double precision, as exact probabilities need them, without a branch or a table, so that
 * the JIT compiler vectorises the loop.
 *
 * <p>{@code exp(x) = exp(x / 256)^256}: the inner one by its Taylor polynomial of degree 11, whose remainder is below
 * 2e-16 for {@code |x| ≤ 64}, the power by eight squarings, which multiply its rounding error with 256. The relative error
 * is below 2e-13. Only multiplications and additions, whose results Java prescribes: the same bits everywhere.
 */
public final class Exponentials {
    /** Arguments below this count as this: 1.6e-28, nothing beside the largest term of a softmax, which is 1. */
    private static final double LEAST = -64;

    private Exponentials() {}

    /**
     * Computes {@code out[j] = exp(x[j] - shift)} for {@code j < count}. NaN stays NaN.
     *
     * @param x at most {@code shift}. Not modified.
     * @param out Modified.
     */
    public static void exp(float[] x, double shift, int count, double[] out) {
        // Two loops, as conversions are not vectorised, and would keep the rest from being so.
        for (int j = 0; j < count; j++) {
            out[j] = x[j] - shift;
        }
        for (int j = 0; j < count; j++) {
            double y = Math.max(out[j], LEAST) * (1.0 / 256);
            double p = 1.0 / 39916800;
            p = p * y + 1.0 / 3628800;
            p = p * y + 1.0 / 362880;
            p = p * y + 1.0 / 40320;
            p = p * y + 1.0 / 5040;
            p = p * y + 1.0 / 720;
            p = p * y + 1.0 / 120;
            p = p * y + 1.0 / 24;
            p = p * y + 1.0 / 6;
            p = p * y + 0.5;
            p = p * y + 1.0;
            p = p * y + 1.0;
            p = p * p;
            p = p * p;
            p = p * p;
            p = p * p;
            p = p * p;
            p = p * p;
            p = p * p;
            out[j] = p * p;
        }
    }

    /** Returns {@code Σ x[j]} for {@code j < count}, in four chains of fixed order. Nothing is modified. */
    public static double sum(double[] x, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int j = 0;
        for (; j + 4 <= count; j += 4) {
            s0 += x[j];
            s1 += x[j + 1];
            s2 += x[j + 2];
            s3 += x[j + 3];
        }
        for (; j < count; j++) {
            s0 += x[j];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Returns the largest of the first {@code count}, not counting NaN; negative infinity if there is none. Not modified. */
    public static float max(float[] x, int count) {
        float m0 = Float.NEGATIVE_INFINITY;
        float m1 = Float.NEGATIVE_INFINITY;
        float m2 = Float.NEGATIVE_INFINITY;
        float m3 = Float.NEGATIVE_INFINITY;
        int j = 0;
        for (; j + 4 <= count; j += 4) {
            m0 = x[j] > m0 ? x[j] : m0;
            m1 = x[j + 1] > m1 ? x[j + 1] : m1;
            m2 = x[j + 2] > m2 ? x[j + 2] : m2;
            m3 = x[j + 3] > m3 ? x[j + 3] : m3;
        }
        for (; j < count; j++) {
            m0 = x[j] > m0 ? x[j] : m0;
        }
        return Math.max(Math.max(m0, m1), Math.max(m2, m3));
    }
}
