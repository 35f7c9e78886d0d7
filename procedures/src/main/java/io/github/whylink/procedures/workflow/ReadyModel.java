package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.procedures.config.MethodRequest;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelCache;
import io.github.whylink.procedures.store.ModelNodes;
import io.github.whylink.procedures.store.StoredModel;
import java.util.function.Function;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** The model that a call asks for: checked that it is ready, and brought into memory when it is needed. */
record ReadyModel(GraphDatabaseService database, TerminationGuard guard, StoredModel stored) {

    /**
     * Finds the model.
     *
     * @throws RuntimeException if there is none of that name, or it is not ready
     */
    static ReadyModel of(
            GraphDatabaseService database, Transaction transaction, TerminationGuard guard, String modelName) {
        ModelName name = new ModelName(modelName);
        boolean busy = Jobs.OF_THIS_SERVER.isBusy(database.databaseName(), name);
        return new ReadyModel(database, guard, ModelNodes.requireReady(transaction, name, busy));
    }

    /** The same where the call itself keeps others from the model. */
    static ReadyModel unclaimed(
            GraphDatabaseService database, Transaction transaction, TerminationGuard guard, ModelName name) {
        return new ReadyModel(database, guard, ModelNodes.requireReady(transaction, name, false));
    }

    /** From memory, without those of its entities that were found to be deleted. */
    LoadedModel load() {
        return ModelCache.OF_THIS_SERVER.whole(database, stored, guard::check);
    }

    /** From memory as it is, for what asks about none but entities that it names. */
    LoadedModel rowsOnly() {
        return ModelCache.OF_THIS_SERVER.get(database, stored, guard::check);
    }

    /** From the graph: what is committed now. */
    LoadedModel reload() {
        return ModelCache.OF_THIS_SERVER.reload(database, stored, guard::check);
    }

    /** How facts are to be credited where the user left it to the model. */
    MethodRequest how(MethodRequest asked) {
        return stored.ensembleSize() > 1 ? asked.ofEnsemble() : asked;
    }

    /** Lets the user stop what trains again. */
    TrainingMonitor monitor() {
        return new TrainingMonitor() {
            @Override
            public void checkCancelled() {
                guard.check();
            }
        };
    }

    /** Does something that trains the model again, to be seen among the jobs. */
    <T> T watched(String task, Function<Job, T> work) {
        return Jobs.OF_THIS_SERVER.watched(
                database.databaseName(), stored.name(), task, stored.epochs().intValue(), work);
    }
}
