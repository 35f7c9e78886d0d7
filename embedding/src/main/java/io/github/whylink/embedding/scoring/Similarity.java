package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.Rows;
import java.util.Arrays;

/**
 * How a query row is compared with an entity row; higher is more similar.
 *
 * <p>Every method that compares gives the same bits for the same pair of rows, whether asked for one row or for many.
 */
public enum Similarity {
    /** {@code Σ q_i·e_i}. */
    DOT {
        @Override
        public float of(float[] query, float[] entity) {
            return Rows.dot(query, entity);
        }

        @Override
        public void ofAll(float[] query, float[][] entities, int count, float[] out) {
            Rows.dots(query, entities, count, out);
        }

        @Override
        public void gradient(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryGradient,
                float[] entityGradient) {
            for (int i = 0; i < query.length; i++) {
                queryGradient[i] += coefficient * entity[i];
                entityGradient[i] += coefficient * query[i];
            }
        }

        @Override
        public void queryGradient(
                float[] query,
                float[][] entities,
                float[] scores,
                float[] coefficients,
                int count,
                float[] queryGradient) {
            Rows.axpys(coefficients, entities, count, queryGradient);
        }

        @Override
        public void entityGradient(
                float[] query, float[] entity, float score, float coefficient, float[] entityGradient) {
            Rows.axpy(coefficient, query, entityGradient);
        }

        @Override
        public void queryTangents(
                float[] query,
                float[][] entities,
                float[] scores,
                int count,
                float[] queryTangent,
                float[] scratch,
                float[] out) {
            Rows.dots(queryTangent, entities, count, out);
        }

        @Override
        public void entityTangents(
                float[] query,
                float[][] entities,
                float[] scores,
                int count,
                float[][] entityTangents,
                float[] scratch,
                float[] out) {
            Rows.dots(query, entityTangents, count, out);
        }

        @Override
        public void queryGradientTangent(
                float[] query,
                float[][] entities,
                float[] scores,
                float[] coefficients,
                int count,
                float[] queryTangent,
                float[][] entityTangents,
                float[] scoreTangents,
                float[] coefficientTangents,
                float[] sum) {
            Rows.axpys(coefficientTangents, entities, count, sum);
            Rows.axpys(coefficients, entityTangents, count, sum);
        }

        @Override
        public void entityGradientTangent(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryTangent,
                float[] entityTangent,
                float scoreTangent,
                float coefficientTangent,
                float[] sum) {
            for (int i = 0; i < query.length; i++) {
                sum[i] += coefficientTangent * query[i] + coefficient * queryTangent[i];
            }
        }
    },

    /** {@code -Σ |q_i - e_i|}; its derivative at 0 is taken as 0. */
    NEGATIVE_L1 {
        @Override
        public float of(float[] query, float[] entity) {
            float sum = 0f;
            for (int i = 0; i < query.length; i++) {
                sum += Math.abs(query[i] - entity[i]);
            }
            return -sum;
        }

        @Override
        public void ofAll(float[] query, float[][] entities, int count, float[] out) {
            int j = 0;
            for (; j + 4 <= count; j += 4) {
                float[] e0 = entities[j];
                float[] e1 = entities[j + 1];
                float[] e2 = entities[j + 2];
                float[] e3 = entities[j + 3];
                float s0 = 0f;
                float s1 = 0f;
                float s2 = 0f;
                float s3 = 0f;
                for (int i = 0; i < query.length; i++) {
                    float q = query[i];
                    s0 += Math.abs(q - e0[i]);
                    s1 += Math.abs(q - e1[i]);
                    s2 += Math.abs(q - e2[i]);
                    s3 += Math.abs(q - e3[i]);
                }
                out[j] = -s0;
                out[j + 1] = -s1;
                out[j + 2] = -s2;
                out[j + 3] = -s3;
            }
            for (; j + 2 <= count; j += 2) {
                float[] e0 = entities[j];
                float[] e1 = entities[j + 1];
                float s0 = 0f;
                float s1 = 0f;
                for (int i = 0; i < query.length; i++) {
                    float q = query[i];
                    s0 += Math.abs(q - e0[i]);
                    s1 += Math.abs(q - e1[i]);
                }
                out[j] = -s0;
                out[j + 1] = -s1;
            }
            for (; j < count; j++) {
                out[j] = of(query, entities[j]);
            }
        }

        @Override
        public void gradient(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryGradient,
                float[] entityGradient) {
            for (int i = 0; i < query.length; i++) {
                float slope = coefficient * sign(query[i] - entity[i]);
                queryGradient[i] -= slope;
                entityGradient[i] += slope;
            }
        }

        @Override
        public void queryGradient(
                float[] query,
                float[][] entities,
                float[] scores,
                float[] coefficients,
                int count,
                float[] queryGradient) {
            for (int j = 0; j < count; j++) {
                float[] entity = entities[j];
                float coefficient = coefficients[j];
                for (int i = 0; i < query.length; i++) {
                    queryGradient[i] -= coefficient * sign(query[i] - entity[i]);
                }
            }
        }

        @Override
        public void entityGradient(
                float[] query, float[] entity, float score, float coefficient, float[] entityGradient) {
            for (int i = 0; i < query.length; i++) {
                entityGradient[i] += coefficient * sign(query[i] - entity[i]);
            }
        }

        @Override
        public boolean isLinearAlmostEverywhere() {
            return true;
        }

        @Override
        public void queryTangents(
                float[] query,
                float[][] entities,
                float[] scores,
                int count,
                float[] queryTangent,
                float[] scratch,
                float[] out) {
            for (int j = 0; j < count; j++) {
                out[j] = -signedSum(query, entities[j], queryTangent, scratch);
            }
        }

        @Override
        public void entityTangents(
                float[] query,
                float[][] entities,
                float[] scores,
                int count,
                float[][] entityTangents,
                float[] scratch,
                float[] out) {
            for (int j = 0; j < count; j++) {
                out[j] = signedSum(query, entities[j], entityTangents[j], scratch);
            }
        }

        @Override
        public void queryGradientTangent(
                float[] query,
                float[][] entities,
                float[] scores,
                float[] coefficients,
                int count,
                float[] queryTangent,
                float[][] entityTangents,
                float[] scoreTangents,
                float[] coefficientTangents,
                float[] sum) {
            queryGradient(query, entities, scores, coefficientTangents, count, sum);
        }

        @Override
        public void entityGradientTangent(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryTangent,
                float[] entityTangent,
                float scoreTangent,
                float coefficientTangent,
                float[] sum) {
            entityGradient(query, entity, score, coefficientTangent, sum);
        }
    },

    /** {@code -sqrt(Σ (q_i - e_i)²)}; its gradient where the rows coincide is taken as 0. */
    NEGATIVE_L2 {
        @Override
        public float of(float[] query, float[] entity) {
            float sum = 0f;
            for (int i = 0; i < query.length; i++) {
                float difference = query[i] - entity[i];
                sum = Math.fma(difference, difference, sum);
            }
            return -(float) Math.sqrt(sum);
        }

        @Override
        public void ofAll(float[] query, float[][] entities, int count, float[] out) {
            int j = 0;
            for (; j + 4 <= count; j += 4) {
                float[] e0 = entities[j];
                float[] e1 = entities[j + 1];
                float[] e2 = entities[j + 2];
                float[] e3 = entities[j + 3];
                float s0 = 0f;
                float s1 = 0f;
                float s2 = 0f;
                float s3 = 0f;
                for (int i = 0; i < query.length; i++) {
                    float q = query[i];
                    float d0 = q - e0[i];
                    float d1 = q - e1[i];
                    float d2 = q - e2[i];
                    float d3 = q - e3[i];
                    s0 = Math.fma(d0, d0, s0);
                    s1 = Math.fma(d1, d1, s1);
                    s2 = Math.fma(d2, d2, s2);
                    s3 = Math.fma(d3, d3, s3);
                }
                out[j] = -(float) Math.sqrt(s0);
                out[j + 1] = -(float) Math.sqrt(s1);
                out[j + 2] = -(float) Math.sqrt(s2);
                out[j + 3] = -(float) Math.sqrt(s3);
            }
            for (; j < count; j++) {
                out[j] = of(query, entities[j]);
            }
        }

        @Override
        public void gradient(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryGradient,
                float[] entityGradient) {
            if (score == 0f) {
                return;
            }
            float factor = coefficient / score;
            for (int i = 0; i < query.length; i++) {
                float slope = factor * (query[i] - entity[i]);
                queryGradient[i] += slope;
                entityGradient[i] -= slope;
            }
        }

        @Override
        public void queryGradient(
                float[] query,
                float[][] entities,
                float[] scores,
                float[] coefficients,
                int count,
                float[] queryGradient) {
            for (int j = 0; j < count; j++) {
                if (scores[j] != 0f && coefficients[j] != 0f) {
                    float[] entity = entities[j];
                    float factor = coefficients[j] / scores[j];
                    for (int i = 0; i < query.length; i++) {
                        queryGradient[i] += factor * (query[i] - entity[i]);
                    }
                }
            }
        }

        @Override
        public void entityGradient(
                float[] query, float[] entity, float score, float coefficient, float[] entityGradient) {
            if (score != 0f) {
                float factor = coefficient / score;
                for (int i = 0; i < query.length; i++) {
                    entityGradient[i] -= factor * (query[i] - entity[i]);
                }
            }
        }

        @Override
        public void queryTangents(
                float[] query,
                float[][] entities,
                float[] scores,
                int count,
                float[] queryTangent,
                float[] scratch,
                float[] out) {
            int j = 0;
            for (; j + 4 <= count; j += 4) {
                float[] e0 = entities[j];
                float[] e1 = entities[j + 1];
                float[] e2 = entities[j + 2];
                float[] e3 = entities[j + 3];
                float s0 = 0f;
                float s1 = 0f;
                float s2 = 0f;
                float s3 = 0f;
                for (int i = 0; i < query.length; i++) {
                    float q = query[i];
                    float t = queryTangent[i];
                    s0 = Math.fma(q - e0[i], t, s0);
                    s1 = Math.fma(q - e1[i], t, s1);
                    s2 = Math.fma(q - e2[i], t, s2);
                    s3 = Math.fma(q - e3[i], t, s3);
                }
                out[j] = quotient(s0, scores[j]);
                out[j + 1] = quotient(s1, scores[j + 1]);
                out[j + 2] = quotient(s2, scores[j + 2]);
                out[j + 3] = quotient(s3, scores[j + 3]);
            }
            for (; j < count; j++) {
                out[j] = quotient(differenceTimes(query, entities[j], queryTangent), scores[j]);
            }
        }

        @Override
        public void entityTangents(
                float[] query,
                float[][] entities,
                float[] scores,
                int count,
                float[][] entityTangents,
                float[] scratch,
                float[] out) {
            int j = 0;
            for (; j + 4 <= count; j += 4) {
                float[] e0 = entities[j];
                float[] e1 = entities[j + 1];
                float[] e2 = entities[j + 2];
                float[] e3 = entities[j + 3];
                float[] t0 = entityTangents[j];
                float[] t1 = entityTangents[j + 1];
                float[] t2 = entityTangents[j + 2];
                float[] t3 = entityTangents[j + 3];
                float s0 = 0f;
                float s1 = 0f;
                float s2 = 0f;
                float s3 = 0f;
                for (int i = 0; i < query.length; i++) {
                    float q = query[i];
                    s0 = Math.fma(q - e0[i], t0[i], s0);
                    s1 = Math.fma(q - e1[i], t1[i], s1);
                    s2 = Math.fma(q - e2[i], t2[i], s2);
                    s3 = Math.fma(q - e3[i], t3[i], s3);
                }
                out[j] = -quotient(s0, scores[j]);
                out[j + 1] = -quotient(s1, scores[j + 1]);
                out[j + 2] = -quotient(s2, scores[j + 2]);
                out[j + 3] = -quotient(s3, scores[j + 3]);
            }
            for (; j < count; j++) {
                out[j] = -quotient(differenceTimes(query, entities[j], entityTangents[j]), scores[j]);
            }
        }

        /** With {@code δ = q - e}, {@code f = c/s} and {@code ḟ = (ċ - f·ṡ)/s}: {@code ḟ·δ + f·(q̇ - ė)}. */
        @Override
        public void queryGradientTangent(
                float[] query,
                float[][] entities,
                float[] scores,
                float[] coefficients,
                int count,
                float[] queryTangent,
                float[][] entityTangents,
                float[] scoreTangents,
                float[] coefficientTangents,
                float[] sum) {
            for (int j = 0; j < count; j++) {
                if (scores[j] != 0f && (coefficients[j] != 0f || coefficientTangents[j] != 0f)) {
                    float[] entity = entities[j];
                    float[] entityTangent = entityTangents[j];
                    float factor = coefficients[j] / scores[j];
                    float factorTangent = (coefficientTangents[j] - factor * scoreTangents[j]) / scores[j];
                    for (int i = 0; i < query.length; i++) {
                        sum[i] +=
                                factorTangent * (query[i] - entity[i]) + factor * (queryTangent[i] - entityTangent[i]);
                    }
                }
            }
        }

        @Override
        public void entityGradientTangent(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryTangent,
                float[] entityTangent,
                float scoreTangent,
                float coefficientTangent,
                float[] sum) {
            if (score != 0f) {
                float factor = coefficient / score;
                float factorTangent = (coefficientTangent - factor * scoreTangent) / score;
                for (int i = 0; i < query.length; i++) {
                    sum[i] -= factorTangent * (query[i] - entity[i]) + factor * (queryTangent[i] - entityTangent[i]);
                }
            }
        }
    };

    /** {@code a/b}, and 0 where b is. */
    private static float quotient(float a, float b) {
        return b == 0f ? 0f : a / b;
    }

    /** {@code Σ (q_i - e_i)·x_i}. */
    private static float differenceTimes(float[] query, float[] entity, float[] x) {
        float sum = 0f;
        for (int i = 0; i < query.length; i++) {
            sum = Math.fma(query[i] - entity[i], x[i], sum);
        }
        return sum;
    }

    /** {@code Σ sign(q_i - e_i)·x_i}, in two loops: the compiler vectorises the signs only where it has no sum to keep. */
    private static float signedSum(float[] query, float[] entity, float[] x, float[] products) {
        for (int i = 0; i < query.length; i++) {
            products[i] = sign(query[i] - entity[i]) * x[i];
        }
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        int i = 0;
        for (; i + 4 <= query.length; i += 4) {
            s0 += products[i];
            s1 += products[i + 1];
            s2 += products[i + 2];
            s3 += products[i + 3];
        }
        for (; i < query.length; i++) {
            s0 += products[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** The sign, but for differences below 2^-127, which count as less: written so that the compiler vectorises it. */
    private static float sign(float difference) {
        return Math.max(-1f, Math.min(1f, difference * 0x1p127f));
    }

    /** Compares one query with one entity row. Nothing is modified. */
    public abstract float of(float[] query, float[] entity);

    /**
     * Compares one query with the first {@code count} rows of a table, four rows at a time: four independent sums hide the
     * time that one addition takes.
     *
     * @param out at least {@code count} long. Modified.
     */
    public abstract void ofAll(float[] query, float[][] entities, int count, float[] out);

    /**
     * Compares the first {@code n} of some rows with the first {@code count} of some columns by a matrix kernel: {@code
     * out[i][j] = of(rows[i], column j)}. Whether rows or columns are the queries makes no difference. O(n · count · d).
     *
     * @param columns {@code [width][column]}. Not modified.
     * @param out at least {@code n} rows of at least {@code count}. Modified: overwritten.
     */
    public final void ofColumns(
            MatrixKernel kernel, float[][] rows, int n, float[][] columns, int count, float[][] out) {
        for (int i = 0; i < n; i++) {
            Arrays.fill(out[i], 0, count, 0f);
        }
        switch (this) {
            case DOT -> kernel.multiplyAdd(rows, columns, columns.length, count, 0, n, out);
            case NEGATIVE_L1 -> {
                kernel.absoluteDistancesAdd(rows, columns, columns.length, count, 0, n, out);
                for (int i = 0; i < n; i++) {
                    negate(out[i], count);
                }
            }
            case NEGATIVE_L2 -> {
                kernel.squaredDistancesAdd(rows, columns, columns.length, count, 0, n, out);
                for (int i = 0; i < n; i++) {
                    negateRoot(out[i], count);
                }
            }
        }
    }

    private static void negate(float[] x, int count) {
        for (int j = 0; j < count; j++) {
            x[j] = -x[j];
        }
    }

    private static void negateRoot(float[] x, int count) {
        for (int j = 0; j < count; j++) {
            x[j] = -(float) Math.sqrt(x[j]);
        }
    }

    /**
     * Adds {@code coefficient · ∂similarity/∂query} and {@code coefficient · ∂similarity/∂entity}.
     *
     * @param score what {@link #of} returned for the two rows
     * @param queryGradient Modified.
     * @param entityGradient Modified.
     */
    public abstract void gradient(
            float[] query,
            float[] entity,
            float score,
            float coefficient,
            float[] queryGradient,
            float[] entityGradient);

    /**
     * Adds {@code Σ_j coefficients[j] · ∂similarity(query, entities[j])/∂query} for {@code j < count}.
     *
     * @param scores what {@link #of} returned for each pair
     * @param queryGradient Modified.
     */
    public abstract void queryGradient(
            float[] query, float[][] entities, float[] scores, float[] coefficients, int count, float[] queryGradient);

    /**
     * Adds {@code coefficient · ∂similarity/∂entity}.
     *
     * @param score what {@link #of} returned for the two rows
     * @param entityGradient Modified.
     */
    public abstract void entityGradient(
            float[] query, float[] entity, float score, float coefficient, float[] entityGradient);

    /**
     * Computes how the scores move when the query moves: {@code out[j] = ∂similarity(query, entities[j])/∂query · q̇} for
     * {@code j < count}.
     *
     * @param scores what {@link #of} returned for each pair
     * @param queryTangent q̇. Not modified.
     * @param scratch as wide as the query. Modified.
     * @param out Modified: overwritten.
     */
    public abstract void queryTangents(
            float[] query,
            float[][] entities,
            float[] scores,
            int count,
            float[] queryTangent,
            float[] scratch,
            float[] out);

    /**
     * Computes how the scores move when the entity rows move: {@code out[j] = ∂similarity(query, entities[j])/∂entity ·
     * ė_j} for {@code j < count}.
     *
     * @param scores what {@link #of} returned for each pair
     * @param entityTangents ė. Not modified.
     * @param scratch as wide as the query. Modified.
     * @param out Modified: overwritten.
     */
    public abstract void entityTangents(
            float[] query,
            float[][] entities,
            float[] scores,
            int count,
            float[][] entityTangents,
            float[] scratch,
            float[] out);

    /**
     * Adds how the sum of {@link #queryGradient(float[], float[][], float[], float[], int, float[]) queryGradient} moves
     * when the rows and the coefficients move.
     *
     * @param queryTangent q̇. Not modified.
     * @param entityTangents ė_j. Not modified.
     * @param scoreTangents how the scores move with the rows: the sum of {@link #queryTangents} and {@link
     *     #entityTangents}
     * @param coefficientTangents how the coefficients move
     * @param sum Modified.
     */
    public abstract void queryGradientTangent(
            float[] query,
            float[][] entities,
            float[] scores,
            float[] coefficients,
            int count,
            float[] queryTangent,
            float[][] entityTangents,
            float[] scoreTangents,
            float[] coefficientTangents,
            float[] sum);

    /**
     * Adds how the result of {@link #entityGradient} moves when the rows and the coefficient move; parameters as in {@link
     * #queryGradientTangent}.
     *
     * @param sum Modified.
     */
    public abstract void entityGradientTangent(
            float[] query,
            float[] entity,
            float score,
            float coefficient,
            float[] queryTangent,
            float[] entityTangent,
            float scoreTangent,
            float coefficientTangent,
            float[] sum);

    /** Whether the gradient of a pair moves with its coefficient alone, whatever the rows do. */
    public boolean isLinearAlmostEverywhere() {
        return false;
    }
}
