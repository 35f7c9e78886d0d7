package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.kernel.Rows;

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
    };

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
}
