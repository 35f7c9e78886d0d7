package io.github.whylink.procedures.config;

import java.util.Locale;

/** How much is done for an explanation. */
public enum Tier {
    /** Reads what stands in the graph: milliseconds. */
    FAST,
    /** Takes the training again: the time of some trainings. */
    REPLAY,
    /** Explains, and then trains again without each of the facts it names: one more training for each. */
    VERIFY;

    /** As it stands in configurations. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The method that explains where none is asked for. */
    Method method() {
        return this == FAST ? Method.ROLLBACK : Method.UNROLLED;
    }
}
