package io.github.whylink.embedding.kernel;

/**
 * Elementary operations on float rows. Rows are separate arrays with one common index, the form that the JIT compiler
 * vectorises. Reductions run in ascending order with one accumulator (see the package description).
 */
public final class Rows {
    private Rows() {}

    /** Returns {@code Σ a[i]·b[i]} for {@code i < a.length}, summed in ascending order. Nothing is modified. */
    public static float dot(float[] a, float[] b) {
        float sum = 0f;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /**
     * Computes {@code out[j] = dot(query, rows[j])} for {@code j < count}, four rows at a time; each sum has the bits of
     * {@link #dot}.
     *
     * @param out at least {@code count} long. Modified.
     */
    public static void dots(float[] query, float[][] rows, int count, float[] out) {
        int j = 0;
        for (; j + 4 <= count; j += 4) {
            float[] r0 = rows[j];
            float[] r1 = rows[j + 1];
            float[] r2 = rows[j + 2];
            float[] r3 = rows[j + 3];
            float s0 = 0f;
            float s1 = 0f;
            float s2 = 0f;
            float s3 = 0f;
            for (int i = 0; i < query.length; i++) {
                float q = query[i];
                s0 += q * r0[i];
                s1 += q * r1[i];
                s2 += q * r2[i];
                s3 += q * r3[i];
            }
            out[j] = s0;
            out[j + 1] = s1;
            out[j + 2] = s2;
            out[j + 3] = s3;
        }
        for (; j < count; j++) {
            out[j] = dot(query, rows[j]);
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
