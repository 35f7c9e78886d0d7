package io.github.whylink.embedding.kernel;

import java.util.Arrays;

/**
 * Products of matrices whose rows are separate arrays: what scoring many queries against many entities, and carrying the
 * coefficients back, amounts to.
 *
 * <p>Every element of a result is one chain of fused multiply-adds in ascending order of the summation index, started
 * from the value that the result has before the call. So the bits do not depend on the implementation, on how rows are
 * divided among threads, or on how the summation is divided among consecutive calls; and a product of one row with one
 * column has the bits of {@link Rows#dot}.
 *
 * <p>Rows of {@code out} are arrays of their own, none of them a row of {@code a} or {@code b}. No size is checked before
 * the work begins: a row that is too short ends in an {@link IndexOutOfBoundsException} with part of the result written.
 * Every product takes {@code (to - from) · depth · columns} multiply-adds, and is fast where {@code columns} is at least
 * some dozens.
 *
 * <p>An instance holds scratch space: one per thread. {@link MatrixKernels} makes them.
 */
public interface MatrixKernel {
    /** Which implementation this is, for reports: {@code plain}, or {@code vector} and the width in bits. */
    String name();

    /**
     * {@code out[i][j] += Σ_k a[i][k] · b[k][j]} for {@code from ≤ i < to}, {@code 0 ≤ j < columns}, {@code 0 ≤ k <
     * depth}.
     *
     * @param a rows of at least {@code depth}. Not modified.
     * @param b at least {@code depth} rows of at least {@code columns}. Not modified.
     * @param out Modified: rows {@code from} to {@code to - 1}.
     */
    void multiplyAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out);

    /**
     * {@code out[i][j] = Σ_k a[i][k] · b[k][j]}: what {@link #multiplyAdd} makes of zeros, whatever there was before.
     *
     * @param a rows of at least {@code depth}. Not modified.
     * @param b at least {@code depth} rows of at least {@code columns}. Not modified.
     * @param out Modified: rows {@code from} to {@code to - 1}.
     */
    default void multiply(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int i = from; i < to; i++) {
            Arrays.fill(out[i], 0, columns, 0f);
        }
        multiplyAdd(a, b, depth, columns, from, to, out);
    }

    /**
     * {@code out[i][j] += Σ_k a[k][i] · b[k][j]} for {@code from ≤ i < to}, {@code 0 ≤ j < columns}, {@code 0 ≤ k <
     * depth}: the product with the transpose of {@code a}.
     *
     * @param a at least {@code depth} rows of at least {@code to}. Not modified.
     * @param b at least {@code depth} rows of at least {@code columns}. Not modified.
     * @param out Modified: rows {@code from} to {@code to - 1}.
     */
    void multiplyTransposedAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out);

    /**
     * {@code out[i][j] += Σ_k (a[i][k] - b[k][j])²} for {@code from ≤ i < to}, {@code 0 ≤ j < columns}, {@code 0 ≤ k <
     * depth}: squared Euclidean distances without cancellation.
     *
     * @param a rows of at least {@code depth}. Not modified.
     * @param b at least {@code depth} rows of at least {@code columns}. Not modified.
     * @param out Modified: rows {@code from} to {@code to - 1}.
     */
    void squaredDistancesAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out);

    /**
     * {@code out[i][j] += Σ_k |a[i][k] - b[k][j]|} for {@code from ≤ i < to}, {@code 0 ≤ j < columns}, {@code 0 ≤ k <
     * depth}.
     *
     * @param a rows of at least {@code depth}. Not modified.
     * @param b at least {@code depth} rows of at least {@code columns}. Not modified.
     * @param out Modified: rows {@code from} to {@code to - 1}.
     */
    void absoluteDistancesAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out);

    /**
     * {@code x[i] = exp(x[i] - shift[i])} and {@code sum[i] += x[i]} for {@code i < count}: a step of a softmax over many
     * columns at once. Each exponential has the bits of {@link FloatExp#exp}, except that of negative infinity, which is
     * exactly 0: a masked score takes no part. NaN stays NaN.
     *
     * @param x at most {@code shift[i]}, else the result is undefined. Modified.
     * @param shift finite. Not modified.
     * @param sum Modified.
     */
    void expAndSum(float[] x, float[] shift, float[] sum, int count);
}
