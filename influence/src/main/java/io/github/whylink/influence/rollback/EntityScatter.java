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
 *
 * <p>How far each row is from c is known too, as a band: few rows are far.
 */
final class EntityScatter {
    /** Rows in a sum of floats. */
    private static final int CHUNK = 1_024;

    /** Of rows wider than this only the trivial bound is known: the sum of squares. */
    private static final int WIDEST = 512;

    /** The matrix is squared so often. */
    private static final int SQUARINGS = 4;

    /** Bands of rows by their distance from the mean. */
    static final int BANDS = 8;

    private final double[] mean;
    private final double[] squares;
    private final byte[] bands;
    private final double[] reaches = new double[BANDS];
    private final float[][] matrix;
    private final double matrixError;
    private final double trace;
    private final double largest;

    /**
     * Computes the scatter of some rows.
     *
     * @param rows at least one. Not modified.
     */
    EntityScatter(float[][] rows) {
        int width = rows[0].length;
        mean = new double[width];
        for (float[] row : rows) {
            for (int k = 0; k < width; k++) {
                mean[k] += row[k];
            }
        }
        for (int k = 0; k < width; k++) {
            mean[k] /= rows.length;
        }
        squares = new double[rows.length];
        double sum = 0;
        for (int j = 0; j < rows.length; j++) {
            squares[j] = squaredDistance(rows[j], mean);
            sum += squares[j];
        }
        trace = (1 + 1e-6) * sum;
        double widest = 0;
        for (double square : squares) {
            widest = Math.max(widest, Math.sqrt(square));
        }
        for (int band = 0; band < BANDS; band++) {
            reaches[band] = (1 + 1e-9) * widest * Math.pow(0.5, 0.5 * band);
        }
        bands = new byte[rows.length];
        for (int j = 0; j < rows.length; j++) {
            double distance = Math.sqrt(squares[j]);
            while (bands[j] + 1 < BANDS && distance < reaches[bands[j] + 1]) {
                bands[j]++;
            }
        }
        if (width <= WIDEST) {
            double[][] exact = new double[width][width];
            double summed = sum(rows, exact);
            // The matrix of the errors of chains of n multiply-adds is at most n·2^-24 times that of the absolute
            // products, whose norm is at most the trace. The last term is for what has vanished below the smallest
            // float.
            double error = 1.02 * CHUNK * 0x1p-24 * summed + 1e-30 * rows.length;
            for (int i = 0; i < width; i++) {
                for (int k = 0; k < width; k++) {
                    exact[i][k] -= rows.length * mean[i] * mean[k];
                }
            }
            matrix = new float[width][width];
            for (int i = 0; i < width; i++) {
                for (int k = 0; k < width; k++) {
                    matrix[i][k] = (float) exact[i][k];
                }
            }
            matrixError = (1 + 1e-6) * (error + 0x1p-24 * norm(exact));
            largest = (1 + 1e-6) * Math.min(trace, rootOfPower(exact) + error);
        } else {
            matrix = null;
            matrixError = Double.NaN;
            largest = trace;
        }
    }

    /** The mean row c; not a copy. */
    double[] mean() {
        return mean;
    }

    /** In which band a row is: 0 holds those that are farthest from the mean. */
    int band(int row) {
        return bands[row];
    }

    /** At least the distance of each row of a band from the mean, descending by half a power of two; not a copy. */
    double[] reaches() {
        return reaches;
    }

    /** {@code ‖e_j - c‖²} for each row, but for rounding in double precision; not a copy. */
    double[] squares() {
        return squares;
    }

    /** The matrix G; null if the rows are too wide for it. Not a copy. */
    float[][] matrix() {
        return matrix;
    }

    /** At least the norm of the difference between G and {@link #matrix}. */
    double matrixError() {
        return matrixError;
    }

    /** At least the trace of G. */
    double trace() {
        return trace;
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

    /** Adds up {@code e_j·e_jᵀ}; returns the trace. */
    private static double sum(float[][] rows, double[][] scatter) {
        int width = scatter.length;
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
        }
        return trace;
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
