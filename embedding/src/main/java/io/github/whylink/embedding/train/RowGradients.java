package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.Arrays;

/**
 * A sparse gradient: for some entities and relations, one row each. Rows are kept in the order of their first use and
 * reused after {@link #clear}, so that steady training allocates nothing.
 */
public final class RowGradients implements TouchedRows, ExampleCurvature.Direction {
    private final RowTable entities;
    private final RowTable relations;

    public RowGradients(int entityWidth, int relationWidth) {
        entities = new RowTable(entityWidth);
        relations = new RowTable(relationWidth);
    }

    /** An empty gradient for rows of these widths. */
    public static RowGradients shapedLike(Parameters parameters) {
        return new RowGradients(parameters.entities()[0].length, parameters.relations()[0].length);
    }

    /** The row to add to; zero when first asked for after {@link #clear}. */
    public float[] row(Table table, int id) {
        return of(table).claim(id);
    }

    /** The row, or null if nothing was added to it. */
    public float[] rowIfTouched(Table table, int id) {
        return of(table).find(id);
    }

    @Override
    public float[] rowOrNull(Table table, int index) {
        return of(table).find(index);
    }

    @Override
    public boolean touched(Table table, int index) {
        return of(table).find(index) != null;
    }

    /** Number of rows touched in a table. */
    public int count(Table table) {
        return of(table).count;
    }

    /** Id of the i-th touched row, in the order of first use. */
    public int id(Table table, int i) {
        return of(table).ids[i];
    }

    /** Values of the i-th touched row. */
    public float[] values(Table table, int i) {
        return of(table).rows[i];
    }

    /** Adds another gradient, row by row in its order. */
    public void add(RowGradients other) {
        entities.add(other.entities);
        relations.add(other.relations);
    }

    public void clear() {
        entities.clear();
        relations.clear();
    }

    /** Bytes of a gradient of so many rows of one table. */
    static long bytes(int rows, int width) {
        // As RowTable grows: its lists by doubling from 8, four slots of its table for each place in the list.
        long places = Integer.highestOneBit(Math.max(8, rows) * 2 - 1);
        return rows * HeapBytes.ofFloats(width)
                + HeapBytes.ofFloats(places)
                + HeapBytes.ofReferences(places)
                + HeapBytes.ofFloats(4 * places);
    }

    private RowTable of(Table table) {
        return table == Table.ENTITIES ? entities : relations;
    }

    /** Open addressing from an id to a position in a growing list of rows. */
    private static final class RowTable {
        private static final int FREE = -1;

        private final int width;
        private int count;
        private int[] ids = new int[8];
        private float[][] rows = new float[8][];
        private int[] positions = new int[32];

        RowTable(int width) {
            this.width = width;
            Arrays.fill(positions, FREE);
        }

        float[] find(int id) {
            int position = positions[slot(id)];
            return position == FREE ? null : rows[position];
        }

        float[] claim(int id) {
            int slot = slot(id);
            if (positions[slot] != FREE) {
                return rows[positions[slot]];
            }
            if (count == ids.length) {
                grow();
                slot = slot(id);
            }
            positions[slot] = count;
            ids[count] = id;
            if (rows[count] == null) {
                rows[count] = new float[width];
            } else {
                Arrays.fill(rows[count], 0f);
            }
            return rows[count++];
        }

        void add(RowTable other) {
            for (int i = 0; i < other.count; i++) {
                Rows.add(other.rows[i], claim(other.ids[i]));
            }
        }

        void clear() {
            count = 0;
            Arrays.fill(positions, FREE);
        }

        /** The slot that holds the id, or the free one where it belongs. */
        private int slot(int id) {
            int mask = positions.length - 1;
            int slot = ((id * 0x9E3779B9) >>> 7) & mask;
            while (positions[slot] != FREE && ids[positions[slot]] != id) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private void grow() {
            ids = Arrays.copyOf(ids, 2 * count);
            rows = Arrays.copyOf(rows, 2 * count);
            positions = new int[8 * count];
            Arrays.fill(positions, FREE);
            for (int i = 0; i < count; i++) {
                positions[slot(ids[i])] = i;
            }
        }
    }
}
