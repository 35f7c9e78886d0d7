package io.github.whylink.procedures.workflow;

import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.result.ModelExistsRow;
import io.github.whylink.procedures.result.ModelRow;
import io.github.whylink.procedures.store.ModelNodes;
import io.github.whylink.procedures.store.StoredModel;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.models} and {@code whylink.models.exists}: which models there are, and whether the graph has moved on since. */
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

    /**
     * Whether there is a model of that name, ready or not.
     *
     * @throws IllegalArgumentException if none can have that name
     */
    public Stream<ModelExistsRow> exists(String modelName) {
        ModelName name = new ModelName(modelName);
        return Stream.of(new ModelExistsRow(
                name, ModelNodes.find(transaction, name).map(this::state).orElse(null)));
    }

    private String state(StoredModel model) {
        boolean busy = Jobs.OF_THIS_SERVER.isBusy(database.databaseName(), model.name());
        if (!model.ready()) {
            return busy ? model.state() : "incomplete";
        }
        if (model.nextVersion() == null) {
            return model.state();
        }
        return busy ? "replacing" : "leftovers";
    }

    private ModelRow row(StoredModel model) {
        if (!model.ready()) {
            return new ModelRow(model, state(model), null);
        }
        long fingerprint = Projection.currentFingerprint(transaction, model.selection(), guard::check);
        return new ModelRow(model, state(model), fingerprint != model.fingerprint());
    }
}
