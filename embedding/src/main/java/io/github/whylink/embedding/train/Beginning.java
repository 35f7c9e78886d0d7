package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.BitSet;
import java.util.Locale;

/**
 * Where a training begins: in random rows, or in rows that are there already, of which all move or only those of some
 * entities. Immutable; the rows are copied by whoever trains them.
 *
 * <p>The state of the optimizer is no part of it: it starts afresh, as in any training. With Adagrad the first steps are
 * therefore as long as those of a new training.
 */
public final class Beginning {
    /** In {@link Trainer#initialParameters}. */
    public static final Beginning ANEW = new Beginning(null, null);

    private final Parameters rows;
    private final BitSet moving;

    private Beginning(Parameters rows, BitSet moving) {
        this.rows = rows;
        this.moving = moving;
    }

    /**
     * In some rows, all of which move.
     *
     * @param rows one for each entity and relation of the facts that are trained on. Not modified.
     */
    public static Beginning at(Parameters rows) {
        return new Beginning(rows, null);
    }

    /**
     * In some rows, of which only those of some entities move: the bits of all others stay what they are.
     *
     * @param rows one for each entity and relation of the facts that are trained on. Not modified.
     * @param moving the entities whose rows move. Not modified.
     */
    public static Beginning at(Parameters rows, BitSet moving) {
        return new Beginning(rows, moving);
    }

    /**
     * The rows that a training of some facts begins in where another has come to: those that it knows are copied, the others
     * are what a new training would give them. O(numbers of the rows).
     *
     * @param known what the other training came to. Not modified.
     * @param entities for each entity of the facts its number in the other training; negative where it has none
     * @param relations likewise
     */
    public static Parameters goingOn(
            Facts facts, TrainingSettings settings, Parameters known, int[] entities, int[] relations) {
        Parameters rows = Trainer.initialParameters(facts, settings);
        for (Table table : Table.values()) {
            int[] numbers = table == Table.ENTITIES ? entities : relations;
            for (int row = 0; row < numbers.length; row++) {
                if (numbers[row] >= 0) {
                    float[] from = known.row(table, numbers[row]);
                    System.arraycopy(from, 0, rows.row(table, row), 0, from.length);
                }
            }
        }
        return rows;
    }

    /** Rows to be trained: a copy. */
    Parameters rows(Facts facts, TrainingSettings settings) {
        if (rows == null) {
            return Trainer.initialParameters(facts, settings);
        }
        for (Table table : Table.values()) {
            int wanted = table == Table.ENTITIES ? facts.entityCount() : facts.relationCount();
            if (rows.table(table).length != wanted) {
                throw new IllegalArgumentException("a training of %d %s cannot begin in %d rows"
                        .formatted(wanted, table.name().toLowerCase(Locale.ROOT), rows.table(table).length));
            }
        }
        return rows.copy();
    }

    /** The optimizer, kept from rows that do not move. */
    Optimizer optimizer(Optimizer optimizer) {
        return moving == null ? optimizer : new Keeper(optimizer, moving);
    }

    /** Another optimizer that only gets to see the rows that move; what a fact would do to the others is nothing. */
    private record Keeper(Optimizer optimizer, BitSet moving) implements Optimizer {
        @Override
        public void beginStep(long step, float rate) {
            optimizer.beginStep(step, rate);
        }

        @Override
        public void update(Table table, int index, float[] row, float[] gradient, float scale) {
            if (moves(table, index)) {
                optimizer.update(table, index, row, gradient, scale);
            }
        }

        /** A row that does not move passes for one that was moved already: momentum leaves it alone. */
        @Override
        public void endStep(Parameters parameters, TouchedRows touched, TrainingObserver observer) {
            optimizer.endStep(
                    parameters, (table, index) -> !moves(table, index) || touched.touched(table, index), observer);
        }

        @Override
        public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {
            if (moves(table, index)) {
                optimizer.addShare(table, index, factGradient, scale, out, offset);
            }
        }

        @Override
        public boolean restsOnZero() {
            return optimizer.restsOnZero();
        }

        private boolean moves(Table table, int index) {
            return table == Table.ENTITIES && moving.get(index);
        }
    }
}
