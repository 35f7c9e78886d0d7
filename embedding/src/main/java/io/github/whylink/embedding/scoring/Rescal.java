package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.kernel.Rows;
import java.util.Arrays;

/**
 * RESCAL: {@code score = hᵀ·R·t = Σ_ij h_i · R_ij · t_j}, with a full matrix for each relation.
 *
 * <p>Shapes: entity rows have {@code dimension} floats, a relation row has {@code dimension²}, row by row:
 * {@code R_ij} is number {@code i·dimension + j}. O(d²) a query, O(d) a score from there. Where rows of the matrix are
 * added, it is in a short-lived copy of one row: the JIT compiler vectorises loops over arrays with a common index, but
 * not with an offset. Source: Nickel, Tresp and Kriegel, "A three-way model for collective learning on multi-relational
 * data", ICML 2011, eq. 2.
 */
record Rescal() implements ScoringFunction {
    @Override
    public String name() {
        return "RESCAL";
    }

    @Override
    public int entityWidth(int dimension) {
        return dimension;
    }

    @Override
    public int relationWidth(int dimension) {
        return dimension * dimension;
    }

    @Override
    public Similarity similarity() {
        return Similarity.DOT;
    }

    /** {@code q = hᵀ·R}. */
    @Override
    public void tailQuery(float[] head, float[] relation, float[] query) {
        Arrays.fill(query, 0f);
        addTransposed(relation, head, query);
    }

    /** {@code q = R·t}. */
    @Override
    public void headQuery(float[] relation, float[] tail, float[] query) {
        Arrays.fill(query, 0f);
        addProduct(relation, tail, query);
    }

    /** {@code ∂/∂h = R·g}, {@code ∂/∂R = h·gᵀ}. */
    @Override
    public void tailQueryGradient(
            float[] head, float[] relation, float[] queryGradient, float[] headGradient, float[] relationGradient) {
        addProduct(relation, queryGradient, headGradient);
        addOuterProduct(head, queryGradient, relationGradient);
    }

    /** {@code ∂/∂R = g·tᵀ}, {@code ∂/∂t = gᵀ·R}. */
    @Override
    public void headQueryGradient(
            float[] relation, float[] tail, float[] queryGradient, float[] relationGradient, float[] tailGradient) {
        addTransposed(relation, queryGradient, tailGradient);
        addOuterProduct(queryGradient, tail, relationGradient);
    }

    /** {@code y_i += Σ_j R_ij·x_j}, four rows at a time: four independent sums hide the time that one addition takes. */
    private static void addProduct(float[] matrix, float[] x, float[] y) {
        int d = x.length;
        int i = 0;
        for (; i + 4 <= d; i += 4) {
            int row0 = i * d;
            int row1 = row0 + d;
            int row2 = row1 + d;
            int row3 = row2 + d;
            float s0 = 0f;
            float s1 = 0f;
            float s2 = 0f;
            float s3 = 0f;
            for (int j = 0; j < d; j++) {
                float xj = x[j];
                s0 += matrix[row0 + j] * xj;
                s1 += matrix[row1 + j] * xj;
                s2 += matrix[row2 + j] * xj;
                s3 += matrix[row3 + j] * xj;
            }
            y[i] += s0;
            y[i + 1] += s1;
            y[i + 2] += s2;
            y[i + 3] += s3;
        }
        for (; i < d; i++) {
            int row = i * d;
            float sum = 0f;
            for (int j = 0; j < d; j++) {
                sum += matrix[row + j] * x[j];
            }
            y[i] += sum;
        }
    }

    /** {@code y_j += Σ_i R_ij·x_i}. */
    private static void addTransposed(float[] matrix, float[] x, float[] y) {
        int d = x.length;
        float[] row = new float[d];
        for (int i = 0; i < d; i++) {
            System.arraycopy(matrix, i * d, row, 0, d);
            Rows.axpy(x[i], row, y);
        }
    }

    /** {@code R_ij += x_i·y_j}. */
    private static void addOuterProduct(float[] x, float[] y, float[] matrix) {
        int d = x.length;
        float[] row = new float[d];
        for (int i = 0; i < d; i++) {
            System.arraycopy(matrix, i * d, row, 0, d);
            Rows.axpy(x[i], y, row);
            System.arraycopy(row, 0, matrix, i * d, d);
        }
    }
}
