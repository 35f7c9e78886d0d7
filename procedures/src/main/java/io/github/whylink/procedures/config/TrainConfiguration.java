package io.github.whylink.procedures.config;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.Losses;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code whylink.train} is asked to do, with every default filled in.
 *
 * <p>The defaults stand in {@link #of} and, for the user to read, in the description of the procedure; a test compares
 * the two.
 *
 * @param margin only with the loss of that name
 * @param initialAccumulator only with Adagrad
 */
public record TrainConfiguration(
        List<String> nodeLabels,
        List<String> relationshipTypes,
        String scoringFunction,
        int embeddingDimension,
        int maxEpochs,
        int batchSize,
        int negativeSamples,
        String negativeSides,
        String loss,
        double margin,
        String optimizer,
        double learningRate,
        double learningRateDecay,
        int learningRateDecaySteps,
        double initialAccumulator,
        double initialScale,
        double heldOutFraction,
        long randomSeed,
        int concurrency,
        boolean influence) {
    /** Stands for all labels or all types. */
    public static final String ALL = "*";

    /** The keys that the user may give, in the order in which they are documented. */
    public static final List<String> KEYS = List.of(
            "nodeLabels",
            "relationshipTypes",
            "scoringFunction",
            "embeddingDimension",
            "maxEpochs",
            "batchSize",
            "negativeSamples",
            "negativeSides",
            "loss",
            "margin",
            "optimizer",
            "learningRate",
            "learningRateDecay",
            "learningRateDecaySteps",
            "initialAccumulator",
            "initialScale",
            "heldOutFraction",
            "randomSeed",
            "concurrency",
            "influence");

    private static final String MARGIN_LOSS = "margin";
    private static final String ADAGRAD = "Adagrad";

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static TrainConfiguration of(Map<String, Object> configuration) {
        ConfigurationReader in = new ConfigurationReader("whylink.train", configuration);
        TrainConfiguration read = new TrainConfiguration(
                in.strings("nodeLabels", List.of(ALL)),
                in.strings("relationshipTypes", List.of(ALL)),
                in.oneOf("scoringFunction", ScoringFunctions.names(), "ComplEx"),
                in.integer("embeddingDimension", 1, 4096, 32),
                in.integer("maxEpochs", 1, 100_000, 30),
                in.integer("batchSize", 1, 100_000, 1),
                in.integer("negativeSamples", 1, 100_000, 64),
                in.oneOf("negativeSides", List.of("both", "tail", "head"), "both"),
                in.oneOf("loss", Losses.names(), "softmax"),
                in.decimalAbove("margin", 0, 1000, 1.0),
                in.oneOf("optimizer", OptimizerSettings.names(), ADAGRAD),
                in.decimalAbove("learningRate", 0, 10, 0.1),
                in.decimalAbove("learningRateDecay", 0, 1, 1.0),
                in.integer("learningRateDecaySteps", 1, Integer.MAX_VALUE, 1000),
                in.decimal("initialAccumulator", 0, 1000, 0.1),
                in.decimalAbove("initialScale", 0, 10, 0.1),
                in.decimal("heldOutFraction", 0, 0.5, 0.1),
                in.anyLong("randomSeed", 42),
                in.integer("concurrency", 1, 256, 4),
                in.bool("influence", true));
        read.checkTogether(in);
        in.finish();
        return read;
    }

    private void checkTogether(ConfigurationReader in) {
        if (in.has("margin") && !loss.equals(MARGIN_LOSS)) {
            in.problem("'margin' is only for the loss 'margin', but 'loss' is '%s'".formatted(loss));
        }
        if (in.has("initialAccumulator") && !optimizer.equals(ADAGRAD)) {
            in.problem("'initialAccumulator' is only for the optimizer 'Adagrad', but 'optimizer' is '%s'"
                    .formatted(optimizer));
        }
        if (influence && !optimizerSettings().attributable(batchSize)) {
            in.problem(
                    ("'influence' must be false with 'optimizer' '%s' and 'batchSize' %d: its momentum mixes the facts of "
                                    + "a batch, so that no step can be attributed to them exactly; use 'Adagrad', 'SGD' or "
                                    + "'batchSize' 1 to have predictions explained")
                            .formatted(optimizer, batchSize));
        }
    }

    /** Whether the nodes are selected by their labels at all. */
    public boolean allLabels() {
        return nodeLabels.contains(ALL);
    }

    /** Whether the relationships are selected by their types at all. */
    public boolean allTypes() {
        return relationshipTypes.contains(ALL);
    }

    /** The settings of the trainer. */
    public TrainingSettings settings() {
        return new TrainingSettings(
                ScoringFunctions.named(scoringFunction),
                embeddingDimension,
                maxEpochs,
                batchSize,
                negativeSamples,
                NegativeSides.valueOf(negativeSides.toUpperCase(Locale.ROOT)),
                Losses.named(loss, (float) margin),
                optimizerSettings(),
                (float) initialScale,
                randomSeed,
                concurrency);
    }

    private OptimizerSettings optimizerSettings() {
        return new OptimizerSettings(
                optimizer,
                new LearningRate((float) learningRate, (float) learningRateDecay, learningRateDecaySteps),
                (float) initialAccumulator);
    }

    /** The map that, given to {@link #of}, makes this configuration again; without keys that have no meaning in it. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("nodeLabels", nodeLabels);
        map.put("relationshipTypes", relationshipTypes);
        map.put("scoringFunction", scoringFunction);
        map.put("embeddingDimension", (long) embeddingDimension);
        map.put("maxEpochs", (long) maxEpochs);
        map.put("batchSize", (long) batchSize);
        map.put("negativeSamples", (long) negativeSamples);
        map.put("negativeSides", negativeSides);
        map.put("loss", loss);
        if (loss.equals(MARGIN_LOSS)) {
            map.put("margin", margin);
        }
        map.put("optimizer", optimizer);
        map.put("learningRate", learningRate);
        map.put("learningRateDecay", learningRateDecay);
        map.put("learningRateDecaySteps", (long) learningRateDecaySteps);
        if (optimizer.equals(ADAGRAD)) {
            map.put("initialAccumulator", initialAccumulator);
        }
        map.put("initialScale", initialScale);
        map.put("heldOutFraction", heldOutFraction);
        map.put("randomSeed", randomSeed);
        map.put("concurrency", (long) concurrency);
        map.put("influence", influence);
        return map;
    }
}
