package io.github.whylink.it.bench;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * The keys of every experiment that trains. Boolean keys take an optional value, so that the command line can switch off
 * what a preset switches on.
 */
final class TrainingOptions {
    /** The key that names a preset; it is read before the others, see {@link Preset}. */
    static final String PRESET = "--preset";

    @Option(
            names = PRESET,
            paramLabel = "NAME",
            description = "Start from a documented configuration; other keys override it. 'list' shows them.")
    private String preset;

    @Option(names = "--data", paramLabel = "DIR", description = "Folder with train.tsv, valid.tsv, test.tsv; required.")
    private Path data;

    @Option(
            names = "--scorer",
            defaultValue = "DistMult",
            description = "DistMult, ComplEx, TransE, TransE-L1, RotatE, RESCAL, SimplE, CP [${DEFAULT-VALUE}].")
    private String scorer;

    @Option(
            names = "--reciprocal",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Head queries have relation rows of their own [${DEFAULT-VALUE}].")
    private boolean reciprocal;

    @Option(
            names = "--dimension",
            defaultValue = "10",
            description = "Numbers per embedding (complex ones for ComplEx and RotatE) [${DEFAULT-VALUE}].")
    private int dimension;

    @Option(names = "--epochs", defaultValue = "10", description = "Passes over the training facts [${DEFAULT-VALUE}].")
    private int epochs;

    @Option(names = "--batch", defaultValue = "1", description = "Facts per step [${DEFAULT-VALUE}].")
    private int batch;

    @Option(
            names = "--regime",
            defaultValue = "perFact",
            description = "perFact, shared (by a batch), 1vsAll, KvsAll [${DEFAULT-VALUE}].")
    private String regime;

    @Option(
            names = "--negatives",
            defaultValue = "13",
            description = "Per fact and side, or per batch where shared; unused against all [${DEFAULT-VALUE}].")
    private int negatives;

    @Option(
            names = "--negative-sides",
            defaultValue = "TAIL",
            description = "${COMPLETION-CANDIDATES} [${DEFAULT-VALUE}].")
    private NegativeSides negativeSides;

    @Option(
            names = "--sampling",
            defaultValue = "UNIFORM",
            description = "${COMPLETION-CANDIDATES} [${DEFAULT-VALUE}].")
    private Sampling sampling;

    @Option(
            names = "--filtered",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Training facts are no negatives [${DEFAULT-VALUE}].")
    private boolean filtered;

    @Option(
            names = "--loss",
            defaultValue = "softmax",
            description = "softmax, logistic, margin, selfAdversarial [${DEFAULT-VALUE}].")
    private String loss;

    @Option(
            names = "--margin",
            defaultValue = "1",
            description = "Of the losses margin and selfAdversarial [${DEFAULT-VALUE}].")
    private float margin;

    @Option(
            names = "--label-smoothing",
            defaultValue = "0",
            description = "Share of the target spread over the other candidates [${DEFAULT-VALUE}].")
    private float labelSmoothing;

    @Option(
            names = "--adversarial-temperature",
            defaultValue = "1",
            description = "Of the loss selfAdversarial [${DEFAULT-VALUE}].")
    private float adversarialTemperature;

    @Option(names = "--regularizer", defaultValue = "none", description = "none, L2, N3 [${DEFAULT-VALUE}].")
    private String regularizer;

    @Option(
            names = "--entity-penalty",
            defaultValue = "0",
            description = "Weight of the penalty on entity rows [${DEFAULT-VALUE}].")
    private float entityPenalty;

    @Option(
            names = "--relation-penalty",
            defaultValue = "0",
            description = "Weight of the penalty on relation rows [${DEFAULT-VALUE}].")
    private float relationPenalty;

    @Option(
            names = "--penalty-per-row",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Each row bears its penalty once an epoch instead of once a fact [${DEFAULT-VALUE}].")
    private boolean penaltyPerRow;

    @Option(
            names = "--entity-dropout",
            defaultValue = "0",
            description = "Probability to drop an element of a query's entity row [${DEFAULT-VALUE}].")
    private float entityDropout;

    @Option(
            names = "--relation-dropout",
            defaultValue = "0",
            description = "Probability to drop an element of a query's relation row [${DEFAULT-VALUE}].")
    private float relationDropout;

    @Option(
            names = "--optimizer",
            defaultValue = "SGD",
            description = "SGD, Adagrad, RowAdagrad, Adam, LazyAdam [${DEFAULT-VALUE}].")
    private String optimizer;

    @Option(
            names = "--learning-rate",
            defaultValue = "0.1",
            description = "The highest: at the first step, or after the warm-up [${DEFAULT-VALUE}].")
    private float learningRate;

    @Option(
            names = "--schedule",
            defaultValue = "step",
            description = "Of the learning rate: constant, step, linear, cosine [${DEFAULT-VALUE}].")
    private String schedule;

    @Option(
            names = "--decay",
            defaultValue = "1",
            description = "Factor on the learning rate every --decay-steps steps, schedule step [${DEFAULT-VALUE}].")
    private float decay;

    @Option(names = "--decay-steps", defaultValue = "1000", description = "See --decay [${DEFAULT-VALUE}].")
    private int decaySteps;

    @Option(
            names = "--warmup-steps",
            defaultValue = "0",
            description = "Steps over which the learning rate rises [${DEFAULT-VALUE}].")
    private int warmupSteps;

    @Option(
            names = "--max-gradient-norm",
            defaultValue = "0",
            description = "Bound on the norm of a row's gradient; 0 for none [${DEFAULT-VALUE}].")
    private float maxGradientNorm;

    @Option(
            names = "--initial-accumulator",
            defaultValue = "0.1",
            description = "Where Adagrad's accumulators start [${DEFAULT-VALUE}].")
    private float initialAccumulator;

    @Option(
            names = "--initial-scale",
            defaultValue = "0.5",
            description = "Initial rows are uniform in plus or minus this [${DEFAULT-VALUE}].")
    private float initialScale;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of initial rows, order, negatives and dropout [${DEFAULT-VALUE}].")
    private long seed;

    @Option(
            names = "--concurrency",
            defaultValue = "2",
            description = "Threads; figures but times do not depend on it [${DEFAULT-VALUE}].")
    private int concurrency;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these keys.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** Reads the graph that {@code --data} names; says so where a preset was made for another one. */
    Dataset dataset() throws IOException {
        String graph = preset == null ? null : Preset.named(preset).values().getProperty(Preset.GRAPH);
        if (graph != null && !data.toAbsolutePath().normalize().endsWith(graph)) {
            System.err.printf("note: the preset '%s' is made for the graph %s%n", preset, graph);
        }
        return Dataset.read(data);
    }

    /** The folder that {@code --data} names. */
    Path folder() {
        return data;
    }

    /** The settings, all problems of their values found before any work. */
    TrainingSettings settings() {
        if (data == null) {
            throw new IllegalArgumentException(
                    "--data is missing; it names a folder of train.tsv, valid.tsv, test.tsv");
        }
        return settingsAlone();
    }

    /** The settings, for an experiment that has a graph of its own. */
    TrainingSettings settingsAlone() {
        requirePositive("--learning-rate", learningRate);
        requirePositive("--initial-scale", initialScale);
        requirePositive("--decay-steps", decaySteps);
        if (!(decay > 0 && decay <= 1)) {
            throw new IllegalArgumentException("--decay must be above 0 and at most 1, but is " + decay);
        }
        if (!(initialAccumulator >= 0)) {
            throw new IllegalArgumentException(
                    "--initial-accumulator must be at least 0, but is " + initialAccumulator);
        }
        LearningRate rate = new LearningRate(schedule, learningRate, decay, decaySteps, warmupSteps);
        return TrainingSettings.of(ScoringFunctions.named(scorer, reciprocal), dimension)
                .epochs(epochs)
                .batchSize(batch)
                .negatives(new Negatives(Negatives.regime(regime), negatives, negativeSides, sampling, filtered))
                .loss(new LossSettings(loss, margin, labelSmoothing, adversarialTemperature).create())
                .regularizer(new Regularizer(regularizer, entityPenalty, relationPenalty, !penaltyPerRow))
                .dropout(new Dropout(entityDropout, relationDropout))
                .optimizer(new OptimizerSettings(optimizer, rate, initialAccumulator, maxGradientNorm))
                .initialScale(initialScale)
                .seed(seed)
                .concurrency(concurrency)
                .build();
    }

    /** Prints each epoch and each validation, with the seconds since this call. */
    static TrainingMonitor printingTo(PrintStream progress) {
        long start = System.nanoTime();
        return new TrainingMonitor() {
            @Override
            public void epochFinished(int epoch, int epochs, double meanLoss) {
                progress.printf(
                        Locale.ROOT, "epoch %d of %d, mean loss %.5f, %.1f s%n", epoch, epochs, meanLoss, seconds());
            }

            @Override
            public void validated(int epoch, double measure) {
                progress.printf(Locale.ROOT, "epoch %d, validation MRR %.4f, %.1f s%n", epoch, measure, seconds());
            }

            private double seconds() {
                return (System.nanoTime() - start) / 1e9;
            }
        };
    }

    /** Takes another model and another optimizer, as if the keys had been given so. */
    void use(String otherScorer, String otherOptimizer, float otherRate) {
        scorer = otherScorer;
        optimizer = otherOptimizer;
        learningRate = otherRate;
    }

    /** Checks a count of an experiment. */
    static void requireAtLeast1(String key, int value) {
        requireAtLeast(1, key, value);
    }

    static void requireAtLeast(int least, String key, int value) {
        if (value < least) {
            throw new IllegalArgumentException("%s must be at least %d, but is %d".formatted(key, least, value));
        }
    }

    private static void requirePositive(String key, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s must be above 0, but is %s".formatted(key, value));
        }
    }
}
