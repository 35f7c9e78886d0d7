package io.github.whylink.embedding.train;

import java.util.List;

/** Losses by name, with nothing but a margin to choose; see {@link LossSettings} for the rest. */
public final class Losses {
    private Losses() {}

    /** The names that {@link #named} accepts. */
    public static List<String> names() {
        return LossSettings.names();
    }

    /**
     * Finds a loss by its name, whatever the case.
     *
     * @param margin for the losses that have one
     * @throws IllegalArgumentException naming the known ones, or if the margin is out of its range
     */
    public static Loss named(String name, float margin) {
        return new LossSettings(name, margin, 0f, 1f).create();
    }
}
