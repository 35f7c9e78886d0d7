package io.github.whylink.embedding.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixKernelTest {
    /** Rows, depth and columns around the sizes of the tiles and blocks, and empty and single ones. */
    private static final int[][] SHAPES = {
        {0, 3, 5},
        {3, 0, 5},
        {3, 4, 0},
        {1, 1, 1},
        {1, 5, 7},
        {2, 4, 16},
        {5, 6, 31},
        {6, 16, 32},
        {7, 17, 33},
        {12, 255, 64},
        {13, 257, 65},
        {65, 33, 95},
        {6, 513, 511},
        {9, 19, 513},
        {67, 12, 1030},
        {131, 70, 33},
        {1100, 9, 6}
    };

    private final Random random = new Random(1);

    /** An operation of a kernel beside the sum that it stands for. */
    private enum Operation {
        MULTIPLY(false) {
            @Override
            void run(MatrixKernel kernel, float[][] a, float[][] b, int[] size, int from, int to, float[][] out) {
                kernel.multiplyAdd(a, b, size[1], size[2], from, to, out);
            }

            @Override
            double term(double a, double b) {
                return a * b;
            }

            @Override
            float step(float a, float b, float sum) {
                return Math.fma(a, b, sum);
            }
        },
        MULTIPLY_TRANSPOSED(true) {
            @Override
            void run(MatrixKernel kernel, float[][] a, float[][] b, int[] size, int from, int to, float[][] out) {
                kernel.multiplyTransposedAdd(a, b, size[1], size[2], from, to, out);
            }

            @Override
            double term(double a, double b) {
                return a * b;
            }

            @Override
            float step(float a, float b, float sum) {
                return Math.fma(a, b, sum);
            }
        },
        SQUARED_DISTANCES(false) {
            @Override
            void run(MatrixKernel kernel, float[][] a, float[][] b, int[] size, int from, int to, float[][] out) {
                kernel.squaredDistancesAdd(a, b, size[1], size[2], from, to, out);
            }

            @Override
            double term(double a, double b) {
                return (a - b) * (a - b);
            }

            @Override
            float step(float a, float b, float sum) {
                return Math.fma(a - b, a - b, sum);
            }
        },
        ABSOLUTE_DISTANCES(false) {
            @Override
            void run(MatrixKernel kernel, float[][] a, float[][] b, int[] size, int from, int to, float[][] out) {
                kernel.absoluteDistancesAdd(a, b, size[1], size[2], from, to, out);
            }

            @Override
            double term(double a, double b) {
                return Math.abs(a - b);
            }

            @Override
            float step(float a, float b, float sum) {
                return sum + Math.abs(a - b);
            }
        };

        private final boolean transposed;

        Operation(boolean transposed) {
            this.transposed = transposed;
        }

        /** Runs the operation; the size is rows, depth and columns. */
        abstract void run(MatrixKernel kernel, float[][] a, float[][] b, int[] size, int from, int to, float[][] out);

        abstract double term(double a, double b);

        abstract float step(float a, float b, float sum);

        float[][] left(int[] size, Random random) {
            return transposed ? table(size[1], size[0], random) : table(size[0], size[1], random);
        }

        float element(float[][] a, int i, int k) {
            return transposed ? a[k][i] : a[i][k];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void everyElementIsTheSumThatTheFormulaSays(String name) {
        MatrixKernel kernel = kernel(name);
        for (Operation operation : Operation.values()) {
            for (int[] size : SHAPES) {
                float[][] a = operation.left(size, random);
                float[][] b = table(size[1], size[2], random);
                float[][] before = table(size[0], size[2], random);
                float[][] out = Rows.copy(before);
                operation.run(kernel, a, b, size, 0, size[0], out);
                for (int i = 0; i < size[0]; i++) {
                    for (int j = 0; j < size[2]; j++) {
                        double exact = before[i][j];
                        double magnitude = 1;
                        for (int k = 0; k < size[1]; k++) {
                            double term = operation.term(operation.element(a, i, k), b[k][j]);
                            exact += term;
                            magnitude += Math.abs(term);
                        }
                        double tolerance = Tolerance.FLOAT_ARITHMETIC * magnitude;
                        assertEquals(exact, out[i][j], tolerance, () -> operation + " of " + Arrays.toString(size));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void everyElementHasTheBitsOfOneChain(String name) {
        MatrixKernel kernel = kernel(name);
        for (int round = 0; round < 40 + SHAPES.length; round++) {
            int[] size = round < SHAPES.length
                    ? SHAPES[round]
                    : new int[] {1 + random.nextInt(40), random.nextInt(300), 1 + random.nextInt(140)};
            for (Operation operation : Operation.values()) {
                float[][] a = operation.left(size, random);
                float[][] b = table(size[1], size[2], random);
                float[][] out = table(size[0], size[2], random);
                float[][] expected = Rows.copy(out);
                for (int i = 0; i < size[0]; i++) {
                    for (int j = 0; j < size[2]; j++) {
                        float sum = expected[i][j];
                        for (int k = 0; k < size[1]; k++) {
                            sum = operation.step(operation.element(a, i, k), b[k][j], sum);
                        }
                        expected[i][j] = sum;
                    }
                }
                operation.run(kernel, a, b, size, 0, size[0], out);
                assertSameBits(expected, out, operation + " of " + Arrays.toString(size));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void oneRowTimesOneColumnHasTheBitsOfADotProduct(String name) {
        MatrixKernel kernel = kernel(name);
        float[][] queries = table(9, 129, random);
        float[][] entities = table(43, 129, random);
        float[][] columns = new float[129][43];
        for (int j = 0; j < 43; j++) {
            for (int k = 0; k < 129; k++) {
                columns[k][j] = entities[j][k];
            }
        }
        float[][] out = new float[9][43];
        kernel.multiplyAdd(queries, columns, 129, 43, 0, 9, out);
        float[][] expected = new float[9][43];
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < 43; j++) {
                expected[i][j] = Rows.dot(queries[i], entities[j]);
            }
        }
        assertSameBits(expected, out, "dot products");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void dividingTheRowsOrTheSummationAmongCallsChangesNoBit(String name) {
        MatrixKernel kernel = kernel(name);
        int[] size = {31, 70, 53};
        for (Operation operation : Operation.values()) {
            float[][] a = operation.left(size, random);
            float[][] b = table(size[1], size[2], random);
            float[][] before = table(size[0], size[2], random);
            float[][] whole = Rows.copy(before);
            operation.run(kernel, a, b, size, 0, 31, whole);

            float[][] byRows = Rows.copy(before);
            for (int[] range : new int[][] {{17, 31}, {0, 1}, {1, 1}, {1, 8}, {8, 17}}) {
                operation.run(kernel, a, b, size, range[0], range[1], byRows);
            }
            assertSameBits(whole, byRows, operation + " by rows");

            float[][] byDepth = Rows.copy(before);
            for (int[] range : new int[][] {{0, 3}, {3, 4}, {4, 37}, {37, 70}}) {
                float[][] someA = operation.transposed
                        ? Arrays.copyOfRange(a, range[0], range[1])
                        : columns(a, range[0], range[1]);
                float[][] someB = Arrays.copyOfRange(b, range[0], range[1]);
                operation.run(kernel, someA, someB, new int[] {31, range[1] - range[0], 53}, 0, 31, byDepth);
            }
            assertSameBits(whole, byDepth, operation + " by depth");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void whatLiesOutsideTheGivenSizesIsLeftAlone(String name) {
        MatrixKernel kernel = kernel(name);
        int[] size = {10, 11, 37};
        for (Operation operation : Operation.values()) {
            float[][] a = table(40, 40, random);
            float[][] b = table(40, 60, random);
            float[][] out = table(12, 60, random);
            float[][] before = Rows.copy(out);
            operation.run(kernel, a, b, size, 2, 10, out);
            for (int i = 0; i < 12; i++) {
                boolean inside = i >= 2 && i < 10;
                int unchanged = inside ? 37 : 0;
                assertArrayEquals(
                        Arrays.copyOfRange(before[i], unchanged, 60), Arrays.copyOfRange(out[i], unchanged, 60), 0f);
                if (inside) {
                    assertTrue(!Arrays.equals(before[i], out[i]), "row " + i + " is written");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void anInfiniteElementStaysInItsRowOrColumn(String name) {
        MatrixKernel kernel = kernel(name);
        float[][] a = table(7, 5, random);
        float[][] b = table(5, 33, random);
        a[3][2] = Float.POSITIVE_INFINITY;
        float[][] out = new float[7][33];
        kernel.multiplyAdd(a, b, 5, 33, 0, 7, out);
        for (int i = 0; i < 7; i++) {
            for (int j = 0; j < 33; j++) {
                assertEquals(i != 3, Float.isFinite(out[i][j]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "vector"})
    void exponentialsHaveTheBitsOfFloatExpAndAreAddedUp(String name) {
        MatrixKernel kernel = kernel(name);
        for (int count : new int[] {0, 1, 7, 16, 33, 511, 513, 40_000}) {
            float[] x = new float[count + 2];
            float[] shift = new float[count + 2];
            float[] sum = new float[count + 2];
            for (int i = 0; i < x.length; i++) {
                // Down to where the result stays at the smallest normal float.
                shift[i] = 4 * random.nextFloat() - 2;
                x[i] = shift[i] - 95 * random.nextFloat() * random.nextFloat();
                sum[i] = random.nextFloat();
            }
            float[] special = {Float.NEGATIVE_INFINITY, Float.NaN, -Float.MAX_VALUE, -87.33654f, -87.33655f, -0f, 0f};
            for (int i = 0; i < Math.min(count, special.length); i++) {
                shift[i] = i == 5 ? -0f : 0f;
                x[i] = special[i];
            }
            float[] expected = x.clone();
            float[] expectedSum = sum.clone();
            for (int i = 0; i < count; i++) {
                expected[i] = x[i] == Float.NEGATIVE_INFINITY ? 0f : FloatExp.exp(x[i] - shift[i]);
                expectedSum[i] += expected[i];
            }
            kernel.expAndSum(x, shift, sum, count);
            assertSameBits(new float[][] {expected, expectedSum}, new float[][] {x, sum}, count + " exponentials");
            if (count > 0) {
                assertEquals(0, Float.floatToRawIntBits(x[0]), "negative infinity gives exactly 0");
            }
        }
    }

    @Test
    void theFastestKernelIsTheLastAvailable() {
        List<String> available = MatrixKernels.available();
        String fastest = available.get(available.size() - 1);
        assertTrue(MatrixKernels.fastest().name().startsWith(fastest));
        assertEquals(MatrixKernels.fastest().name(), MatrixKernels.named("auto").name());
        assertNotSame(MatrixKernels.fastest(), MatrixKernels.fastest());
        assertEquals("plain", MatrixKernels.named("plain").name());
    }

    @Test
    void anUnknownKernelIsRefusedWithTheNamesToChooseFrom() {
        String message = assertThrows(IllegalArgumentException.class, () -> MatrixKernels.named("gpu"))
                .getMessage();
        assertTrue(message.contains("'gpu'") && message.contains("'plain'"), message);
    }

    @Test
    void aMissingVectorKernelIsRefusedWithTheRemedy() {
        assumeFalse(MatrixKernels.available().contains("vector"), "this JVM has the vector module");
        String message = assertThrows(IllegalArgumentException.class, () -> MatrixKernels.named("vector"))
                .getMessage();
        assertTrue(message.contains("--add-modules jdk.incubator.vector"), message);
    }

    private static MatrixKernel kernel(String name) {
        assumeTrue(MatrixKernels.available().contains(name), "this JVM was started without jdk.incubator.vector");
        return MatrixKernels.named(name);
    }

    private static float[][] table(int rows, int columns, Random random) {
        float[][] table = new float[rows][];
        for (int i = 0; i < rows; i++) {
            table[i] = RandomFacts.row(columns, random);
        }
        return table;
    }

    private static float[][] columns(float[][] table, int from, int to) {
        float[][] some = new float[table.length][];
        for (int i = 0; i < table.length; i++) {
            some[i] = Arrays.copyOfRange(table[i], from, to);
        }
        return some;
    }

    private static void assertSameBits(float[][] expected, float[][] actual, String what) {
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                // Not the raw bits: a NaN has many.
                if (Float.floatToIntBits(expected[i][j]) != Float.floatToIntBits(actual[i][j])) {
                    assertEquals(expected[i][j], actual[i][j], 0f, what + ", row " + i + ", column " + j);
                    throw new AssertionError(what + ": zeros of different sign in row " + i + ", column " + j);
                }
            }
        }
    }
}
