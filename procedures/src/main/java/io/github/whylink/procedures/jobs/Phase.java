package io.github.whylink.procedures.jobs;

import java.util.Locale;

/** Where a job is. */
public enum Phase {
    READING(0),
    REPLAYING(0.02),
    RETRAINING(0.2),
    TRAINING(0.02),
    TUNING(0.02),
    EVALUATING(0.9),
    WRITING(0.95),
    DONE(1),
    FAILED(0),
    CANCELLED(0);

    /** The share of a job that lies behind it when this phase begins; a rule of thumb. */
    final double begins;

    Phase(double begins) {
        this.begins = begins;
    }

    /** As it stands in results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
