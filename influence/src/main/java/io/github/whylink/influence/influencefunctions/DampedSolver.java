package io.github.whylink.influence.influencefunctions;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_DDRM;

/**
 * Solves {@code (H + λI)·x = b} for a symmetric H. Where H + λI is not positive definite, which far from a minimum can be,
 * λ grows tenfold until it is: the trust in a second-order model is the smaller the worse it fits (Levenberg; Nocedal and
 * Wright, "Numerical optimization", 2nd edition, section 3.4). Nothing is modified.
 */
final class DampedSolver {
    /** Residual of conjugate gradient, relative to b: products in single precision know no more. */
    private static final double RESIDUAL = 1e-5;

    private static final int MOST_ITERATIONS = 250;

    private DampedSolver() {}

    /** By Cholesky decomposition. O(n³). {@code matrix} has n² numbers. */
    static double[] cholesky(double[] matrix, double damping, double[] b) {
        int n = b.length;
        for (double lambda = damping; Double.isFinite(lambda); lambda *= 10) {
            DMatrixRMaj damped = new DMatrixRMaj(n, n);
            System.arraycopy(matrix, 0, damped.data, 0, matrix.length);
            for (int i = 0; i < n; i++) {
                damped.add(i, i, lambda);
            }
            // One thread and one order of summation, unlike what the factory chooses for large matrices.
            LinearSolverChol_DDRM solver = new LinearSolverChol_DDRM(new CholeskyDecompositionInner_DDRM(true));
            if (solver.setA(damped)) {
                DMatrixRMaj x = new DMatrixRMaj(n, 1);
                solver.solve(new DMatrixRMaj(n, 1, true, b), x);
                return finite(Arrays.copyOf(x.data, n));
            }
        }
        throw notFinite();
    }

    /** By conjugate gradient; {@code times} multiplies with H. One product for each iteration, far fewer than n. */
    static double[] conjugateGradient(UnaryOperator<double[]> times, double damping, double[] b) {
        for (double lambda = damping; Double.isFinite(lambda); lambda *= 10) {
            Optional<double[]> x = conjugateGradientOnce(times, lambda, b);
            if (x.isPresent()) {
                return x.get();
            }
        }
        throw notFinite();
    }

    /** Empty where a direction of no positive curvature turns up. */
    private static Optional<double[]> conjugateGradientOnce(UnaryOperator<double[]> times, double lambda, double[] b) {
        double[] x = new double[b.length];
        double[] residual = b.clone();
        double[] direction = b.clone();
        double square = dot(residual, residual);
        double enough = RESIDUAL * RESIDUAL * square;
        for (int iteration = 0; iteration < MOST_ITERATIONS && square > enough; iteration++) {
            double[] product = times.apply(direction);
            addTo(product, lambda, direction);
            double curvature = dot(direction, product);
            if (!(curvature > 0)) {
                return Optional.empty();
            }
            double step = square / curvature;
            addTo(x, step, direction);
            addTo(residual, -step, product);
            double next = dot(residual, residual);
            for (int i = 0; i < direction.length; i++) {
                direction[i] = residual[i] + next / square * direction[i];
            }
            square = next;
        }
        return Optional.of(x);
    }

    /** The decomposition lets pass what is not a number. */
    private static double[] finite(double[] x) {
        if (!Arrays.stream(x).allMatch(Double::isFinite)) {
            throw notFinite();
        }
        return x;
    }

    private static IllegalStateException notFinite() {
        return new IllegalStateException("the curvature of the loss is not finite");
    }

    private static void addTo(double[] sum, double factor, double[] x) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * x[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
