package io.github.whylink.influence.rollback;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.decomposition.TriangularSolver_DDRM;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;

/**
 * What trainings without some facts have shown about a link's lead over its rivals, and which facts to leave out next.
 *
 * <pre>
 * lead(S) = lead of the model + Σ over f of S: effect(f) + noise             a Bayesian linear regression
 * effect(f) ~ N(expected(f), spread²),  noise ~ N(0, error²)
 * </pre>
 *
 * <p>All in units of the lead of the model. A set of facts to try next is that of the smallest effects, by their mean or by a draw
 * from what is still possible (Thompson sampling). O(facts³ + trainings · facts²) for each set.
 */
final class LeadEstimate {
    private static final int DRAWS = 50;

    private static final double SPREAD = 0.2;

    /** What a training without some other facts of the link adds that no sum of effects says. */
    private static final double ERROR = 0.05;

    private final double lead;
    private final double unit;
    private final Map<Integer, Double> expected = new LinkedHashMap<>();
    private final List<BitSet> left = new ArrayList<>();
    private final List<Double> changes = new ArrayList<>();

    /**
     * Nothing is known yet.
     *
     * @param lead of the model that has seen all facts
     */
    LeadEstimate(double lead) {
        this.lead = lead;
        unit = Math.max(Math.abs(lead), 1e-6);
    }

    /**
     * Takes a fact among those to choose from, if it is not yet.
     *
     * @param effect on the lead where it is left out, as a part of the lead of the model; below 0 where it supports the link
     */
    void expect(int fact, double effect) {
        expected.putIfAbsent(fact, effect);
    }

    /**
     * Learns from a training.
     *
     * @param facts that were left out
     */
    void learn(BitSet facts, double leadWithout) {
        left.add((BitSet) facts.clone());
        changes.add((leadWithout - lead) / unit);
    }

    /** Whether a training was without these facts. */
    boolean knows(BitSet facts) {
        return left.contains(facts);
    }

    /**
     * The facts with the smallest effects by their means; where these have been left out already, by draws that deviate more and
     * more from them.
     *
     * @return a set that no training was without; or one that was, where there seems to be no other
     */
    BitSet next(int most, Random random) {
        BitSet next = best(most, 0, random);
        for (int draw = 1; draw <= DRAWS && knows(next); draw++) {
            next = best(most, (double) draw / DRAWS, random);
        }
        return next;
    }

    /**
     * The facts with the smallest effects.
     *
     * @param most how many facts
     * @param doubt 0 for the means of the effects, 1 for a draw of what is possible, between for less of it
     */
    BitSet best(int most, double doubt, Random random) {
        int[] facts = expected.keySet().stream().mapToInt(fact -> fact).toArray();
        double[] effects = effects(facts, doubt, random);
        BitSet best = new BitSet();
        IntStream.range(0, facts.length)
                .boxed()
                .sorted((a, b) -> Double.compare(effects[a], effects[b]))
                .limit(most)
                .forEach(i -> best.set(facts[i]));
        return best;
    }

    /** Solves (prior precision + Σ x xᵀ / error²) effects = prior precision · expected + Σ x · change / error². */
    private double[] effects(int[] facts, double doubt, Random random) {
        int n = facts.length;
        DMatrixRMaj precision = CommonOps_DDRM.identity(n);
        CommonOps_DDRM.scale(1 / (SPREAD * SPREAD), precision);
        double[] right = new double[n];
        for (int i = 0; i < n; i++) {
            right[i] = expected.get(facts[i]) / (SPREAD * SPREAD);
        }
        for (int t = 0; t < left.size(); t++) {
            BitSet without = left.get(t);
            double[] x = new double[n];
            Arrays.setAll(x, i -> without.get(facts[i]) ? 1 : 0);
            for (int i = 0; i < n; i++) {
                right[i] += x[i] * changes.get(t) / (ERROR * ERROR);
                for (int j = 0; j < n; j++) {
                    precision.add(i, j, x[i] * x[j] / (ERROR * ERROR));
                }
            }
        }
        CholeskyDecompositionInner_DDRM cholesky = new CholeskyDecompositionInner_DDRM(true);
        if (!cholesky.decompose(precision)) {
            throw new ArithmeticException("a precision is not positive definite");
        }
        double[] lower = cholesky.getT(null).data;
        double[] solved = right.clone();
        TriangularSolver_DDRM.solveL(lower, solved, n);
        for (int i = 0; i < n; i++) {
            solved[i] += doubt * random.nextGaussian();
        }
        TriangularSolver_DDRM.solveTranL(lower, solved, n);
        return solved;
    }
}
