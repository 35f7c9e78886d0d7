package io.github.whylink.embedding.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products with the Vector API: tiles of six rows and two vectors, whose twelve sums stay in registers while
 * {@code k} runs.
 *
 * <p>{@code b} is cut into blocks that fit into the second cache, and each block is packed into panels two vectors wide, so
 * that the innermost loop reads it in one stream; six rows of a transposed {@code a} are packed likewise. What
 * sticks out at the right or at the bottom is computed in a tile of its own, with zeros beside it, and copied. (The layout
 * of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM Transactions on Mathematical Software
 * 34(3), 2008, section 4.) Twelve sums, two vectors of {@code b} and one element of {@code a} fit into the sixteen
 * registers of AVX2 and suffice to hide the latency of the multiply-add elsewhere.
 *
 * <p>Every element of the result is still one chain of multiply-adds in ascending {@code k}: the bits are those of
 * {@link PlainMatrixKernel}.
 */
final class VectorMatrixKernel implements MatrixKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** Rows of a tile. */
    private static final int TALL = 6;

    /** Columns of a tile. */
    private static final int WIDE = 2 * LANES;

    /** Summation indices in a block. */
    private static final int DEPTH = 256;

    /** Columns in a block. */
    private static final int COLUMNS = 512;

    /** The last panel may stick out of the block. */
    private final float[] packedB = new float[DEPTH * (COLUMNS + WIDE)];

    /** Tiles whose rows of a transposed {@code a} are packed together: they lie in whole cache lines. */
    private static final int GROUP = 8;

    /** Numbers that are copied to pack {@link #TALL} of them: whole vectors. Other ones than elsewhere would be slow on Java 17. */
    private static final int STRETCH = (TALL + LANES - 1) / LANES * LANES;

    /** Packed rows, a tile each: an array of its own, as an offset in the innermost loop costs a tenth of the speed. */
    private final float[][] packedA = new float[GROUP][DEPTH * TALL + STRETCH];

    /** Rows of a tile at the bottom, and what fills it up. */
    private final float[][] lastRows = new float[TALL][];

    private float[] zeros = new float[DEPTH];

    /** Where the tiles at the edges are computed. */
    private final float[][] edge = new float[TALL][WIDE];

    /** For {@link #expAndSum}: as long as the longest row so far. */
    private float[] rounded = new float[COLUMNS];

    VectorMatrixKernel() {
        if (SPECIES.vectorBitSize() < 128) {
            throw new IllegalStateException("this processor has no vectors that Java knows");
        }
    }

    @Override
    public String name() {
        return "vector" + SPECIES.vectorBitSize();
    }

    @Override
    public void multiplyAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        run(Operation.PRODUCT, false, a, b, depth, columns, from, to, out);
    }

    @Override
    public void multiply(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        run(Operation.PRODUCT, true, a, b, depth, columns, from, to, out);
    }

    @Override
    public void multiplyTransposedAdd(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        run(Operation.TRANSPOSED_PRODUCT, false, a, b, depth, columns, from, to, out);
    }

    @Override
    public void squaredDistancesAdd(float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        run(Operation.SQUARED_DISTANCE, false, a, b, depth, columns, from, to, out);
    }

    @Override
    public void absoluteDistancesAdd(
            float[][] a, float[][] b, int depth, int columns, int from, int to, float[][] out) {
        run(Operation.ABSOLUTE_DISTANCE, false, a, b, depth, columns, from, to, out);
    }

    /** What a tile computes. */
    private enum Operation {
        PRODUCT,
        TRANSPOSED_PRODUCT,
        SQUARED_DISTANCE,
        ABSOLUTE_DISTANCE
    }

    /**
     * Computes tile by tile.
     *
     * @param anew whether what stands in {@code out} counts as 0
     */
    private void run(
            Operation operation,
            boolean anew,
            float[][] a,
            float[][] b,
            int depth,
            int columns,
            int from,
            int to,
            float[][] out) {
        if (anew && depth == 0) {
            clear(out, from, to, 0, columns);
        }
        boolean transposed = operation == Operation.TRANSPOSED_PRODUCT;
        for (int left = 0; left < columns; left += COLUMNS) {
            int width = Math.min(COLUMNS, columns - left);
            for (int first = 0; first < depth; first += DEPTH) {
                int length = Math.min(DEPTH, depth - first);
                packPanels(b, first, length, left, width);
                for (int top = from; top < to; top += TALL) {
                    int height = Math.min(TALL, to - top);
                    float[][] rows = a;
                    int row = top;
                    if (transposed) {
                        row = (top - from) / TALL % GROUP;
                        rows = packedA;
                        if (row == 0) {
                            packTransposedRows(a, first, length, top, to);
                        }
                    } else if (height < TALL) {
                        rows = filledUp(a, top, height, first + length);
                        row = 0;
                    }
                    if (anew && first == 0) {
                        clear(out, top, top + height, left, left + width);
                    }
                    for (int panel = 0; panel < width; panel += WIDE) {
                        int covered = Math.min(WIDE, width - panel);
                        if (height == TALL && covered == WIDE) {
                            tile(operation, rows, row, first, length, panel * length, out, top, left + panel);
                        } else {
                            copy(out, top, left + panel, edge, 0, 0, height, covered);
                            tile(operation, rows, row, first, length, panel * length, edge, 0, 0);
                            copy(edge, 0, 0, out, top, left + panel, height, covered);
                        }
                    }
                }
            }
        }
    }

    private static void clear(float[][] out, int from, int to, int left, int right) {
        for (int i = from; i < to; i++) {
            Arrays.fill(out[i], left, right, 0f);
        }
    }

    /** The last rows of {@code a}, and zeros in the place of those that a tile has more. */
    private float[][] filledUp(float[][] a, int top, int height, int length) {
        if (zeros.length < length) {
            zeros = new float[length];
        }
        System.arraycopy(a, top, lastRows, 0, height);
        Arrays.fill(lastRows, height, TALL, zeros);
        return lastRows;
    }

    /** Packs {@code b[first + k][left + j]} so that a panel is one stream; the last panel is filled up with zeros. */
    private void packPanels(float[][] b, int first, int length, int left, int width) {
        int whole = width - width % WIDE;
        for (int k = 0; k < length; k++) {
            float[] row = b[first + k];
            int at = k * WIDE;
            for (int panel = 0; panel < whole; panel += WIDE) {
                FloatVector.fromArray(SPECIES, row, left + panel).intoArray(packedB, at);
                FloatVector.fromArray(SPECIES, row, left + panel + LANES).intoArray(packedB, at + LANES);
                at += length * WIDE;
            }
            if (whole < width) {
                for (int j = 0; j < WIDE; j++) {
                    packedB[at + j] = whole + j < width ? row[left + whole + j] : 0f;
                }
            }
        }
    }

    /**
     * Packs {@code a[first + k][top + i]} tile by tile, with {@code i} running fastest in a tile; missing rows are filled up with
     * zeros.
     */
    private void packTransposedRows(float[][] a, int first, int length, int top, int to) {
        for (int tile = 0; tile < GROUP && top + tile * TALL < to; tile++) {
            int left = top + tile * TALL;
            if (left + STRETCH <= to) {
                packTile(a, first, length, left, packedA[tile]);
            } else {
                packLastTile(a, first, length, left, to, packedA[tile]);
            }
        }
    }

    /** What is copied too far is overwritten by what comes next. */
    private static void packTile(float[][] a, int first, int length, int left, float[] packed) {
        for (int k = 0; k < length; k++) {
            float[] row = a[first + k];
            FloatVector.fromArray(SPECIES, row, left).intoArray(packed, k * TALL);
            if (LANES < TALL) {
                FloatVector.fromArray(SPECIES, row, left + LANES).intoArray(packed, k * TALL + LANES);
            }
        }
    }

    private static void packLastTile(float[][] a, int first, int length, int left, int to, float[] packed) {
        for (int k = 0; k < length; k++) {
            float[] row = a[first + k];
            for (int i = 0; i < TALL; i++) {
                packed[k * TALL + i] = left + i < to ? row[left + i] : 0f;
            }
        }
    }

    private static void copy(
            float[][] source,
            int sourceRow,
            int sourceColumn,
            float[][] target,
            int row,
            int column,
            int height,
            int width) {
        for (int i = 0; i < height; i++) {
            System.arraycopy(source[sourceRow + i], sourceColumn, target[row + i], column, width);
        }
    }

    private void tile(
            Operation operation,
            float[][] rows,
            int row,
            int first,
            int length,
            int panel,
            float[][] out,
            int top,
            int left) {
        switch (operation) {
            case PRODUCT -> products(rows, row, first, packedB, length, panel, out, top, left);
            case TRANSPOSED_PRODUCT -> transposedProducts(rows[row], packedB, length, panel, out, top, left);
            case SQUARED_DISTANCE -> {
                squares(rows, row, first, packedB, length, panel, out, top, left);
                squares(rows, row + TALL / 2, first, packedB, length, panel, out, top + TALL / 2, left);
            }
            case ABSOLUTE_DISTANCE -> {
                distances(rows, row, first, packedB, length, panel, out, top, left);
                distances(rows, row + TALL / 2, first, packedB, length, panel, out, top + TALL / 2, left);
            }
        }
    }

    /**
     * {@code out[top + i][left + j] += Σ_k a[row + i][first + k] · b[k][j]} for one tile. Rows of {@code a} are read where they are:
     * to pack them takes longer than it saves where {@code b} has few columns.
     */
    private static void products(
            float[][] a, int row, int first, float[] b, int length, int panel, float[][] out, int top, int left) {
        float[] r0 = a[row];
        float[] r1 = a[row + 1];
        float[] r2 = a[row + 2];
        float[] r3 = a[row + 3];
        float[] r4 = a[row + 4];
        float[] r5 = a[row + 5];

        int right = left + LANES;
        float[] o0 = out[top];
        float[] o1 = out[top + 1];
        float[] o2 = out[top + 2];
        float[] o3 = out[top + 3];
        float[] o4 = out[top + 4];
        float[] o5 = out[top + 5];
        FloatVector s0 = FloatVector.fromArray(SPECIES, o0, left);
        FloatVector t0 = FloatVector.fromArray(SPECIES, o0, right);
        FloatVector s1 = FloatVector.fromArray(SPECIES, o1, left);
        FloatVector t1 = FloatVector.fromArray(SPECIES, o1, right);
        FloatVector s2 = FloatVector.fromArray(SPECIES, o2, left);
        FloatVector t2 = FloatVector.fromArray(SPECIES, o2, right);
        FloatVector s3 = FloatVector.fromArray(SPECIES, o3, left);
        FloatVector t3 = FloatVector.fromArray(SPECIES, o3, right);
        FloatVector s4 = FloatVector.fromArray(SPECIES, o4, left);
        FloatVector t4 = FloatVector.fromArray(SPECIES, o4, right);
        FloatVector s5 = FloatVector.fromArray(SPECIES, o5, left);
        FloatVector t5 = FloatVector.fromArray(SPECIES, o5, right);
        for (int k = 0; k < length; k++) {
            FloatVector u = FloatVector.fromArray(SPECIES, b, panel + k * WIDE);
            FloatVector v = FloatVector.fromArray(SPECIES, b, panel + k * WIDE + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, r0[first + k]);
            s0 = a0.fma(u, s0);
            t0 = a0.fma(v, t0);
            FloatVector a1 = FloatVector.broadcast(SPECIES, r1[first + k]);
            s1 = a1.fma(u, s1);
            t1 = a1.fma(v, t1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, r2[first + k]);
            s2 = a2.fma(u, s2);
            t2 = a2.fma(v, t2);
            FloatVector a3 = FloatVector.broadcast(SPECIES, r3[first + k]);
            s3 = a3.fma(u, s3);
            t3 = a3.fma(v, t3);
            FloatVector a4 = FloatVector.broadcast(SPECIES, r4[first + k]);
            s4 = a4.fma(u, s4);
            t4 = a4.fma(v, t4);
            FloatVector a5 = FloatVector.broadcast(SPECIES, r5[first + k]);
            s5 = a5.fma(u, s5);
            t5 = a5.fma(v, t5);
        }
        s0.intoArray(o0, left);
        t0.intoArray(o0, right);
        s1.intoArray(o1, left);
        t1.intoArray(o1, right);
        s2.intoArray(o2, left);
        t2.intoArray(o2, right);
        s3.intoArray(o3, left);
        t3.intoArray(o3, right);
        s4.intoArray(o4, left);
        t4.intoArray(o4, right);
        s5.intoArray(o5, left);
        t5.intoArray(o5, right);
    }

    /** {@code out[top + i][left + j] += Σ_k a[k][i] · b[k][j]} for one tile of packed operands. */
    private static void transposedProducts(
            float[] a, float[] b, int length, int panel, float[][] out, int top, int left) {
        int right = left + LANES;
        float[] o0 = out[top];
        float[] o1 = out[top + 1];
        float[] o2 = out[top + 2];
        float[] o3 = out[top + 3];
        float[] o4 = out[top + 4];
        float[] o5 = out[top + 5];
        FloatVector s0 = FloatVector.fromArray(SPECIES, o0, left);
        FloatVector t0 = FloatVector.fromArray(SPECIES, o0, right);
        FloatVector s1 = FloatVector.fromArray(SPECIES, o1, left);
        FloatVector t1 = FloatVector.fromArray(SPECIES, o1, right);
        FloatVector s2 = FloatVector.fromArray(SPECIES, o2, left);
        FloatVector t2 = FloatVector.fromArray(SPECIES, o2, right);
        FloatVector s3 = FloatVector.fromArray(SPECIES, o3, left);
        FloatVector t3 = FloatVector.fromArray(SPECIES, o3, right);
        FloatVector s4 = FloatVector.fromArray(SPECIES, o4, left);
        FloatVector t4 = FloatVector.fromArray(SPECIES, o4, right);
        FloatVector s5 = FloatVector.fromArray(SPECIES, o5, left);
        FloatVector t5 = FloatVector.fromArray(SPECIES, o5, right);
        for (int k = 0; k < length; k++) {
            FloatVector u = FloatVector.fromArray(SPECIES, b, panel + k * WIDE);
            FloatVector v = FloatVector.fromArray(SPECIES, b, panel + k * WIDE + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[k * TALL]);
            s0 = a0.fma(u, s0);
            t0 = a0.fma(v, t0);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[k * TALL + 1]);
            s1 = a1.fma(u, s1);
            t1 = a1.fma(v, t1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[k * TALL + 2]);
            s2 = a2.fma(u, s2);
            t2 = a2.fma(v, t2);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[k * TALL + 3]);
            s3 = a3.fma(u, s3);
            t3 = a3.fma(v, t3);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[k * TALL + 4]);
            s4 = a4.fma(u, s4);
            t4 = a4.fma(v, t4);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[k * TALL + 5]);
            s5 = a5.fma(u, s5);
            t5 = a5.fma(v, t5);
        }
        s0.intoArray(o0, left);
        t0.intoArray(o0, right);
        s1.intoArray(o1, left);
        t1.intoArray(o1, right);
        s2.intoArray(o2, left);
        t2.intoArray(o2, right);
        s3.intoArray(o3, left);
        t3.intoArray(o3, right);
        s4.intoArray(o4, left);
        t4.intoArray(o4, right);
        s5.intoArray(o5, left);
        t5.intoArray(o5, right);
    }

    /** {@code out[top + i][left + j] += Σ_k (a[row + i][first + k] - b[k][j])²} for three rows of a tile. */
    private static void squares(
            float[][] a, int row, int first, float[] b, int length, int panel, float[][] out, int top, int left) {
        float[] r0 = a[row];
        float[] r1 = a[row + 1];
        float[] r2 = a[row + 2];
        int right = left + LANES;
        float[] o0 = out[top];
        float[] o1 = out[top + 1];
        float[] o2 = out[top + 2];
        FloatVector s0 = FloatVector.fromArray(SPECIES, o0, left);
        FloatVector t0 = FloatVector.fromArray(SPECIES, o0, right);
        FloatVector s1 = FloatVector.fromArray(SPECIES, o1, left);
        FloatVector t1 = FloatVector.fromArray(SPECIES, o1, right);
        FloatVector s2 = FloatVector.fromArray(SPECIES, o2, left);
        FloatVector t2 = FloatVector.fromArray(SPECIES, o2, right);
        for (int k = 0; k < length; k++) {
            FloatVector u = FloatVector.fromArray(SPECIES, b, panel + k * WIDE);
            FloatVector v = FloatVector.fromArray(SPECIES, b, panel + k * WIDE + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, r0[first + k]);
            FloatVector d0 = a0.sub(u);
            FloatVector e0 = a0.sub(v);
            s0 = d0.fma(d0, s0);
            t0 = e0.fma(e0, t0);
            FloatVector a1 = FloatVector.broadcast(SPECIES, r1[first + k]);
            FloatVector d1 = a1.sub(u);
            FloatVector e1 = a1.sub(v);
            s1 = d1.fma(d1, s1);
            t1 = e1.fma(e1, t1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, r2[first + k]);
            FloatVector d2 = a2.sub(u);
            FloatVector e2 = a2.sub(v);
            s2 = d2.fma(d2, s2);
            t2 = e2.fma(e2, t2);
        }
        s0.intoArray(o0, left);
        t0.intoArray(o0, right);
        s1.intoArray(o1, left);
        t1.intoArray(o1, right);
        s2.intoArray(o2, left);
        t2.intoArray(o2, right);
    }

    /** {@code out[top + i][left + j] += Σ_k |a[row + i][first + k] - b[k][j]|} for three rows of a tile. */
    private static void distances(
            float[][] a, int row, int first, float[] b, int length, int panel, float[][] out, int top, int left) {
        float[] r0 = a[row];
        float[] r1 = a[row + 1];
        float[] r2 = a[row + 2];
        int right = left + LANES;
        float[] o0 = out[top];
        float[] o1 = out[top + 1];
        float[] o2 = out[top + 2];
        FloatVector s0 = FloatVector.fromArray(SPECIES, o0, left);
        FloatVector t0 = FloatVector.fromArray(SPECIES, o0, right);
        FloatVector s1 = FloatVector.fromArray(SPECIES, o1, left);
        FloatVector t1 = FloatVector.fromArray(SPECIES, o1, right);
        FloatVector s2 = FloatVector.fromArray(SPECIES, o2, left);
        FloatVector t2 = FloatVector.fromArray(SPECIES, o2, right);
        for (int k = 0; k < length; k++) {
            FloatVector u = FloatVector.fromArray(SPECIES, b, panel + k * WIDE);
            FloatVector v = FloatVector.fromArray(SPECIES, b, panel + k * WIDE + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, r0[first + k]);
            s0 = s0.add(a0.sub(u).abs());
            t0 = t0.add(a0.sub(v).abs());
            FloatVector a1 = FloatVector.broadcast(SPECIES, r1[first + k]);
            s1 = s1.add(a1.sub(u).abs());
            t1 = t1.add(a1.sub(v).abs());
            FloatVector a2 = FloatVector.broadcast(SPECIES, r2[first + k]);
            s2 = s2.add(a2.sub(u).abs());
            t2 = t2.add(a2.sub(v).abs());
        }
        s0.intoArray(o0, left);
        t0.intoArray(o0, right);
        s1.intoArray(o1, left);
        t1.intoArray(o1, right);
        s2.intoArray(o2, left);
        t2.intoArray(o2, right);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The compiler vectorises the polynomials by itself; only the powers of two, which it does not, are written with
     * vectors. All of it with vectors is a third faster, but takes the compiler a second longer, at a thousandth of the
     * speed until then.
     */
    @Override
    public void expAndSum(float[] x, float[] shift, float[] sum, int count) {
        if (rounded.length < count) {
            rounded = new float[count];
        }
        for (int from = 0; from < count; from += COLUMNS) {
            int to = Math.min(from + COLUMNS, count);
            FloatExp.polynomials(x, shift, rounded, from, to);
            int whole = to - (to - from) % LANES;
            scaleAndSum(x, rounded, sum, from, whole);
            FloatExp.scale(x, rounded, whole, to);
            for (int i = whole; i < to; i++) {
                sum[i] += x[i];
            }
        }
    }

    /** What {@link FloatExp#scale} does, and the addition to the sums, for a multiple of {@code LANES} elements. */
    private static void scaleAndSum(float[] x, float[] rounded, float[] sum, int from, int to) {
        for (int i = from; i < to; i += LANES) {
            FloatVector power = FloatVector.fromArray(SPECIES, rounded, i)
                    .reinterpretAsInts()
                    .add(127)
                    .lanewise(VectorOperators.LSHL, 23)
                    .reinterpretAsFloats();
            FloatVector result = FloatVector.fromArray(SPECIES, x, i).mul(power);
            result.intoArray(x, i);
            FloatVector.fromArray(SPECIES, sum, i).add(result).intoArray(sum, i);
        }
    }
}
