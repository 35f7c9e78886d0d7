package io.github.whylink.procedures.api;

import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.result.DroppedModelRow;
import io.github.whylink.procedures.result.JobRow;
import io.github.whylink.procedures.result.ModelExistsRow;
import io.github.whylink.procedures.result.ModelRow;
import io.github.whylink.procedures.workflow.Cancellation;
import io.github.whylink.procedures.workflow.ModelListing;
import io.github.whylink.procedures.workflow.Removal;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.Context;
import org.neo4j.procedure.Description;
import org.neo4j.procedure.Mode;
import org.neo4j.procedure.Name;
import org.neo4j.procedure.Procedure;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.models}, {@code whylink.models.exists}, {@code whylink.models.drop}, {@code whylink.jobs} and
 * {@code whylink.jobs.cancel}.
 */
public final class ModelProcedures {
    @Context
    public GraphDatabaseService database;

    @Context
    public Transaction transaction;

    @Context
    public TerminationGuard terminationGuard;

    /** Lists models. */
    @Procedure(name = "whylink.models", mode = Mode.READ)
    @Description("Lists the models of this database, and whether the graph has changed since they were trained.")
    public Stream<ModelRow> models(
            @Name(value = "modelName", defaultValue = "", description = "Only the model of this name; empty for all.")
                    String modelName) {
        return new ModelListing(database, transaction, terminationGuard).run(modelName);
    }

    /** Tells whether there is a model. */
    @Procedure(name = "whylink.models.exists", mode = Mode.READ)
    @Description("Tells whether this database has a model of a name, ready or not.")
    public Stream<ModelExistsRow> exists(
            @Name(value = "modelName", description = "The name to look for.") String modelName) {
        return new ModelListing(database, transaction, terminationGuard).exists(modelName);
    }

    /** Removes a model. */
    @Procedure(name = "whylink.models.drop", mode = Mode.WRITE)
    @Description("Removes a model and everything it wrote into the graph, also if it is incomplete.")
    public Stream<DroppedModelRow> drop(
            @Name(value = "modelName", description = Descriptions.MODEL) String modelName,
            @Name(value = "configuration", defaultValue = "{}", description = Descriptions.DROP)
                    Map<String, Object> configuration) {
        return new Removal(database, terminationGuard).run(modelName, configuration);
    }

    /** Stops a training. */
    @Procedure(name = "whylink.jobs.cancel", mode = Mode.WRITE)
    @Description(
            "Stops a training or a search that runs, in the background or not, and waits until it has removed its traces. "
                    + "A model that it was to replace is as it was.")
    public Stream<JobRow> cancel(
            @Name(value = "jobId", description = "The job, as whylink.jobs and whylink.train return it.")
                    String jobId) {
        return new Cancellation(database, terminationGuard).run(jobId);
    }

    /** Lists jobs. */
    @Procedure(name = "whylink.jobs", mode = Mode.READ)
    @Description(
            "Lists the trainings of this database that run or ended since the server was started, the latest first, and other calls that take long: searches for how to train, those that train again for an answer, audits, and links that are written.")
    public Stream<JobRow> jobs() {
        return Jobs.OF_THIS_SERVER.of(database.databaseName()).stream().map(JobRow::new);
    }
}
