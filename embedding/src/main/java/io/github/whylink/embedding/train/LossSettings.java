package io.github.whylink.embedding.train;

import java.util.List;

/**
 * Which loss, and how. The registry of losses too: adding one is its file and one line in each place here.
 *
 * @param name one of {@link #names}, whatever the case
 * @param margin of "margin" (above 0) and of "selfAdversarial" (0 or more); ignored by the others
 * @param labelSmoothing how much of the positive's target is spread over the other candidates, at least 0 and below 1;
 *     "softmax" and "logistic" only
 * @param adversarialTemperature of "selfAdversarial", 0 or more: 0 weighs all negatives alike; ignored by the others
 */
public record LossSettings(String name, float margin, float labelSmoothing, float adversarialTemperature) {
    private static final List<String> NAMES = List.of("softmax", "logistic", "margin", "selfAdversarial");

    /**
     * Checks the name and the ranges.
     *
     * @throws IllegalArgumentException if the loss is unknown, a number is out of its range, or a loss that has no target
     *     is to be smoothed
     */
    public LossSettings {
        String wanted = name;
        name = NAMES.stream()
                .filter(n -> n.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("unknown loss '%s'; known are %s".formatted(wanted, NAMES)));
        require(margin >= 0 && Float.isFinite(margin), "the margin must be 0 or more", margin);
        require(margin > 0 || !name.equals("margin"), "the margin of the margin loss must be above 0", margin);
        require(
                labelSmoothing >= 0 && labelSmoothing < 1,
                "label smoothing must be at least 0 and below 1",
                labelSmoothing);
        require(
                adversarialTemperature >= 0 && Float.isFinite(adversarialTemperature),
                "the adversarial temperature must be 0 or more",
                adversarialTemperature);
        if (labelSmoothing > 0 && (name.equals("margin") || name.equals("selfAdversarial"))) {
            throw new IllegalArgumentException(
                    "the %s loss compares scores with a margin and has no target to smooth; label smoothing goes with softmax and logistic"
                            .formatted(name));
        }
    }

    /** A loss with a margin of 1, no label smoothing and a temperature of 1. */
    public static LossSettings of(String name) {
        return new LossSettings(name, 1f, 0f, 1f);
    }

    /** The names of all losses. */
    public static List<String> names() {
        return NAMES;
    }

    /** Makes the loss. */
    public Loss create() {
        return switch (name) {
            case "softmax" -> new SoftmaxCrossEntropy(labelSmoothing);
            case "logistic" -> new Logistic(labelSmoothing);
            case "margin" -> new Margin(margin);
            case "selfAdversarial" -> new SelfAdversarial(margin, adversarialTemperature);
            default -> throw new AssertionError(name);
        };
    }

    private static void require(boolean holds, String rule, float value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ", but is " + value);
        }
    }
}
