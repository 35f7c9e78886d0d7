package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import java.util.List;
import java.util.Locale;

/**
 * Which optimizer, and how. The registry of optimizers too: adding one is its file and one line in each place here.
 *
 * @param name one of {@link #names}, whatever the case
 * @param learningRate its schedule
 * @param initialAccumulator where Adagrad's accumulators start, 0 or more; ignored by the others
 */
public record OptimizerSettings(String name, LearningRate learningRate, float initialAccumulator) {
    public OptimizerSettings {
        String wanted = name;
        name = names().stream()
                .filter(n -> n.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown optimizer '%s'; known are %s".formatted(wanted, names())));
    }

    /** The names of all optimizers. */
    public static List<String> names() {
        return List.of("SGD", "Adagrad", "Adam", "LazyAdam");
    }

    /** Makes the optimizer, with fresh state in the shape of the parameters. */
    public Optimizer create(Parameters shape) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "sgd" -> new Sgd(learningRate);
            case "adagrad" -> new Adagrad(learningRate, initialAccumulator, shape);
            case "adam" -> new Adam(learningRate, false, shape);
            case "lazyadam" -> new Adam(learningRate, true, shape);
            default -> throw new AssertionError(name);
        };
    }

    /** How many numbers the optimizer keeps for each parameter. */
    public int statesPerParameter() {
        return switch (name) {
            case "SGD" -> 0;
            case "Adagrad" -> 1;
            default -> 2;
        };
    }

    /**
     * Tells whether {@link Optimizer#share} is exact: the shares of all facts of a batch add up to the step, and each is
     * a function of its own fact's gradient and the common state. SGD and Adagrad always are, Adam for a batch of one.
     */
    public boolean attributable(int batchSize) {
        return !name.endsWith("Adam") || batchSize == 1;
    }
}
