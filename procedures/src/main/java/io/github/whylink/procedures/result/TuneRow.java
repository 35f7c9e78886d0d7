package io.github.whylink.procedures.result;

import io.github.whylink.embedding.tune.Trial;
import io.github.whylink.procedures.config.TrainConfiguration;
import java.util.Map;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.tune}: a configuration that was tried. */
public final class TuneRow {
    @Description(
            "Place among the configurations that were tried, from 1, the best first. Null, as all but jobId, with background.")
    public final Long rank;

    @Description("What to pass to whylink.train, as it is.")
    public final Map<String, Object> configuration;

    @Description(
            "Mean reciprocal rank of at most 1,000 validation facts, over both sides, filtered, ties counted by their mean; 0 to 1, higher is better. The best of many is chosen by it, so that it flatters: the mrr of whylink.train is that of facts which had no say here.")
    public final Double validationMrr;

    @Description("The epochs after which it was best: maxEpochs of the configuration.")
    public final Long epochs;

    @Description("Seconds that training and measuring it took.")
    public final Double seconds;

    @Description("How many trainings the search made.")
    public final Long trials;

    @Description("Names the search, for whylink.jobs.cancel. Null without background.")
    public final String jobId;

    /** The row of a search that goes on after the call. */
    public TuneRow(String jobId) {
        this.jobId = jobId;
        rank = null;
        configuration = null;
        validationMrr = null;
        epochs = null;
        seconds = null;
        trials = null;
    }

    /** Makes a row. */
    public TuneRow(long rank, Trial trial, TrainConfiguration configuration, long trials) {
        this.rank = rank;
        this.configuration = configuration.toMap();
        validationMrr = trial.validationMrr();
        epochs = (long) trial.bestEpoch();
        seconds = trial.seconds();
        this.trials = trials;
        jobId = null;
    }

    /** The columns that a search has, by their names. */
    public Map<String, Object> toMap() {
        return Map.of(
                "rank", rank,
                "configuration", configuration,
                "validationMrr", validationMrr,
                "epochs", epochs,
                "seconds", seconds,
                "trials", trials);
    }
}
