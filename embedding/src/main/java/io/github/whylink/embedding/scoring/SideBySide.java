package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.List;

/**
 * Models of one scoring function put side by side, as one model of that function with their dimensions together, whose
 * score is the mean of their scores:
 *
 * <pre>
 * (1/n)·Σ_m score(h_m, r_m, t_m) = score([h_1 | … | h_n], [r_1 | … | r_n]/n, [t_1 | … | t_n])
 * </pre>
 *
 * <p>for functions that {@linkplain ScoringFunction#sumOverDimensions sum over the dimensions} and are linear in the relation
 * row; with TransE-L1 entity rows are divided by n too. Where a row has several parts, real and imaginary say, each part is put
 * side by side for itself. What is true of a row is true of a part of it that is to be subtracted. So whatever scores, ranks or
 * explains one model does it for the mean of several, at n times the width.
 *
 * @param function of each model and of all together
 * @param members n, at least 1
 */
public record SideBySide(ScoringFunction function, int members) {
    /**
     * Checks that the function can be put side by side.
     *
     * @throws IllegalArgumentException if its score is no sum over the dimensions, naming functions whose score is
     */
    public SideBySide {
        if (members < 1) {
            throw new IllegalArgumentException("at least 1 model can be put side by side, not " + members);
        }
        if (members > 1 && !function.sumOverDimensions()) {
            throw new IllegalArgumentException(
                    "the scores of several models of %s are no score of one: only a score that is a sum over the dimensions is, as with %s"
                            .formatted(function.name(), ScoringFunctions.sumsOverDimensions()));
        }
    }

    /** The model of the mean score. O(all numbers of the models). */
    public EmbeddingModel join(List<EmbeddingModel> models) {
        return new EmbeddingModel(
                function, new Parameters(join(Table.ENTITIES, models), join(Table.RELATIONS, models)));
    }

    /**
     * One of the models again, up to the rounding of what was divided by n.
     *
     * @param joined what {@link #join} returned
     * @param member which, from 0
     */
    public EmbeddingModel member(EmbeddingModel joined, int member) {
        return new EmbeddingModel(
                function,
                new Parameters(
                        member(Table.ENTITIES, joined.parameters(), member),
                        member(Table.RELATIONS, joined.parameters(), member)));
    }

    private float[][] member(Table table, Parameters joined, int member) {
        float scale = scale(table);
        float[][] rows = new float[joined.table(table).length][];
        for (int id = 0; id < rows.length; id++) {
            float[] row = joined.row(table, id);
            rows[id] = new float[row.length / members];
            take(table, row, member, rows[id]);
            for (int i = 0; i < rows[id].length; i++) {
                rows[id][i] /= scale;
            }
        }
        return rows;
    }

    /**
     * Takes what one model has of a row as it stands there, with what it was divided by. Of an entity row, and of a query,
     * which has its width, the similarity of two such parts is 1/n of the member's score: it orders as the member does.
     *
     * @param table whose row it is
     * @param joined the rows of all models. Not modified.
     * @param member the model, from 0
     * @param row a row of one model. Modified.
     */
    public void take(Table table, float[] joined, int member, float[] row) {
        int parts = parts(table);
        int dimension = row.length / parts;
        for (int part = 0; part < parts; part++) {
            System.arraycopy(joined, (part * members + member) * dimension, row, part * dimension, dimension);
        }
    }

    private float[][] join(Table table, List<EmbeddingModel> models) {
        float[][] joined = new float[models.get(0).parameters().table(table).length][];
        for (int id = 0; id < joined.length; id++) {
            float[][] rows = new float[members][];
            for (int m = 0; m < members; m++) {
                rows[m] = models.get(m).parameters().row(table, id);
            }
            joined[id] = new float[members * rows[0].length];
            for (int m = 0; m < members; m++) {
                put(table, rows[m], 0, rows[m].length, m, joined[id], 0);
            }
        }
        return joined;
    }

    /**
     * Puts the row of one model, or what is to be subtracted from it, in its place.
     *
     * @param table whose row it is
     * @param row where it stands, from {@code offset} on, {@code width} numbers. Not modified.
     * @param member its model, from 0
     * @param joined where the rows of all models are to stand, from {@code joinedOffset} on. Modified.
     */
    public void put(Table table, float[] row, int offset, int width, int member, float[] joined, int joinedOffset) {
        int parts = parts(table);
        int dimension = width / parts;
        float scale = scale(table);
        for (int part = 0; part < parts; part++) {
            int from = offset + part * dimension;
            int to = joinedOffset + (part * members + member) * dimension;
            for (int i = 0; i < dimension; i++) {
                joined[to + i] = scale * row[from + i];
            }
        }
    }

    private int parts(Table table) {
        return table == Table.ENTITIES ? function.entityWidth(1) : function.relationWidth(1);
    }

    private float scale(Table table) {
        return table == Table.RELATIONS || function.similarity() != Similarity.DOT ? 1f / members : 1f;
    }
}
