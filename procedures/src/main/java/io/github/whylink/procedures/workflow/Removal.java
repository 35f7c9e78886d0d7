package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.DropConfiguration;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.result.DroppedModelRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.ModelNodes;
import io.github.whylink.procedures.store.ModelRemover;
import io.github.whylink.procedures.store.ModelVersions;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.models.drop}: takes a model out of the graph, complete or not. */
public final class Removal {
    private final GraphDatabaseService database;
    private final TerminationGuard guard;

    public Removal(GraphDatabaseService database, TerminationGuard guard) {
        this.database = database;
        this.guard = guard;
    }

    /** Removes the model, or what is unfinished of it; without a row if there is nothing to remove. */
    public Stream<DroppedModelRow> run(String modelName, Map<String, Object> configuration) {
        ModelName name = new ModelName(modelName);
        DropConfiguration request = DropConfiguration.of(configuration);
        return Jobs.OF_THIS_SERVER.exclusively(database.databaseName(), name, () -> remove(name, request));
    }

    private Stream<DroppedModelRow> remove(ModelName name, DropConfiguration request) {
        InnerTransactions transactions = new InnerTransactions(database);
        boolean exists = transactions.read(transaction -> {
            boolean found = ModelNodes.find(transaction, name).isPresent();
            if (!found && request.failIfMissing()) {
                throw ModelNodes.unknown(transaction, name);
            }
            return found;
        });
        if (!exists) {
            return Stream.empty();
        }
        if (request.onlyUnfinished()
                && transactions.read(transaction ->
                        ModelNodes.find(transaction, name).orElseThrow().ready())) {
            return new ModelVersions(transactions, guard::check)
                            .clean(name)
                            .map(left -> new DroppedModelRow(name, left.entities(), left.facts(), request.effective()))
                            .stream();
        }
        ModelRemover.Removed removed = new ModelRemover(transactions, guard::check).remove(name);
        return Stream.of(new DroppedModelRow(name, removed.entities(), removed.facts(), request.effective()));
    }
}
