package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.Arrays;

/**
 * What rows and their optimizer state were before each step of a segment of a training, and the gradients that moved them:
 * an optimizer that writes it down on the way.
 *
 * <p>Arrays are used again from one segment to the next, so that a walk over a whole training allocates one segment.
 */
final class UndoLog implements Optimizer {
    private static final int INDEX_SHIFT = 31;
    private static final int PLACE_MASK = Integer.MAX_VALUE;
    private static final long RELATION = 1L << (2 * INDEX_SHIFT);

    private final ReversibleOptimizer optimizer;
    private final Parameters parameters;
    private final int entityWidth;
    private final int relationWidth;

    private int count;

    /** Per entry its table, its index in the table and its place in the lists of rows, from the highest bit to the lowest. */
    private long[] entries = new long[1024];

    private final Rows rows = new Rows();
    private final Rows states = new Rows();
    private final Rows gradients = new Rows();

    private int steps;
    private int[] stepEnds = new int[1024];
    private float[] rates = new float[1024];
    private float rate;

    UndoLog(ReversibleOptimizer optimizer, Parameters parameters) {
        this.optimizer = optimizer;
        this.parameters = parameters;
        entityWidth = parameters.entities()[0].length;
        relationWidth = parameters.relations()[0].length;
    }

    /** Bytes that one entry takes, at most. */
    static long bytesPerEntry(ReversibleOptimizer optimizer, int rowWidth) {
        return 2 * HeapBytes.ofFloats(rowWidth)
                + HeapBytes.ofFloats(optimizer.stateWidth(rowWidth))
                + 3 * HeapBytes.ofReferences(1)
                + Long.BYTES;
    }

    void clear() {
        count = 0;
        steps = 0;
    }

    int steps() {
        return steps;
    }

    int entries() {
        return count;
    }

    @Override
    public void beginStep(long step, float rate) {
        optimizer.beginStep(step, rate);
        this.rate = rate;
    }

    @Override
    public void update(Table table, int index, float[] row, float[] gradient, float scale) {
        int width = table == Table.ENTITIES ? entityWidth : relationWidth;
        float[] keptRow;
        float[] keptState;
        float[] keptGradient;
        // Steps of a batch move different rows from several threads at once.
        synchronized (this) {
            if (count == entries.length) {
                entries = Arrays.copyOf(entries, 2 * count);
            }
            entries[count] = row(table, index) | count;
            keptRow = rows.at(count, width);
            keptState = states.at(count, optimizer.stateWidth(width));
            keptGradient = gradients.at(count, width);
            count++;
        }
        System.arraycopy(row, 0, keptRow, 0, width);
        optimizer.readState(table, index, keptState);
        for (int i = 0; i < width; i++) {
            keptGradient[i] = gradient[i] * scale;
        }
        optimizer.update(table, index, row, gradient, scale);
    }

    @Override
    public void endStep(Parameters all, TouchedRows touched, TrainingObserver observer) {
        optimizer.endStep(all, touched, observer);
    }

    /**
     * Ends the entries of a step, whether it moved anything or not, and sorts them by row: whoever adds up over them gets
     * the same bits, whichever thread was the first to move its row.
     */
    void closeStep() {
        if (steps == stepEnds.length) {
            stepEnds = Arrays.copyOf(stepEnds, 2 * steps);
            rates = Arrays.copyOf(rates, 2 * steps);
        }
        rates[steps] = rate;
        stepEnds[steps] = count;
        Arrays.sort(entries, firstEntry(steps), count);
        steps++;
    }

    @Override
    public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
        optimizer.addShare(table, index, factGradient, scale, out, offset);
    }

    @Override
    public boolean restsOnZero() {
        return optimizer.restsOnZero();
    }

    int firstEntry(int step) {
        return step == 0 ? 0 : stepEnds[step - 1];
    }

    int endEntry(int step) {
        return stepEnds[step];
    }

    float rate(int step) {
        return rates[step];
    }

    Table table(int entry) {
        return (entries[entry] & RELATION) == 0 ? Table.ENTITIES : Table.RELATIONS;
    }

    int index(int entry) {
        return (int) (entries[entry] >>> INDEX_SHIFT) & PLACE_MASK;
    }

    float[] state(int entry) {
        return states.rows[place(entry)];
    }

    float[] gradient(int entry) {
        return gradients.rows[place(entry)];
    }

    /** The entry of a row in a step, or the one before the step's first where the step did not move it. */
    int find(int step, Table table, int index) {
        long row = row(table, index);
        int searched = Arrays.binarySearch(entries, firstEntry(step), endEntry(step), row);
        int found = searched < 0 ? -1 - searched : searched;
        boolean moved = found < endEntry(step) && (entries[found] & ~(long) PLACE_MASK) == row;
        return moved ? found : firstEntry(step) - 1;
    }

    private static long row(Table table, int index) {
        return (table == Table.ENTITIES ? 0 : RELATION) | ((long) index << INDEX_SHIFT);
    }

    private int place(int entry) {
        return (int) entries[entry] & PLACE_MASK;
    }

    /** Puts rows and states back to what they were before a step; the later ones must be undone already. */
    void undo(int step) {
        for (int entry = firstEntry(step); entry < endEntry(step); entry++) {
            float[] row = parameters.row(table(entry), index(entry));
            System.arraycopy(rows.rows[place(entry)], 0, row, 0, row.length);
            optimizer.writeState(table(entry), index(entry), state(entry));
        }
    }

    /** A growing list of rows that are written again and again. */
    private static final class Rows {
        private static final float[] EMPTY = {};

        private float[][] rows = new float[1024][];

        float[] at(int place, int width) {
            if (place == rows.length) {
                rows = Arrays.copyOf(rows, 2 * place);
            }
            float[] row = rows[place];
            if (row == null || row.length != width) {
                row = width == 0 ? EMPTY : new float[width];
                rows[place] = row;
            }
            return row;
        }
    }
}
