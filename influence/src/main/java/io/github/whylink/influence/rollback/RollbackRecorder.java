package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.Optimizer;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingObserver;

/**
 * Records gradient rollback while a model is trained: after each step, every fact of the step is credited with its share
 * of the update of its own head, relation and tail row.
 *
 * <p>Completeness: initial row + the recorded updates of all facts on it + what its use as a negative (and the momentum of
 * Adam) did to it = final row. The last summand is kept only where asked for.
 */
public final class RollbackRecorder implements TrainingObserver {
    private final Facts facts;
    private final InfluenceLedger ledger;
    private final Parameters elsewhere;
    private final float[] entityShare;
    private final float[] relationShare;

    private RollbackRecorder(Facts facts, int entityWidth, int relationWidth, Parameters elsewhere) {
        this.facts = facts;
        ledger = InfluenceLedger.zeros(facts.count(), entityWidth, relationWidth);
        this.elsewhere = elsewhere;
        entityShare = new float[entityWidth];
        relationShare = new float[relationWidth];
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
    public void stepped(int fact, RowGradients gradient, Optimizer optimizer) {
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        float[] row = ledger.row(fact);
        credit(Table.ENTITIES, head, gradient, optimizer, entityShare, row, ledger.headOffset());
        credit(Table.RELATIONS, facts.relation(fact), gradient, optimizer, relationShare, row, ledger.relationOffset());
        if (tail != head) {
            credit(Table.ENTITIES, tail, gradient, optimizer, entityShare, row, ledger.tailOffset());
        }
        if (elsewhere != null) {
            for (int i = 0; i < gradient.count(Table.ENTITIES); i++) {
                int id = gradient.id(Table.ENTITIES, i);
                if (id != head && id != tail) {
                    optimizer.share(Table.ENTITIES, id, gradient.values(Table.ENTITIES, i), entityShare);
                    Rows.add(entityShare, elsewhere.entities()[id]);
                }
            }
        }
    }

    @Override
    public boolean observesDrift() {
        return elsewhere != null;
    }

    @Override
    public void drifted(Table table, int index, float[] applied) {
        Rows.add(applied, elsewhere.row(table, index));
    }

    private static void credit(
            Table table,
            int id,
            RowGradients gradient,
            Optimizer optimizer,
            float[] share,
            float[] ledgerRow,
            int offset) {
        optimizer.share(table, id, gradient.rowIfTouched(table, id), share);
        for (int i = 0; i < share.length; i++) {
            ledgerRow[offset + i] += share[i];
        }
    }
}
