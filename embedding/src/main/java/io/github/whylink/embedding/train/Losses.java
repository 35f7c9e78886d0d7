package io.github.whylink.embedding.train;

import java.util.List;
import java.util.Locale;

/** The registry of losses. Adding one is its file and one line in each method here. */
public final class Losses {
    private Losses() {}

    /** The names that {@link #named} accepts. */
    public static List<String> names() {
        return List.of("softmax", "logistic", "margin");
    }

    /**
     * Finds a loss by its name, whatever the case.
     *
     * @param margin for the losses that have one
     * @throws IllegalArgumentException naming the known ones
     */
    public static Loss named(String name, float margin) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "softmax" -> new SoftmaxCrossEntropy();
            case "logistic" -> new Logistic();
            case "margin" -> new Margin(margin);
            default -> throw new IllegalArgumentException("unknown loss '%s'; known are %s".formatted(name, names()));
        };
    }
}
