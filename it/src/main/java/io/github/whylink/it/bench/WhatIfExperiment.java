package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Replay;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.faithfulness.RankCorrelation;
import io.github.whylink.influence.faithfulness.RemovalExperiment;
import io.github.whylink.influence.unrolled.UnrolledExplainer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks how well the changes that leaving out facts would make are predicted. */
@Command(
        name = "whatif",
        sortOptions = false,
        description =
                "Train, predict by unrolled influence how the probabilities of test facts would change without random facts, one by one "
                        + "and in sets, and train again without them (same seed, order and negatives); or, with --add, with random facts of "
                        + "valid.tsv. Prints per size of the sets the "
                        + "Spearman correlation of predicted and real changes: by_prediction (over the removals, mean over the test "
                        + "facts), by_removal (over the test facts, mean over the removals) and pooled; and the size of both changes.")
final class WhatIfExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--facts",
            split = ",",
            defaultValue = "1,10",
            description = "How many facts to remove at once [${DEFAULT-VALUE}].")
    private List<Integer> sizes;

    @Option(
            names = "--add",
            description = "Add facts of valid.tsv instead of removing some: a training and a walk back for each set.")
    private boolean add;

    @Option(names = "--sets", defaultValue = "50", description = "Random sets of each size [${DEFAULT-VALUE}].")
    private int sets;

    @Option(names = "--queries", defaultValue = "60", description = "Test facts to ask for [${DEFAULT-VALUE}].")
    private int queries;

    @Option(
            names = "--replay-mb",
            defaultValue = "1024",
            description = "Memory for a walk back through the training [${DEFAULT-VALUE}].")
    private long replayMegabytes;

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast(2, "--sets", sets);
        TrainingOptions.requireAtLeast(2, "--queries", queries);
        Replay.requireReversible(settings);
        Dataset data = training.dataset();
        Facts facts = data.train();
        int most = add ? data.valid().count() : facts.count();
        for (int size : sizes) {
            if (size < 1 || size >= most) {
                throw new IllegalArgumentException(
                        "--facts must be at least 1 and below %d, but has %d".formatted(most, size));
            }
        }
        if (add) {
            adding(data, settings);
            return 0;
        }
        TrainedModel trained =
                TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingOptions.printingTo(System.err));
        List<Link> links = links(data, settings);
        double[] with = probabilities(trained.model(), links);
        Figures figures = new Figures(System.out);
        long start = System.nanoTime();
        FactInfluences[] influences =
                new UnrolledExplainer(trained, replayMegabytes << 20, TrainingMonitor.NONE).explainAll(links);
        figures.print("predict_ms", (System.nanoTime() - start) / 1e6);
        int[] shuffled = Dataset.shuffled(facts, settings.seed());
        int used = 0;
        for (int size : sizes) {
            double[][] predicted = new double[sets][links.size()];
            double[][] real = new double[sets][];
            BitSet[] removed = new BitSet[sets];
            for (int set = 0; set < sets; set++) {
                removed[set] = new BitSet();
                for (int k = 0; k < size; k++) {
                    removed[set].set(shuffled[used++ % shuffled.length]);
                }
                for (int i = 0; i < links.size(); i++) {
                    predicted[set][i] = influences[i].changeWithout(removed[set]);
                }
            }
            System.err.printf("training %d times without %d facts%n", sets, size);
            TrainingSettings oneThread = settings.with().concurrency(1).build();
            try (Team team = new Team(settings.concurrency())) {
                team.run(sets, (worker, set) -> {
                    double[] without = probabilities(
                            new EmbeddingModel(
                                    settings.scoringFunction(), Trainer.trainWithout(removed[set], facts, oneThread)),
                            links);
                    real[set] = IntStream.range(0, without.length)
                            .mapToDouble(i -> without[i] - with[i])
                            .toArray();
                });
            }
            print(figures, Integer.toString(size), predicted, real);
        }
        return 0;
    }

    private List<Link> links(Dataset data, TrainingSettings settings) {
        Facts test = data.test();
        return Arrays.stream(Dataset.shuffled(test, settings.seed()))
                .limit(queries)
                .mapToObj(i -> new Link(test.head(i), test.relation(i), test.tail(i)))
                .toList();
    }

    /** What a fact to add does is asked of the training that has it. */
    private void adding(Dataset data, TrainingSettings settings) {
        List<Link> links = links(data, settings);
        Facts valid = data.valid();
        int[] shuffled = Dataset.shuffled(valid, settings.seed());
        Figures figures = new Figures(System.out);
        TrainingSettings oneThread = settings.with().concurrency(1).build();
        int first = 0;
        for (int size : sizes) {
            System.err.printf("training %d times with and without %d more facts%n", sets, size);
            double[][] predicted = new double[sets][links.size()];
            double[][] real = new double[sets][links.size()];
            int from = first;
            try (Team team = new Team(settings.concurrency())) {
                team.run(sets, (worker, set) -> {
                    int[] chosen = IntStream.range(0, size)
                            .map(k -> shuffled[(from + set * size + k) % shuffled.length])
                            .toArray();
                    Facts with = Dataset.merged(List.of(data.train(), valid.select(chosen)));
                    BitSet added = new BitSet();
                    added.set(data.train().count(), with.count());
                    TrainedModel trained =
                            TrainedModel.train(with, oneThread, TrainingObserver.NONE, TrainingMonitor.NONE);
                    FactInfluences[] influences = new UnrolledExplainer(
                                    trained, replayMegabytes << 20, TrainingMonitor.NONE)
                            .explainAll(links);
                    double[] after = probabilities(trained.model(), links);
                    double[] before = probabilities(trained.without(added), links);
                    for (int i = 0; i < links.size(); i++) {
                        predicted[set][i] = -influences[i].changeWithout(added);
                        real[set][i] = after[i] - before[i];
                    }
                });
            }
            first += sets * size;
            print(figures, Integer.toString(size), predicted, real);
        }
    }

    private static void print(Figures figures, String size, double[][] predicted, double[][] real) {
        int links = real[0].length;
        figures.print(
                size + ".spearman_by_prediction",
                IntStream.range(0, links)
                        .mapToDouble(i -> RankCorrelation.spearman(column(predicted, i), column(real, i)))
                        .average()
                        .orElseThrow());
        figures.print(
                size + ".spearman_by_removal",
                IntStream.range(0, real.length)
                        .mapToDouble(set -> RankCorrelation.spearman(predicted[set], real[set]))
                        .average()
                        .orElseThrow());
        double[] allPredicted =
                Arrays.stream(predicted).flatMapToDouble(Arrays::stream).toArray();
        double[] allReal = Arrays.stream(real).flatMapToDouble(Arrays::stream).toArray();
        figures.print(size + ".spearman_pooled", RankCorrelation.spearman(allPredicted, allReal));
        figures.print(
                size + ".predicted_change",
                Arrays.stream(allPredicted).map(Math::abs).average().orElseThrow());
        figures.print(
                size + ".real_change",
                Arrays.stream(allReal).map(Math::abs).average().orElseThrow());
    }

    private static double[] column(double[][] rows, int i) {
        return Arrays.stream(rows).mapToDouble(row -> row[i]).toArray();
    }

    private static double[] probabilities(EmbeddingModel model, List<Link> links) {
        return links.stream()
                .mapToDouble(link -> RemovalExperiment.probability(model, link))
                .toArray();
    }
}
