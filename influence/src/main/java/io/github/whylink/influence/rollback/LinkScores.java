package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.Exponentials;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.Link;

/**
 * What the model as it is says about the query of a link: all scores, and the softmax over them.
 *
 * <pre>weight_j = exp(score_j - max),   p(link) = exp(score_tail - max) / Σ_j weight_j</pre>
 *
 * <p>Refilled for each link: O(entities · d). Scratch space, one instance per thread.
 */
final class LinkScores {
    private final EmbeddingModel model;
    private final EntityColumns columns;
    private final MatrixKernel kernel;
    private final float[][] oneRow = new float[1][EntityColumns.BLOCK];
    private final float[] query;
    private final float[] scores;
    private final double[] weights;
    private Link link;
    private float max;
    private double sum;
    private double probability;

    LinkScores(EmbeddingModel model, EntityColumns columns) {
        this.model = model;
        this.columns = columns;
        // Tiles are no use to a single row: the plain kernel does without them, and gives the same bits.
        kernel = MatrixKernels.named("plain");
        query = new float[model.parameters().entities()[0].length];
        scores = new float[model.entityCount()];
        weights = new double[model.entityCount()];
    }

    void of(Link other) {
        link = other;
        model.query(Side.TAIL, link.head(), link.relation(), query);
        columns.score(kernel, new float[][] {query}, 1, oneRow, new float[][] {scores});
        max = Exponentials.max(scores, scores.length);
        Exponentials.exp(scores, max, scores.length, weights);
        sum = Exponentials.sum(weights, weights.length);
        probability = Math.exp((double) scores[link.tail()] - max) / sum;
    }

    /** Softmax of any scores, as {@link #probability} is computed. {@code scratch} is modified. */
    static double softmax(float[] scores, int target, double[] scratch) {
        float largest = Exponentials.max(scores, scores.length);
        Exponentials.exp(scores, largest, scores.length, scratch);
        return Math.exp((double) scores[target] - largest) / Exponentials.sum(scratch, scores.length);
    }

    Link link() {
        return link;
    }

    /** The query row; not a copy. */
    float[] query() {
        return query;
    }

    /** One score per entity; not a copy. */
    float[] scores() {
        return scores;
    }

    /** {@code exp(score - max)} per entity; not a copy. */
    double[] weights() {
        return weights;
    }

    /** The largest score. */
    float max() {
        return max;
    }

    /** The sum of the weights. */
    double sum() {
        return sum;
    }

    /** The probability of the link. */
    double probability() {
        return probability;
    }
}
