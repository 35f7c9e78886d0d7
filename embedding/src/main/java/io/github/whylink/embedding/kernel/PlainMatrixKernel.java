package io.github.whylink.embedding.kernel;

/**
 * Matrix products in plain Java, in the one form of loop that the JIT compiler of Java 17 turns into wide vectors: rows
 * that are separate arrays, one index common to all of them, at most six of them.
 *
 * <p>Four rows of {@code b} are folded into two rows of {@code out} at a time, so that six loads and two stores serve eight
 * multiply-adds; with one array more the compiler gives up. All three loops are cut into blocks, so that the part of
 * {@code b} in use stays in the nearest cache while some rows of {@code a} pass by.
 *
 * <p>The compiler puts some scalar steps before and after each loop, which is much where rows are short. So a product with few
 * columns and more rows is turned: {@code outᵀ += bᵀ·aᵀ}, whose rows are as long as {@code out} has rows, by way of copies.
 *
 * <p>Neither cutting nor turning changes a bit: {@code k} still ascends for every element of the result.
 */
final class PlainMatrixKernel implements MatrixKernel {
    /** Columns in a block: long loops. */
    private static final int COLUMNS = 1024;

    /** Rows of {@code b} in a block; a multiple of four. */
    private static final int DEPTH = 16;

    /** Rows of {@code out} in a block, an even number: they stay in the second cache until {@code k} is through. */
    private static final int ROWS = 64;

    /** Products with more columns than this are not turned. */
    private static final int SHORT_ROW = 256;

    /** Rows of {@code out}, and summation indices, that are turned at a time. */
    private static final int TURNED_ROWS = 512;

    private static final int TURNED_DEPTH = 64;

    /** Scratch of products that are turned, made when first needed: {@code aᵀ} and {@code outᵀ}. */
    private float[][] turnedA = {};

    private float[][] turnedOut = {};

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
        multiply(false, a, b, depth, columns, from, to, out);
    }

    @Override
    public void multiplyTransposedAdd(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        multiply(true, a, b, depth, columns, from, to, out);
    }

    private void multiply(
            boolean transposed, float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        if (!turns(columns, to - from)) {
            products(transposed, a, b, 0, 0, depth, 0, columns, from, to, out);
            return;
        }
        for (int top = from; top < to; top += TURNED_ROWS) {
            int height = Math.min(TURNED_ROWS, to - top);
            turnOut(out, top, height, columns);
            for (int first = 0; first < depth; first += TURNED_DEPTH) {
                int last = Math.min(first + TURNED_DEPTH, depth);
                if (transposed) {
                    for (int k = first; k < last; k++) {
                        System.arraycopy(a[k], top, turnedA[k - first], 0, height);
                    }
                } else {
                    turnA(a, top, height, first, last);
                }
                products(true, b, turnedA, first, first, last, 0, height, 0, columns, turnedOut);
            }
            turnBack(out, top, height, columns);
        }
    }

    private static boolean turns(int columns, int rows) {
        return columns > 0 && columns <= SHORT_ROW && 4 * rows >= 7 * columns;
    }

    /** Copies stretches of rows of {@code a} into columns of {@link #turnedA}. */
    private void turnA(float[][] a, int top, int height, int first, int last) {
        for (int i = 0; i < height; i++) {
            float[] row = a[top + i];
            for (int k = first; k < last; k++) {
                turnedA[k - first][i] = row[k];
            }
        }
    }

    /** Copies rows of {@code out} into columns of {@link #turnedOut}. */
    private void turnOut(float[][] out, int top, int height, int columns) {
        if (turnedOut.length < columns || turnedA[0].length < height) {
            // As large as any product so far wanted: where shapes take turns it is not made anew for each.
            int rows = Math.max(height, turnedA.length == 0 ? 0 : turnedA[0].length);
            turnedA = new float[TURNED_DEPTH][rows];
            turnedOut = new float[Math.max(columns, turnedOut.length)][rows];
        }
        for (int i = 0; i < height; i++) {
            float[] row = out[top + i];
            for (int j = 0; j < columns; j++) {
                turnedOut[j][i] = row[j];
            }
        }
    }

    private void turnBack(float[][] out, int top, int height, int columns) {
        for (int i = 0; i < height; i++) {
            float[] row = out[top + i];
            for (int j = 0; j < columns; j++) {
                row[j] = turnedOut[j][i];
            }
        }
    }

    /**
     * {@code out[i][j] += Σ_k a[i][k] · b[k - skipped][j]} for {@code from ≤ i < to}, {@code left ≤ j < right}, {@code start ≤ k <
     * end}; with {@code a[k][i]} where it is transposed.
     */
    private static void products(
            boolean transposed,
            float[][] a,
            float[][] b,
            int skipped,
            int start,
            int end,
            int left,
            int right,
            int from,
            int to,
            float[][] out) {
        for (int top = from; top < to; top += ROWS) {
            int bottom = Math.min(top + ROWS, to);
            for (int first = left; first < right; first += COLUMNS) {
                int last = Math.min(first + COLUMNS, right);
                for (int k = start; k < end; k += DEPTH) {
                    productsOfBlock(
                            transposed, a, b, skipped, k, Math.min(k + DEPTH, end), first, last, top, bottom, out);
                }
            }
        }
    }

    private static void productsOfBlock(
            boolean transposed,
            float[][] a,
            float[][] b,
            int skipped,
            int start,
            int end,
            int left,
            int right,
            int from,
            int to,
            float[][] out) {
        int i = from;
        for (; i + 2 <= to; i += 2) {
            int k = start;
            for (; k + 4 <= end; k += 4) {
                int at = k - skipped;
                addProducts(
                        of(transposed, a, i, k),
                        of(transposed, a, i, k + 1),
                        of(transposed, a, i, k + 2),
                        of(transposed, a, i, k + 3),
                        of(transposed, a, i + 1, k),
                        of(transposed, a, i + 1, k + 1),
                        of(transposed, a, i + 1, k + 2),
                        of(transposed, a, i + 1, k + 3),
                        b[at],
                        b[at + 1],
                        b[at + 2],
                        b[at + 3],
                        out[i],
                        out[i + 1],
                        left,
                        right);
            }
            for (; k < end; k++) {
                addProduct(of(transposed, a, i, k), b[k - skipped], out[i], left, right);
                addProduct(of(transposed, a, i + 1, k), b[k - skipped], out[i + 1], left, right);
            }
        }
        if (i < to) {
            for (int k = start; k < end; k++) {
                addProduct(of(transposed, a, i, k), b[k - skipped], out[i], left, right);
            }
        }
    }

    private static float of(boolean transposed, float[][] a, int i, int k) {
        return transposed ? a[k][i] : a[i][k];
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

    /** Folds four rows into two. */
    private static void addProducts(
            float a0,
            float a1,
            float a2,
            float a3,
            float c0,
            float c1,
            float c2,
            float c3,
            float[] b0,
            float[] b1,
            float[] b2,
            float[] b3,
            float[] out,
            float[] next,
            int left,
            int right) {
        for (int j = left; j < right; j++) {
            out[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], out[j]))));
            next[j] = Math.fma(c3, b3[j], Math.fma(c2, b2[j], Math.fma(c1, b1[j], Math.fma(c0, b0[j], next[j]))));
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
