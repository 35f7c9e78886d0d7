package io.github.whylink.procedures.result;

import io.github.whylink.procedures.jobs.Job;
import java.util.List;
import java.util.Map;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.jobs}. */
public final class JobRow {
    @Description("Names the job, for whylink.jobs.cancel.")
    public final String jobId;

    @Description("The name of the model that it is about. Null for 'tune', which is about none.")
    public final String modelName;

    @Description(
            "The last part of the procedure's name: 'train', or what trains again: 'explain', 'verify', 'necessary', 'sufficient', 'faithfulness', 'whatif' or 'audit'. 'tune' trains many times to find out how. 'write' trains nothing, but writes predicted links.")
    public final String task;

    @Description(
            "'reading', 'training', 'evaluating', 'writing', 'done', 'failed' or 'cancelled'; a search is 'tuning', an explanation is 'replaying' the training or 'retraining' without some facts.")
    public final String phase;

    @Description("Epochs that have ended.")
    public final long epoch;

    @Description("Epochs there will be.")
    public final long maxEpochs;

    @Description("Mean loss of the last epoch. Null before the first has ended.")
    public final Double loss;

    @Description("Mean reciprocal rank of the validation facts when they were last ranked. Null before that.")
    public final Double validationMrr;

    @Description("An estimate of how much is done, 0 to 1.")
    public final double progress;

    @Description("Milliseconds since it began, or that it took.")
    public final long elapsedMillis;

    @Description(
            "Milliseconds that the present phase will still take at the speed so far; an early stop makes it shorter. Null before there is a speed, and at the end.")
    public final Long remainingMillis;

    @Description("What is being done, or why it failed.")
    public final String message;

    @Description(
            "The rows of a search in the background, each as a map, when it is done; until the next search begins. Null for all other jobs.")
    public final List<Map<String, Object>> found;

    public JobRow(Job.Snapshot job) {
        jobId = job.id();
        modelName = job.model() == null ? null : job.model().value();
        task = job.task();
        phase = job.phase().text();
        epoch = job.epoch();
        maxEpochs = job.maxEpochs();
        loss = job.loss();
        validationMrr = job.validationMrr();
        progress = job.progress();
        elapsedMillis = job.elapsedMillis();
        remainingMillis = job.remainingMillis();
        message = job.message();
        found = job.found();
    }
}
