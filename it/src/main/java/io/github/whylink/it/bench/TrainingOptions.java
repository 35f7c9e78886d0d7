package io.github.whylink.it.bench;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.Losses;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The keys of every experiment that trains. */
final class TrainingOptions {
    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Folder with train.tsv, valid.tsv, test.tsv.")
    private Path data;

    @Option(
            names = "--scorer",
            defaultValue = "DistMult",
            description = "DistMult, ComplEx, TransE, TransE-L1 [${DEFAULT-VALUE}].")
    private String scorer;

    @Option(
            names = "--dimension",
            defaultValue = "10",
            description = "Numbers per embedding (complex ones for ComplEx) [${DEFAULT-VALUE}].")
    private int dimension;

    @Option(names = "--epochs", defaultValue = "10", description = "Passes over the training facts [${DEFAULT-VALUE}].")
    private int epochs;

    @Option(names = "--batch", defaultValue = "1", description = "Facts per step [${DEFAULT-VALUE}].")
    private int batch;

    @Option(names = "--negatives", defaultValue = "13", description = "Negatives per fact and side [${DEFAULT-VALUE}].")
    private int negatives;

    @Option(
            names = "--negative-sides",
            defaultValue = "TAIL",
            description = "${COMPLETION-CANDIDATES} [${DEFAULT-VALUE}].")
    private NegativeSides negativeSides;

    @Option(names = "--loss", defaultValue = "softmax", description = "softmax, logistic, margin [${DEFAULT-VALUE}].")
    private String loss;

    @Option(names = "--margin", defaultValue = "1", description = "Margin of the margin loss [${DEFAULT-VALUE}].")
    private float margin;

    @Option(
            names = "--optimizer",
            defaultValue = "SGD",
            description = "SGD, Adagrad, Adam, LazyAdam [${DEFAULT-VALUE}].")
    private String optimizer;

    @Option(names = "--learning-rate", defaultValue = "0.1", description = "At the first step [${DEFAULT-VALUE}].")
    private float learningRate;

    @Option(
            names = "--decay",
            defaultValue = "1",
            description = "Factor on the learning rate every --decay-steps steps [${DEFAULT-VALUE}].")
    private float decay;

    @Option(names = "--decay-steps", defaultValue = "1000", description = "See --decay [${DEFAULT-VALUE}].")
    private int decaySteps;

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
            description = "Of initial rows, order and negatives [${DEFAULT-VALUE}].")
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

    Dataset dataset() throws IOException {
        return Dataset.read(data);
    }

    /** The settings, all problems of their values found before any work. */
    TrainingSettings settings() {
        requirePositive("--learning-rate", learningRate);
        requirePositive("--initial-scale", initialScale);
        requirePositive("--decay-steps", decaySteps);
        requirePositive("--margin", margin);
        if (!(decay > 0 && decay <= 1)) {
            throw new IllegalArgumentException("--decay must be above 0 and at most 1, but is " + decay);
        }
        if (!(initialAccumulator >= 0)) {
            throw new IllegalArgumentException(
                    "--initial-accumulator must be at least 0, but is " + initialAccumulator);
        }
        return new TrainingSettings(
                ScoringFunctions.named(scorer),
                dimension,
                epochs,
                batch,
                negatives,
                negativeSides,
                Losses.named(loss, margin),
                new OptimizerSettings(optimizer, new LearningRate(learningRate, decay, decaySteps), initialAccumulator),
                initialScale,
                seed,
                concurrency);
    }

    /** Prints each epoch. */
    static TrainingMonitor printingTo(PrintStream progress) {
        return new TrainingMonitor() {
            @Override
            public void epochFinished(int epoch, int epochs, double meanLoss) {
                progress.printf("epoch %d of %d, mean loss %.5f%n", epoch, epochs, meanLoss);
            }
        };
    }

    private static void requirePositive(String key, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s must be above 0, but is %s".formatted(key, value));
        }
    }
}
