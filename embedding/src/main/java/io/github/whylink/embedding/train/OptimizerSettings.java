package io.github.whylink.embedding.train;

import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.scoring.Parameters;
import java.util.List;

/**
 * Which optimizer, and how. The registry of optimizers too: adding one is its file and one line in each place here.
 *
 * @param name one of {@link #names}, whatever the case
 * @param learningRate its schedule
 * @param initialAccumulator where the accumulators of Adagrad and RowAdagrad start, 0 or more; ignored by the others
 * @param maxGradientNorm the summed gradient of a row is scaled down to this Euclidean norm before a step; 0 for no bound
 */
public record OptimizerSettings(
        String name, LearningRate learningRate, float initialAccumulator, float maxGradientNorm) {
    /**
     * Checks the name and the ranges.
     *
     * @throws IllegalArgumentException if the optimizer is unknown or a number is out of its range
     */
    public OptimizerSettings {
        String wanted = name;
        name = names().stream()
                .filter(n -> n.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown optimizer '%s'; known are %s".formatted(wanted, names())));
        requireNotNegative("the initial accumulator", initialAccumulator);
        requireNotNegative("the largest norm of a gradient", maxGradientNorm);
    }

    /** An optimizer that takes gradients as they are. */
    public OptimizerSettings(String name, LearningRate learningRate, float initialAccumulator) {
        this(name, learningRate, initialAccumulator, 0f);
    }

    /** The names of all optimizers. */
    public static List<String> names() {
        return List.of("SGD", "Adagrad", "RowAdagrad", "Adam", "LazyAdam");
    }

    /** Makes the optimizer, with fresh state in the shape of the parameters. */
    public Optimizer create(Parameters shape) {
        Optimizer optimizer =
                switch (name) {
                    case "SGD" -> new Sgd();
                    case "Adagrad" -> new Adagrad(initialAccumulator, shape);
                    case "RowAdagrad" -> new RowAdagrad(initialAccumulator, shape);
                    case "Adam" -> new Adam(false, shape);
                    case "LazyAdam" -> new Adam(true, shape);
                    default -> throw new AssertionError(name);
                };
        return maxGradientNorm == 0f ? optimizer : new ClippedOptimizer(optimizer, maxGradientNorm, shape);
    }

    /** How many numbers the optimizer keeps for each parameter; one per row counts as none. */
    public int statesPerParameter() {
        return switch (name) {
            case "SGD", "RowAdagrad" -> 0;
            case "Adagrad" -> 1;
            default -> 2;
        };
    }

    /** Bytes of the state that {@link #create} makes for parameters of this shape. */
    public long bytes(int entityCount, int entityWidth, int relationCount, int relationWidth) {
        long bytes = statesPerParameter() * Parameters.bytes(entityCount, entityWidth, relationCount, relationWidth);
        long onePerRow = HeapBytes.ofFloats(entityCount) + HeapBytes.ofFloats(relationCount);
        if (name.equals("RowAdagrad")) {
            bytes += onePerRow;
        }
        return maxGradientNorm == 0f ? bytes : bytes + onePerRow;
    }

    /**
     * Tells whether {@link Optimizer#addShare} is exact: the shares of all facts of a batch add up to the step, and each
     * is a function of its own fact's gradient and the common state. SGD and both forms of Adagrad always are, Adam for a
     * batch of one; a bound on the gradient's norm changes nothing about it.
     */
    public boolean attributable(int batchSize) {
        return !name.endsWith("Adam") || batchSize == 1;
    }

    /**
     * Tells whether a training can be walked backwards: SGD and both forms of Adagrad, without a bound on the gradient's
     * norm.
     */
    public boolean reversible() {
        return !name.endsWith("Adam") && maxGradientNorm == 0f;
    }

    private static void requireNotNegative(String what, float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException("%s must be 0 or more, but is %s".formatted(what, value));
        }
    }
}
