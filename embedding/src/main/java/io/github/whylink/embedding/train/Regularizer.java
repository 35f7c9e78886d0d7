package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.ScoringFunction;
import java.util.List;

/**
 * A penalty on the rows of a fact, summed over its head, relation and tail row:
 *
 * <pre>
 * none  0
 * L2    weight / 2 · Σ_i x_i²
 * N3    weight / 3 · Σ_i |x_i|³      with the modulus where rows are complex
 * </pre>
 *
 * <p>Weighted by frequency, each fact adds the full penalty of its rows, so that a row is regularized as often as it
 * occurs. Otherwise a fact adds the n-th part of a row's penalty, where n is how many facts of the training have that
 * row, so that an epoch regularizes each row once; the caller gives that factor. Either is multiplied with the fact's weight:
 * a fact that counts twice regularizes its rows twice. A fact whose head is its tail has that
 * row twice. With {@link ScoringFunction#reciprocal} both relation rows of a fact count.
 *
 * <p>Source of N3 and of the weighting: Lacroix, Usunier and Obozinski, "Canonical tensor decomposition for knowledge
 * base completion", ICML 2018, arXiv 1806.07297, eq. 4 and section 4.2.
 *
 * @param name one of {@link #names}, whatever the case
 * @param entityWeight of head and tail rows, 0 or more
 * @param relationWeight of relation rows, 0 or more
 * @param frequencyWeighted whether every fact adds the full penalty of its rows
 */
public record Regularizer(String name, float entityWeight, float relationWeight, boolean frequencyWeighted) {
    /** No penalty. */
    public static final Regularizer NONE = new Regularizer("none", 0f, 0f, true);

    /**
     * Checks the name and the ranges.
     *
     * @throws IllegalArgumentException if the regularizer is unknown or a weight is negative or not finite
     */
    public Regularizer {
        String wanted = name;
        name = names().stream()
                .filter(n -> n.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown regularizer '%s'; known are %s".formatted(wanted, names())));
        requireNotNegative("entities", entityWeight);
        requireNotNegative("relations", relationWeight);
    }

    /** The names of all regularizers. */
    public static List<String> names() {
        return List.of("none", "L2", "N3");
    }

    /** Whether no row has a penalty. */
    public boolean isNone() {
        return name.equals("none") || (entityWeight == 0f && relationWeight == 0f);
    }

    /**
     * Adds {@code factor} times the gradient of the penalty of a head or tail row. O(width).
     *
     * @param function tells whether the row holds complex numbers
     * @param row Not modified.
     * @param factor 1 where weighted by frequency, else 1 / how many facts have this row; times the weight of the fact
     * @param gradient as wide as the row. Modified: added to.
     * @return factor times the penalty
     */
    public double addEntity(ScoringFunction function, float[] row, float factor, float[] gradient) {
        return add(entityWeight * factor, row, function.complexRows(), 1, gradient);
    }

    /** Adds {@code factor} times the gradient of the penalty of a relation row; see {@link #addEntity}. */
    public double addRelation(ScoringFunction function, float[] row, float factor, float[] gradient) {
        return add(relationWeight * factor, row, function.complexRows(), function.relationParts(), gradient);
    }

    /**
     * Adds {@code factor} times the second derivative of the penalty of a head or tail row, times a direction. O(width).
     *
     * @param row Not modified.
     * @param direction as wide as the row. Not modified.
     * @param sum as wide as the row. Modified: added to.
     * @return factor times the derivative of the penalty in this direction
     */
    public double addEntityCurvature(
            ScoringFunction function, float[] row, float factor, float[] direction, float[] sum) {
        return addCurvature(entityWeight * factor, row, function.complexRows(), 1, direction, sum);
    }

    /** The same of the penalty of a relation row; see {@link #addEntityCurvature}. */
    public double addRelationCurvature(
            ScoringFunction function, float[] row, float factor, float[] direction, float[] sum) {
        return addCurvature(
                relationWeight * factor, row, function.complexRows(), function.relationParts(), direction, sum);
    }

    private double addCurvature(float weight, float[] row, boolean complex, int parts, float[] direction, float[] sum) {
        if (isNone() || weight == 0f) {
            return 0;
        }
        if (name.equals("L2")) {
            Rows.axpy(weight, direction, sum);
            return weight * (double) Rows.dot(row, direction);
        }
        if (!complex) {
            return cubesCurvature(weight, row, direction, sum);
        }
        int half = row.length / (2 * parts);
        double slope = 0;
        for (int part = 0; part < parts; part++) {
            slope += complexCubesCurvature(weight, row, 2 * half * part, half, direction, sum);
        }
        return slope;
    }

    private static double cubesCurvature(float weight, float[] row, float[] direction, float[] sum) {
        double slope = 0;
        for (int i = 0; i < row.length; i++) {
            float moved = Math.abs(row[i]) * direction[i];
            slope += moved * row[i];
            sum[i] += 2 * weight * moved;
        }
        return weight * slope;
    }

    /** {@code m·ż + z·(z·ż)/m} with the modulus m of z; 0 where that is 0. */
    private static double complexCubesCurvature(
            float weight, float[] row, int from, int half, float[] direction, float[] sum) {
        double slope = 0;
        for (int i = from; i < from + half; i++) {
            float re = row[i];
            float im = row[half + i];
            float modulus = (float) Math.sqrt(re * re + im * im);
            if (modulus != 0f) {
                float along = re * direction[i] + im * direction[half + i];
                slope += modulus * along;
                sum[i] += weight * (modulus * direction[i] + along / modulus * re);
                sum[half + i] += weight * (modulus * direction[half + i] + along / modulus * im);
            }
        }
        return weight * slope;
    }

    private double add(float weight, float[] row, boolean complex, int parts, float[] gradient) {
        if (isNone() || weight == 0f) {
            return 0;
        }
        if (name.equals("L2")) {
            return squares(weight, row, gradient);
        }
        if (!complex) {
            return cubes(weight, row, gradient);
        }
        int half = row.length / (2 * parts);
        double penalty = 0;
        for (int part = 0; part < parts; part++) {
            penalty += complexCubes(weight, row, 2 * half * part, half, gradient);
        }
        return penalty;
    }

    private static double squares(float weight, float[] row, float[] gradient) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            float x = row[i];
            sum += x * x;
            gradient[i] += weight * x;
        }
        return weight / 2 * sum;
    }

    private static double cubes(float weight, float[] row, float[] gradient) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            float x = row[i];
            float signedSquare = Math.abs(x) * x;
            sum += signedSquare * x;
            gradient[i] += weight * signedSquare;
        }
        return weight / 3 * sum;
    }

    /** Real parts in {@code [from..from + half)}, imaginary parts behind them. */
    private static double complexCubes(float weight, float[] row, int from, int half, float[] gradient) {
        double sum = 0;
        for (int i = from; i < from + half; i++) {
            float re = row[i];
            float im = row[half + i];
            float square = re * re + im * im;
            float modulus = (float) Math.sqrt(square);
            sum += square * modulus;
            gradient[i] += weight * modulus * re;
            gradient[half + i] += weight * modulus * im;
        }
        return weight / 3 * sum;
    }

    private static void requireNotNegative(String whose, float weight) {
        if (!(weight >= 0) || Float.isInfinite(weight)) {
            throw new IllegalArgumentException(
                    "the weight of the penalty on %s must be 0 or more, but is %s".formatted(whose, weight));
        }
    }
}
