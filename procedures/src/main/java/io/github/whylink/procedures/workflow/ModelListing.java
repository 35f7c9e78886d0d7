package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.result.ModelRow;
import io.github.whylink.procedures.store.ModelNodes;
import io.github.whylink.procedures.store.StoredModel;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.models}: which models there are, and whether the graph has moved on since. */
public final class ModelListing {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public ModelListing(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /**
     * One row per model.
     *
     * @param modelName the only one wanted; null or empty for all
     */
    public Stream<ModelRow> run(String modelName) {
        List<StoredModel> models = ModelNodes.all(transaction);
        if (modelName != null && !modelName.isEmpty()) {
            ModelName wanted = new ModelName(modelName);
            models =
                    models.stream().filter(model -> model.name().equals(wanted)).toList();
        }
        return models.stream().map(this::row);
    }

    private ModelRow row(StoredModel model) {
        if (!model.ready()) {
            boolean running = Jobs.OF_THIS_SERVER.isBusy(database.databaseName(), model.name());
            return new ModelRow(model, running ? model.state() : "incomplete", null);
        }
        long fingerprint = Projection.currentFingerprint(transaction, model.selection(), guard::check);
        return new ModelRow(model, "ready", fingerprint != model.fingerprint());
    }
}
