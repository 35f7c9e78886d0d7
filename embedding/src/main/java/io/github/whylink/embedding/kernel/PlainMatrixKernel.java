package io.github.whylink.embedding.kernel;

/**
 * Matrix products in plain Java, in the one form of loop that the JIT compiler of Java 17 turns into wide vectors: rows
 * that are separate arrays, one index common to all of them, one store.
 *
 * <p>Four rows of {@code b} are folded into a row of {@code out} at a time, so that {@code out} is loaded and stored once
 * for four multiply-adds; with eight the compiler gives up. All three loops are cut into blocks, so that the part of
 * {@code b} in use stays in the nearest cache while some rows of {@code a} pass by. Cutting changes no bit: {@code k} still
 * ascends for every element of the result.
 */
final class PlainMatrixKernel implements MatrixKernel {
    /** Columns in a block: long loops, as the compiler puts some scalar steps before and after each. */
    private static final int COLUMNS = 512;

    /** Rows of {@code b} in a block; a multiple of four. */
    private static final int DEPTH = 16;

    /** Rows of {@code out} in a block: they stay in the second cache until {@code k} is through. */
    private static final int ROWS = 64;

    /** Elements of {@link #expAndSum} in a block; it stays in the nearest cache for three loops. */
    private static final int EXPONENTS = 512;

    /** As long as the longest row so far: arrays with different offsets would not be vectorised. */
    private float[] rounded = new float[EXPONENTS];

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public void multiplyAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int top = from; top < to; top += ROWS) {
            multiplyBlock(a, b, depth, columns, top, Math.min(top + ROWS, to), out);
        }
    }

    private static void multiplyBlock(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int left = 0; left < columns; left += COLUMNS) {
            int right = Math.min(left + COLUMNS, columns);
            for (int first = 0; first < depth; first += DEPTH) {
                int last = Math.min(first + DEPTH, depth);
                for (int i = from; i < to; i++) {
                    float[] row = a[i];
                    float[] result = out[i];
                    int k = first;
                    for (; k + 4 <= last; k += 4) {
                        addProducts(
                                row[k],
                                b[k],
                                row[k + 1],
                                b[k + 1],
                                row[k + 2],
                                b[k + 2],
                                row[k + 3],
                                b[k + 3],
                                result,
                                left,
                                right);
                    }
                    for (; k < last; k++) {
                        addProduct(row[k], b[k], result, left, right);
                    }
                }
            }
        }
    }

    @Override
    public void multiplyTransposedAdd(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int top = from; top < to; top += ROWS) {
            multiplyTransposedBlock(a, b, depth, columns, top, Math.min(top + ROWS, to), out);
        }
    }

    private static void multiplyTransposedBlock(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int left = 0; left < columns; left += COLUMNS) {
            int right = Math.min(left + COLUMNS, columns);
            for (int first = 0; first < depth; first += DEPTH) {
                int last = Math.min(first + DEPTH, depth);
                for (int i = from; i < to; i++) {
                    float[] result = out[i];
                    int k = first;
                    for (; k + 4 <= last; k += 4) {
                        addProducts(
                                a[k][i],
                                b[k],
                                a[k + 1][i],
                                b[k + 1],
                                a[k + 2][i],
                                b[k + 2],
                                a[k + 3][i],
                                b[k + 3],
                                result,
                                left,
                                right);
                    }
                    for (; k < last; k++) {
                        addProduct(a[k][i], b[k], result, left, right);
                    }
                }
            }
        }
    }

    @Override
    public void squaredDistancesAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int top = from; top < to; top += ROWS) {
            squaredDistancesBlock(a, b, depth, columns, top, Math.min(top + ROWS, to), out);
        }
    }

    private static void squaredDistancesBlock(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int left = 0; left < columns; left += COLUMNS) {
            int right = Math.min(left + COLUMNS, columns);
            for (int first = 0; first < depth; first += DEPTH) {
                int last = Math.min(first + DEPTH, depth);
                for (int i = from; i < to; i++) {
                    float[] row = a[i];
                    float[] result = out[i];
                    int k = first;
                    for (; k + 4 <= last; k += 4) {
                        addSquares(
                                row[k],
                                b[k],
                                row[k + 1],
                                b[k + 1],
                                row[k + 2],
                                b[k + 2],
                                row[k + 3],
                                b[k + 3],
                                result,
                                left,
                                right);
                    }
                    for (; k < last; k++) {
                        addSquare(row[k], b[k], result, left, right);
                    }
                }
            }
        }
    }

    @Override
    public void absoluteDistancesAdd(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int top = from; top < to; top += ROWS) {
            absoluteDistancesBlock(a, b, depth, columns, top, Math.min(top + ROWS, to), out);
        }
    }

    private static void absoluteDistancesBlock(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        for (int left = 0; left < columns; left += COLUMNS) {
            int right = Math.min(left + COLUMNS, columns);
            for (int first = 0; first < depth; first += DEPTH) {
                int last = Math.min(first + DEPTH, depth);
                for (int i = from; i < to; i++) {
                    float[] row = a[i];
                    float[] result = out[i];
                    int k = first;
                    for (; k + 4 <= last; k += 4) {
                        addDistances(
                                row[k],
                                b[k],
                                row[k + 1],
                                b[k + 1],
                                row[k + 2],
                                b[k + 2],
                                row[k + 3],
                                b[k + 3],
                                result,
                                left,
                                right);
                    }
                    for (; k < last; k++) {
                        addDistance(row[k], b[k], result, left, right);
                    }
                }
            }
        }
    }

    @Override
    public void expAndSum(float[] x, float[] shift, float[] sum, int count) {
        if (rounded.length < count) {
            rounded = new float[count];
        }
        for (int from = 0; from < count; from += EXPONENTS) {
            int to = Math.min(from + EXPONENTS, count);
            FloatExp.polynomials(x, shift, rounded, from, to);
            FloatExp.scale(x, rounded, from, to);
            for (int i = from; i < to; i++) {
                sum[i] += x[i];
            }
        }
    }

    private static void addProducts(
            float a0,
            float[] b0,
            float a1,
            float[] b1,
            float a2,
            float[] b2,
            float a3,
            float[] b3,
            float[] out,
            int left,
            int right) {
        for (int j = left; j < right; j++) {
            out[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], out[j]))));
        }
    }

    private static void addProduct(float a, float[] b, float[] out, int left, int right) {
        for (int j = left; j < right; j++) {
            out[j] = Math.fma(a, b[j], out[j]);
        }
    }

    private static void addSquares(
            float a0,
            float[] b0,
            float a1,
            float[] b1,
            float a2,
            float[] b2,
            float a3,
            float[] b3,
            float[] out,
            int left,
            int right) {
        for (int j = left; j < right; j++) {
            float d0 = a0 - b0[j];
            float d1 = a1 - b1[j];
            float d2 = a2 - b2[j];
            float d3 = a3 - b3[j];
            out[j] = Math.fma(d3, d3, Math.fma(d2, d2, Math.fma(d1, d1, Math.fma(d0, d0, out[j]))));
        }
    }

    private static void addSquare(float a, float[] b, float[] out, int left, int right) {
        for (int j = left; j < right; j++) {
            float difference = a - b[j];
            out[j] = Math.fma(difference, difference, out[j]);
        }
    }

    private static void addDistances(
            float a0,
            float[] b0,
            float a1,
            float[] b1,
            float a2,
            float[] b2,
            float a3,
            float[] b3,
            float[] out,
            int left,
            int right) {
        for (int j = left; j < right; j++) {
            out[j] = out[j] + Math.abs(a0 - b0[j]) + Math.abs(a1 - b1[j]) + Math.abs(a2 - b2[j]) + Math.abs(a3 - b3[j]);
        }
    }

    private static void addDistance(float a, float[] b, float[] out, int left, int right) {
        for (int j = left; j < right; j++) {
            out[j] += Math.abs(a - b[j]);
        }
    }
}
