package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Similarity;

/**
 * Some queries that are scored together against blocks of entities, a block by one matrix product.
 *
 * <p>The kernel's scores have the bits of {@link Similarity#of}, so that a score found here is the score of its fact, and
 * ties are exact. O(entities · queries · d) time, O(queries · d) space. Holds scratch space: one instance per thread.
 */
public final class QueryGroup {
    private final EmbeddingModel model;
    private final Similarity similarity;
    private final MatrixKernel kernel = MatrixKernels.fastest();
    private final float[][] queries;

    /** {@code [width][queries]}: the form in which the kernel runs along the queries. */
    private final float[][] transposed;

    /**
     * A group of limited size.
     *
     * @param columns queries at most
     */
    public QueryGroup(EmbeddingModel model, int columns) {
        this.model = model;
        similarity = model.function().similarity();
        int width = model.parameters().entities()[0].length;
        queries = new float[columns][width];
        transposed = new float[width][columns];
    }

    /** Computes the query row of one column. */
    public void set(int column, Side side, int entity, int relation) {
        float[] query = queries[column];
        model.query(side, entity, relation, query);
        for (int k = 0; k < transposed.length; k++) {
            transposed[k][column] = query[k];
        }
    }

    /** The query row of a column; must not be modified. */
    public float[] query(int column) {
        return queries[column];
    }

    /**
     * Scores a block: {@code block[i][j] = similarity(query j, entity i)} for {@code i < rows}, {@code j < columns}.
     *
     * @param entities rows of entities. Not modified.
     * @param block Modified.
     */
    public void score(float[][] entities, int rows, int columns, float[][] block) {
        similarity.ofColumns(kernel, entities, rows, transposed, columns, block);
    }
}
