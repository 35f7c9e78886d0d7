package io.github.whylink.embedding.scoring;

import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.Rows;

/**
 * The rows of a model: one per entity and one per relation, each its own array.
 */
public final class Parameters {
    private final float[][] entities;
    private final float[][] relations;

    /**
     * Wraps tables without copying them.
     *
     * @param entities {@code [entityCount][entityWidth]}
     * @param relations {@code [relationCount][relationWidth]}
     */
    public Parameters(float[][] entities, float[][] relations) {
        this.entities = entities;
        this.relations = relations;
    }

    /** Which of the two tables a row belongs to. */
    public enum Table {
        ENTITIES(0),
        RELATIONS(1);

        /** Keeps the initial rows of the tables apart. */
        private final int stream;

        Table(int stream) {
            this.stream = stream;
        }
    }

    /**
     * Initial rows, uniform in {@code ±scale}. Each number is a function of (seed, table, row, column) alone.
     *
     * @param scale above 0
     */
    public static Parameters initial(
            ScoringFunction function, int dimension, int entityCount, int relationCount, float scale, long seed) {
        return new Parameters(
                uniform(entityCount, function.entityWidth(dimension), scale, seed, Table.ENTITIES),
                uniform(relationCount, function.relationWidth(dimension), scale, seed, Table.RELATIONS));
    }

    /** Bytes of tables of this shape. */
    public static long bytes(int entityCount, int entityWidth, int relationCount, int relationWidth) {
        return HeapBytes.ofTable(entityCount, entityWidth) + HeapBytes.ofTable(relationCount, relationWidth);
    }

    /** Zeros in the shape of some parameters. */
    public static Parameters zerosLike(Parameters shape) {
        return new Parameters(zeros(shape.entities), zeros(shape.relations));
    }

    /** {@code [entityCount][entityWidth]}; the rows that training modifies, not a copy. */
    public float[][] entities() {
        return entities;
    }

    /** {@code [relationCount][relationWidth]}; the rows that training modifies, not a copy. */
    public float[][] relations() {
        return relations;
    }

    /** A copy that shares no row with this one. */
    public Parameters copy() {
        return new Parameters(Rows.copy(entities), Rows.copy(relations));
    }

    public float[] row(Table table, int index) {
        return table(table)[index];
    }

    public float[][] table(Table table) {
        return table == Table.ENTITIES ? entities : relations;
    }

    private static float[][] uniform(int rows, int width, float scale, long seed, Table table) {
        float[][] values = new float[rows][width];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                values[row][i] = scale * CounterHash.symmetric(CounterHash.hash(seed, table.stream, row, i));
            }
        }
        return values;
    }

    private static float[][] zeros(float[][] shape) {
        float[][] zeros = new float[shape.length][];
        for (int i = 0; i < shape.length; i++) {
            zeros[i] = new float[shape[i].length];
        }
        return zeros;
    }
}
