package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.influence.Link;
import java.util.Arrays;

/**
 * How far a change of the relation row of a link can reach, known from the norm of the change alone.
 *
 * <p>Where the query is linear in the relation row, {@code q(h, r + ρ) = q(h, r) + J·ρ}, with a matrix J that the head
 * makes:
 *
 * <pre>
 * ‖J·ρ‖ ≤ ‖J‖·‖ρ‖,          ‖J‖² ≤ (max column sum of |J|) · (max row sum of |J|)
 * g·J·ρ ≤ ‖Jᵀ·g‖·‖ρ‖        for any row g
 * </pre>
 *
 * <p>The queries of all scoring functions that end in a dot product are linear; of the others nothing is assumed. The
 * columns of J are the queries of unit rows: O(width · relation width) once per link, too much where a relation is a matrix.
 * Scratch space, one instance per thread.
 */
final class RelationReach {
    /** Relation rows wider than so many entity rows are left alone. */
    private static final int WIDEST = 4;

    private final EmbeddingModel model;
    private final boolean possible;
    private final float[] unit;
    private final float[] column;
    private final double[] rowSums;
    private final float[] headGradient;
    private final float[] relationGradient;
    private double norm;

    RelationReach(EmbeddingModel model) {
        this.model = model;
        int width = model.parameters().entities()[0].length;
        int relationWidth = model.parameters().relations()[0].length;
        possible = model.function().similarity() == Similarity.DOT && relationWidth <= WIDEST * width;
        unit = new float[relationWidth];
        column = new float[width];
        rowSums = new double[width];
        headGradient = new float[width];
        relationGradient = new float[relationWidth];
    }

    /** Whether anything can be said for this model. */
    boolean isPossible() {
        return possible;
    }

    /** Prepares for a link. */
    void of(Link link) {
        float[] head = model.parameters().entities()[link.head()];
        ScoringFunction function = model.function();
        Arrays.fill(rowSums, 0);
        double largestColumn = 0;
        for (int i = 0; i < unit.length; i++) {
            unit[i] = 1f;
            function.tailQuery(head, unit, column);
            unit[i] = 0f;
            double sum = 0;
            for (int k = 0; k < column.length; k++) {
                double magnitude = Math.abs(column[k]);
                sum += magnitude;
                rowSums[k] += magnitude;
            }
            largestColumn = Math.max(largestColumn, sum);
        }
        double largestRow = 0;
        for (double sum : rowSums) {
            largestRow = Math.max(largestRow, sum);
        }
        norm = (1 + 1e-6) * Math.sqrt(largestColumn * largestRow);
    }

    /** At least {@code ‖J‖}, and at least the norm of the matrix of the absolute values of J. */
    double norm() {
        return norm;
    }

    /** Computes {@code Jᵀ·g}, but for rounding; not a copy. */
    float[] transposed(Link link, float[] g) {
        Arrays.fill(headGradient, 0f);
        Arrays.fill(relationGradient, 0f);
        model.function()
                .tailQueryGradient(
                        model.parameters().entities()[link.head()],
                        model.parameters().relations()[link.relation()],
                        g,
                        headGradient,
                        relationGradient);
        return relationGradient;
    }
}
