package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.RevertConfiguration;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.result.RevertedRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.ModelChange;
import io.github.whylink.procedures.store.StoredModel;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.models.revert}: undoes the last change of a model after its training. */
public final class Reversion {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Reversion(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** Undoes and returns the one row. */
    public Stream<RevertedRow> run(String modelName, Map<String, Object> configuration) {
        ModelName name = new ModelName(modelName);
        RevertConfiguration request = RevertConfiguration.of(configuration);
        ReadyModel.of(database, transaction, guard, modelName);
        return Jobs.OF_THIS_SERVER.exclusively(database.databaseName(), name, () -> {
            // Again: another call may have trained, changed or dropped it before this one had it for itself.
            StoredModel stored =
                    ReadyModel.unclaimed(database, transaction, guard, name).stored();
            ModelChange.Undone undone = ModelChange.undo(new InnerTransactions(database), stored, request.discard())
                    .orElseThrow(() -> new IllegalStateException(
                            "there is no change of model '%s' to undo: only the last one since its training can be, if it was made with undoable: true"
                                    .formatted(name)));
            return Stream.of(new RevertedRow(
                    name.value(),
                    undone.change(),
                    !request.discard(),
                    undone.entities(),
                    undone.facts(),
                    request.effective()));
        });
    }
}
