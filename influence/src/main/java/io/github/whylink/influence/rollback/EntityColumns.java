package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * The entity rows of a model as columns, so that the matrix kernel runs along the entities: few queries against all
 * entities in a quarter of the time that row by row takes, with the same bits.
 *
 * <p>{@code block[k][j] = entities[first + j][k]}, in blocks of 2,048 entities that stay in the second cache while some
 * queries pass. Memory: {@code 4 · entities · width} bytes, as much as the rows themselves. Immutable, for any number of
 * threads; knows nothing of later changes of the rows.
 */
public final class EntityColumns {
    /** Entities in a block. */
    static final int BLOCK = 2_048;

    private final Similarity similarity;
    private final int count;
    private final int width;
    private final float[][][] blocks;
    private final double[] squaredNorms;
    private final double largestNorm;
    private final EntityScatter scatter;

    private EntityColumns(Similarity similarity, float[][] entities) {
        this.similarity = similarity;
        count = entities.length;
        width = entities[0].length;
        blocks = new float[(count + BLOCK - 1) / BLOCK][][];
        for (int block = 0; block < blocks.length; block++) {
            int first = block * BLOCK;
            blocks[block] = transposed(Arrays.copyOfRange(entities, first, Math.min(first + BLOCK, count)), width);
        }
        squaredNorms = new double[count];
        double largest = 0;
        for (int j = 0; j < count; j++) {
            squaredNorms[j] = Rows.squaredNorm(entities[j]);
            largest = Math.max(largest, squaredNorms[j]);
        }
        largestNorm = Math.sqrt(largest);
        scatter = similarity == Similarity.DOT ? new EntityScatter(entities) : null;
    }

    /** The columns of a model as it is now. O(entities · width²), see {@link EntityScatter}. */
    public static EntityColumns of(EmbeddingModel model) {
        return new EntityColumns(
                model.function().similarity(), model.parameters().entities());
    }

    /** Bytes of the columns of so many entities. */
    public static long bytes(int entities, int width) {
        return HeapBytes.ofTable(width, entities);
    }

    static float[][] transposed(float[][] rows, int width) {
        float[][] columns = new float[width][rows.length];
        for (int j = 0; j < rows.length; j++) {
            float[] row = rows[j];
            for (int k = 0; k < width; k++) {
                columns[k][j] = row[k];
            }
        }
        return columns;
    }

    /** Squared Euclidean norm of each entity row; not a copy. */
    double[] squaredNorms() {
        return squaredNorms;
    }

    /** The largest Euclidean norm of an entity row; NaN if some row is not finite. */
    double largestNorm() {
        return largestNorm;
    }

    /** How the rows are scattered around their mean; only of those that are compared by dot products, else null. */
    EntityScatter scatter() {
        return scatter;
    }

    /**
     * Scores all entities for some queries.
     *
     * @param queries at least {@code n} rows. Not modified.
     * @param scratch at least {@code n} rows of {@link #BLOCK}. Modified.
     * @param scores at least {@code n} rows of one score per entity, each with the bits of {@link Similarity#of}. Modified.
     */
    void score(MatrixKernel kernel, float[][] queries, int n, float[][] scratch, float[][] scores) {
        for (int block = 0; block < blocks.length; block++) {
            int first = block * BLOCK;
            int columns = Math.min(BLOCK, count - first);
            similarity.ofColumns(kernel, queries, n, blocks[block], columns, scratch);
            for (int i = 0; i < n; i++) {
                System.arraycopy(scratch[i], 0, scores[i], first, columns);
            }
        }
    }
}
