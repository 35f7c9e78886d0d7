package io.github.whylink.embedding.kernel;

/**
 * Elementary operations on float rows. Rows are separate arrays with one common index, the form that the JIT compiler
 * vectorises. Reductions run in ascending order with one accumulator (see the package description).
 */
public final class Rows {
    private Rows() {}

    /**
     * Returns {@code Σ a[i]·b[i]} for {@code i < a.length}: one chain of fused multiply-adds in ascending order. Nothing is
     * modified.
     */
    public static float dot(float[] a, float[] b) {
        float sum = 0f;
        for (int i = 0; i < a.length; i++) {
            sum = Math.fma(a[i], b[i], sum);
        }
        return sum;
    }

    /**
     * Computes {@code out[j] = dot(query, rows[j])} for {@code j < count}, eight rows at a time, whose chains do not wait
     * for each other; each sum has the bits of {@link #dot}.
     *
     * @param out at least {@code count} long. Modified.
     */
    public static void dots(float[] query, float[][] rows, int count, float[] out) {
        int j = 0;
        for (; j + 8 <= count; j += 8) {
            float[] r0 = rows[j];
            float[] r1 = rows[j + 1];
            float[] r2 = rows[j + 2];
            float[] r3 = rows[j + 3];
            float[] r4 = rows[j + 4];
            float[] r5 = rows[j + 5];
            float[] r6 = rows[j + 6];
            float[] r7 = rows[j + 7];
            float s0 = 0f;
            float s1 = 0f;
            float s2 = 0f;
            float s3 = 0f;
            float s4 = 0f;
            float s5 = 0f;
            float s6 = 0f;
            float s7 = 0f;
            for (int i = 0; i < query.length; i++) {
                float q = query[i];
                s0 = Math.fma(q, r0[i], s0);
                s1 = Math.fma(q, r1[i], s1);
                s2 = Math.fma(q, r2[i], s2);
                s3 = Math.fma(q, r3[i], s3);
                s4 = Math.fma(q, r4[i], s4);
                s5 = Math.fma(q, r5[i], s5);
                s6 = Math.fma(q, r6[i], s6);
                s7 = Math.fma(q, r7[i], s7);
            }
            out[j] = s0;
            out[j + 1] = s1;
            out[j + 2] = s2;
            out[j + 3] = s3;
            out[j + 4] = s4;
            out[j + 5] = s5;
            out[j + 6] = s6;
            out[j + 7] = s7;
        }
        for (; j < count; j++) {
            out[j] = dot(query, rows[j]);
        }
    }

    /**
     * Computes {@code y += Σ_j factors[j]·rows[j]} for {@code j < count}, four rows at a time.
     *
     * @param y Modified.
     */
    public static void axpys(float[] factors, float[][] rows, int count, float[] y) {
        int j = 0;
        for (; j + 4 <= count; j += 4) {
            float[] r0 = rows[j];
            float[] r1 = rows[j + 1];
            float[] r2 = rows[j + 2];
            float[] r3 = rows[j + 3];
            float f0 = factors[j];
            float f1 = factors[j + 1];
            float f2 = factors[j + 2];
            float f3 = factors[j + 3];
            for (int i = 0; i < y.length; i++) {
                y[i] = Math.fma(f3, r3[i], Math.fma(f2, r2[i], Math.fma(f1, r1[i], Math.fma(f0, r0[i], y[i]))));
            }
        }
        for (; j < count; j++) {
            axpy(factors[j], rows[j], y);
        }
    }

    /** Computes {@code y += factor·x}. {@code y} is modified. */
    public static void axpy(float factor, float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] += factor * x[i];
        }
    }

    /** Computes {@code y += x}. {@code y} is modified. */
    public static void add(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] += x[i];
        }
    }

    /** Returns the sum of squares, in double precision. Nothing is modified. */
    public static double squaredNorm(float[] x) {
        double sum = 0;
        for (float v : x) {
            sum += (double) v * v;
        }
        return sum;
    }

    /** Returns a copy of both levels of a table. */
    public static float[][] copy(float[][] table) {
        float[][] copy = new float[table.length][];
        for (int i = 0; i < table.length; i++) {
            copy[i] = table[i].clone();
        }
        return copy;
    }
}
