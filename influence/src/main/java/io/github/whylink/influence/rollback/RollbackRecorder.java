package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.Optimizer;
import io.github.whylink.embedding.train.TrainingObserver;
import java.util.Arrays;

/**
 * Records gradient rollback while a model is trained: after each step, every fact of the step is credited with its share
 * of the update of its own head, relation and tail row.
 *
 * <p>Completeness: initial row + the recorded updates of all facts on it + what its use as a negative (and the momentum of
 * Adam) did to it = final row. The last summand is kept only where asked for.
 */
public final class RollbackRecorder implements TrainingObserver {
    /** Numbers in a line of a cache. */
    private static final int CACHE_LINE = 16;

    private final Facts facts;
    private final InfluenceLedger ledger;
    private final Parameters elsewhere;

    /** Nobody asks for it: it keeps the fetching from being left out. */
    @SuppressWarnings("UnusedVariable")
    private float fetched;

    private RollbackRecorder(Facts facts, int entityWidth, int relationWidth, Parameters elsewhere) {
        this.facts = facts;
        ledger = InfluenceLedger.zeros(facts.count(), entityWidth, relationWidth);
        this.elsewhere = elsewhere;
    }

    /** Records what each fact does to its own rows, for rows of these widths. */
    public static RollbackRecorder of(Facts facts, int entityWidth, int relationWidth) {
        return new RollbackRecorder(facts, entityWidth, relationWidth, null);
    }

    /** Records also what facts do to rows that are not their own, summed up per row. */
    public static RollbackRecorder withElsewhere(Facts facts, Parameters shape) {
        return new RollbackRecorder(
                facts, shape.entities()[0].length, shape.relations()[0].length, Parameters.zerosLike(shape));
    }

    /** The ledger; complete when the training has ended. */
    public InfluenceLedger ledger() {
        return ledger;
    }

    /** Per row, the sum of the updates that belong to no fact of that row; null unless asked for. */
    public Parameters elsewhere() {
        return elsewhere;
    }

    @Override
    public void willShow(int[] shown, int from, int to) {
        float sum = 0f;
        for (int i = from; i < to; i++) {
            float[] row = ledger.row(shown[i]);
            for (int k = 0; k < row.length; k += CACHE_LINE) {
                sum += row[k];
            }
        }
        fetched = sum;
    }

    @Override
    public void stepped(
            int fact, float[] headGradient, float[] relationGradient, float[] tailGradient, Optimizer optimizer) {
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        float[] row = ledger.row(fact);
        optimizer.addShare(Table.ENTITIES, head, headGradient, row, ledger.headOffset());
        optimizer.addShare(Table.RELATIONS, facts.relation(fact), relationGradient, row, ledger.relationOffset());
        if (tail != head) {
            optimizer.addShare(Table.ENTITIES, tail, tailGradient, row, ledger.tailOffset());
        }
    }

    @Override
    public boolean observesElsewhere() {
        return elsewhere != null;
    }

    @Override
    public void steppedElsewhere(Table table, int index, float[] gradient, Optimizer optimizer) {
        optimizer.addShare(table, index, gradient, elsewhere.row(table, index), 0);
    }

    @Override
    public void drifted(Table table, int index, float[] applied) {
        Rows.add(applied, elsewhere.row(table, index));
    }

    @Override
    public void restarted() {
        for (int fact = 0; fact < facts.count(); fact++) {
            Arrays.fill(ledger.row(fact), 0f);
        }
        if (elsewhere != null) {
            for (Table table : Table.values()) {
                for (float[] row : elsewhere.table(table)) {
                    Arrays.fill(row, 0f);
                }
            }
        }
    }
}
