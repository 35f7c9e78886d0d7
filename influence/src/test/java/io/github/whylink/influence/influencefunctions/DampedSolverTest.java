package io.github.whylink.influence.influencefunctions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DampedSolverTest {
    private static final int N = 30;
    private static final double DAMPING = 2;

    private final Random random = new Random(9);
    private final double[] b = random.doubles(N, -1, 1).toArray();

    /** Symmetric; a sum of squares where {@code definite}, and else with eigenvalues of both signs. */
    private double[] matrix(boolean definite) {
        double[] factor = random.doubles(N * N, -1, 1).toArray();
        double[] matrix = new double[N * N];
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                for (int k = 0; k < N; k++) {
                    double sign = definite || k % 2 == 0 ? 1 : -1;
                    matrix[i * N + j] += sign * factor[i * N + k] * factor[j * N + k];
                }
            }
        }
        return matrix;
    }

    private static double[] times(double[] matrix, double damping, double[] x) {
        double[] product = new double[N];
        for (int i = 0; i < N; i++) {
            product[i] = damping * x[i];
            for (int j = 0; j < N; j++) {
                product[i] += matrix[i * N + j] * x[j];
            }
        }
        return product;
    }

    @Test
    void bothWaysSolveTheDampedSystem() {
        double[] matrix = matrix(true);
        double[] kept = matrix.clone();
        assertArrayEquals(b, times(matrix, DAMPING, DampedSolver.cholesky(matrix, DAMPING, b)), 1e-10);
        assertArrayEquals(
                b, times(matrix, DAMPING, DampedSolver.conjugateGradient(x -> times(kept, 0, x), DAMPING, b)), 1e-4);
        assertArrayEquals(kept, matrix, "not modified");
    }

    /** Both stop at the first tenfold damping that makes the system positive definite, or so it looks from b. */
    @Test
    void anIndefiniteSystemIsDampedMore() {
        double[] matrix = matrix(false);
        double[] solved = DampedSolver.cholesky(matrix, DAMPING, b);
        double damping = DAMPING;
        while (Arrays.stream(times(matrix, damping, solved)).map(Math::abs).sum() > 0
                && distance(times(matrix, damping, solved), b) > 1e-9) {
            damping *= 10;
        }
        assertArrayEquals(b, times(matrix, damping, solved), 1e-9);
        assertArrayEquals(solved, DampedSolver.conjugateGradient(x -> times(matrix, 0, x), DAMPING, b), 1e-4);
    }

    @Test
    void aSystemThatIsNotFiniteIsRefused() {
        double[] matrix = new double[N * N];
        Arrays.fill(matrix, Double.NaN);
        assertThrows(IllegalStateException.class, () -> DampedSolver.cholesky(matrix, DAMPING, b));
        assertThrows(
                IllegalStateException.class,
                () -> DampedSolver.conjugateGradient(x -> times(matrix, 0, x), DAMPING, b));
    }

    @Test
    void nothingOnTheRightIsSolvedByNothing() {
        double[] zeros = new double[N];
        double[] matrix = matrix(true);
        assertArrayEquals(zeros, DampedSolver.cholesky(matrix, DAMPING, zeros));
        assertArrayEquals(zeros, DampedSolver.conjugateGradient(x -> times(matrix, 0, x), DAMPING, zeros));
        assertEquals(N, zeros.length);
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
