package io.github.whylink.procedures.jobs;

import java.util.Locale;

/** Where a training is. */
public enum Phase {
    READING(0),
    TRAINING(0.02),
    EVALUATING(0.9),
    WRITING(0.95),
    DONE(1),
    FAILED(0);

    /** The share of a training that lies behind it when this phase begins; a rule of thumb. */
    final double begins;

    Phase(double begins) {
        this.begins = begins;
    }

    /** As it stands in results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
