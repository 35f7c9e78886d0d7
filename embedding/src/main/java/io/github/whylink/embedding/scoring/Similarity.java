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
        public void gradient(
                float[] query,
                float[] entity,
                float score,
                float coefficient,
                float[] queryGradient,
                float[] entityGradient) {
            for (int i = 0; i < query.length; i++) {
                float slope = coefficient * Math.signum(query[i] - entity[i]);
                queryGradient[i] -= slope;
                entityGradient[i] += slope;
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
                sum += difference * difference;
            }
            return -(float) Math.sqrt(sum);
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
    };

    /** Compares one query with one entity row. Nothing is modified. */
    public abstract float of(float[] query, float[] entity);

    /**
     * Compares one query with the first {@code count} rows of a table.
     *
     * @param out at least {@code count} long. Modified.
     */
    public void ofAll(float[] query, float[][] entities, int count, float[] out) {
        for (int j = 0; j < count; j++) {
            out[j] = of(query, entities[j]);
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
}
