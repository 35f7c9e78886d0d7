package io.github.whylink.influence.influencefunctions;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.influence.Link;

/** The rows of a link side by side as one vector: head, relation, tail; a link of an entity to itself has two rows. */
final class TargetBlock {
    private final Table[] tables;
    private final int[] indexes;
    private final int[] offsets;
    private final int size;

    TargetBlock(Link link, Parameters shape) {
        int entityWidth = shape.entities()[0].length;
        int relationWidth = shape.relations()[0].length;
        if (link.head() == link.tail()) {
            tables = new Table[] {Table.ENTITIES, Table.RELATIONS};
            indexes = new int[] {link.head(), link.relation()};
            offsets = new int[] {0, entityWidth};
            size = entityWidth + relationWidth;
        } else {
            tables = new Table[] {Table.ENTITIES, Table.RELATIONS, Table.ENTITIES};
            indexes = new int[] {link.head(), link.relation(), link.tail()};
            offsets = new int[] {0, entityWidth, entityWidth + relationWidth};
            size = 2 * entityWidth + relationWidth;
        }
    }

    /** Numbers in the vector. */
    int size() {
        return size;
    }

    /** The part of a dense gradient. */
    double[] of(Parameters gradient) {
        double[] vector = new double[size];
        for (int r = 0; r < tables.length; r++) {
            add(gradient.row(tables[r], indexes[r]), offsets[r], vector);
        }
        return vector;
    }

    /** Adds the part of a sparse gradient. {@code sum} is modified. */
    void add(RowGradients gradient, double[] sum) {
        for (int r = 0; r < tables.length; r++) {
            float[] row = gradient.rowIfTouched(tables[r], indexes[r]);
            if (row != null) {
                add(row, offsets[r], sum);
            }
        }
    }

    /** Writes a vector into a sparse gradient, which is overwritten. */
    void write(double[] vector, RowGradients gradient) {
        gradient.clear();
        for (int r = 0; r < tables.length; r++) {
            float[] row = gradient.row(tables[r], indexes[r]);
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) vector[offsets[r] + i];
            }
        }
    }

    /** Writes the i-th unit vector, leaving out the rows in which it is zero. {@code gradient} is overwritten. */
    void writeUnit(int i, RowGradients gradient) {
        gradient.clear();
        int r = offsets.length - 1;
        while (offsets[r] > i) {
            r--;
        }
        gradient.row(tables[r], indexes[r])[i - offsets[r]] = 1f;
    }

    /** The product of a vector and the part of a sparse gradient. */
    double dot(double[] vector, RowGradients gradient) {
        double sum = 0;
        for (int r = 0; r < tables.length; r++) {
            float[] row = gradient.rowIfTouched(tables[r], indexes[r]);
            if (row != null) {
                for (int i = 0; i < row.length; i++) {
                    sum += vector[offsets[r] + i] * row[i];
                }
            }
        }
        return sum;
    }

    private static void add(float[] row, int offset, double[] sum) {
        for (int i = 0; i < row.length; i++) {
            sum[offset + i] += row[i];
        }
    }
}
