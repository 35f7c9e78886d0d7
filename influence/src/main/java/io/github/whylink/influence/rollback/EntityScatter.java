package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import java.util.Arrays;

/**
 * How far the entity rows of a model are scattered around their mean row c in the direction in which they are most.
 *
 * <pre>
 * Σ_j ((e_j - c)·δ)²  =  δᵀ·G·δ  ≤  λ·‖δ‖²,      G = Σ_j e_j·e_jᵀ - n·c·cᵀ,      λ ≤ ‖G^16‖^(1/16)
 * </pre>
 *
 * <p>The norm is that of Frobenius, so that the bound is above the largest eigenvalue by a factor of at most {@code
 * width^(1/32)}, 1.16 for 100. Sums over 1,024 rows are floats; their worst rounding error is part of the bound.
 * O(entities · width² + width³), once per model.
 */
final class EntityScatter {
    /** Rows in a sum of floats. */
    private static final int CHUNK = 1_024;

    /** Of rows wider than this only the trivial bound is known: the sum of squares. */
    private static final int WIDEST = 512;

    /** The matrix is squared so often. */
    private static final int SQUARINGS = 4;

    private final double[] squares;
    private final double largest;

    /**
     * Computes the scatter of some rows.
     *
     * @param rows at least one. Not modified.
     */
    EntityScatter(float[][] rows) {
        int width = rows[0].length;
        double[] mean = new double[width];
        for (float[] row : rows) {
            for (int k = 0; k < width; k++) {
                mean[k] += row[k];
            }
        }
        for (int k = 0; k < width; k++) {
            mean[k] /= rows.length;
        }
        squares = new double[rows.length];
        double trace = 0;
        for (int j = 0; j < rows.length; j++) {
            squares[j] = squaredDistance(rows[j], mean);
            trace += squares[j];
        }
        largest = (1 + 1e-6) * (width <= WIDEST ? Math.min(trace, largest(rows, mean)) : trace);
    }

    /** {@code ‖e_j - c‖²} for each row, but for rounding in double precision; not a copy. */
    double[] squares() {
        return squares;
    }

    /** At least λ; NaN if some row is not finite. */
    double largest() {
        return largest;
    }

    private static double squaredDistance(float[] row, double[] mean) {
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
            double difference = row[k] - mean[k];
            sum += difference * difference;
        }
        return sum;
    }

    private static double largest(float[][] rows, double[] mean) {
        int width = mean.length;
        double[][] scatter = new double[width][width];
        float[][] sums = new float[width][width];
        MatrixKernel kernel = MatrixKernels.fastest();
        for (int from = 0; from < rows.length; from += CHUNK) {
            float[][] chunk = Arrays.copyOfRange(rows, from, Math.min(from + CHUNK, rows.length));
            for (float[] row : sums) {
                Arrays.fill(row, 0f);
            }
            kernel.multiplyTransposedAdd(chunk, chunk, chunk.length, width, 0, width, sums);
            for (int i = 0; i < width; i++) {
                for (int k = 0; k < width; k++) {
                    scatter[i][k] += sums[i][k];
                }
            }
        }
        double trace = 0;
        for (int i = 0; i < width; i++) {
            trace += scatter[i][i];
            for (int k = 0; k < width; k++) {
                scatter[i][k] -= rows.length * mean[i] * mean[k];
            }
        }
        // The matrix of the errors of chains of n multiply-adds is at most n·2^-24 times that of the absolute products,
        // whose norm is at most the trace. The last term is for what has vanished below the smallest float.
        double error = 1.02 * CHUNK * 0x1p-24 * trace + 1e-30 * rows.length;
        return rootOfPower(scatter) + error;
    }

    /** {@code ‖G^16‖^(1/16)}, scaled at each step, so that nothing overflows. */
    private static double rootOfPower(double[][] matrix) {
        double[][] power = matrix;
        double logarithm = 0;
        double exponent = 1;
        for (int step = 0; ; step++) {
            double norm = norm(power);
            if (!(norm > 0)) {
                return norm;
            }
            logarithm += Math.log(norm) / exponent;
            if (step == SQUARINGS) {
                return Math.exp(logarithm);
            }
            power = scaledSquare(power, 1 / norm);
            exponent *= 2;
        }
    }

    private static double norm(double[][] matrix) {
        double sum = 0;
        for (double[] row : matrix) {
            for (double x : row) {
                sum += x * x;
            }
        }
        return Math.sqrt(sum);
    }

    private static double[][] scaledSquare(double[][] matrix, double factor) {
        int width = matrix.length;
        double[][] square = new double[width][width];
        for (int i = 0; i < width; i++) {
            double[] out = square[i];
            for (int j = 0; j < width; j++) {
                double x = matrix[i][j] * factor;
                double[] row = matrix[j];
                for (int k = 0; k < width; k++) {
                    out[k] += x * (row[k] * factor);
                }
            }
        }
        return square;
    }
}
