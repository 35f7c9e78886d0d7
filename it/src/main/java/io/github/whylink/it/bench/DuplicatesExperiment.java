package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.audit.Duplicates;
import io.github.whylink.influence.audit.Duplicates.Pair;
import io.github.whylink.influence.audit.PlantedDuplicates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Enters entities of a graph twice and asks how many of the pairs are found how high in the list. */
@Command(
        name = "duplicates",
        sortOptions = false,
        description =
                "Enter some entities of train.tsv twice, each of their facts with one of the two or with both, train, look for duplicates, and "
                        + "print for each noise seed: planted, precision_half (precision in the first half as many pairs as were planted), "
                        + "precision (in as many), recall_twice (recall in twice as many); the same of jaccard (neighbours in common / neighbours "
                        + "of either, without a model); and seconds after the training. Without a preset, those of the preset 'audit' are the "
                        + "defaults of the training's keys.")
final class DuplicatesExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(names = "--planted", defaultValue = "100", description = "Entities to enter twice [${DEFAULT-VALUE}].")
    private int planted;

    @Option(
            names = "--both",
            defaultValue = "0.3333",
            description = "Probability that a fact is with both; else it is with either [${DEFAULT-VALUE}].")
    private double both;

    @Option(names = "--noise-seeds", defaultValue = "3", description = "Repetitions [${DEFAULT-VALUE}].")
    private int noiseSeeds;

    @Option(names = "--first-noise-seed", defaultValue = "1", description = "Of the repetitions [${DEFAULT-VALUE}].")
    private long firstNoiseSeed;

    /** Two entities, in a list. */
    private record Listed(int first, int second, double score, int shared) {}

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast1("--planted", planted);
        TrainingOptions.requireAtLeast1("--noise-seeds", noiseSeeds);
        if (!(both >= 0 && both <= 1)) {
            throw new IllegalArgumentException("--both must be from 0 to 1, but is " + both);
        }
        Facts graph = training.dataset().train();
        Figures figures = new Figures(System.out);
        for (long seed = firstNoiseSeed; seed < firstNoiseSeed + noiseSeeds; seed++) {
            PlantedDuplicates noisy = PlantedDuplicates.plant(graph, planted, both, seed);
            String prefix = "noise" + seed + ".";
            int count = noisy.originals().length;
            if (count == 0) {
                throw new IllegalArgumentException(
                        "no entity of train.tsv has the %d facts that it takes to share them out"
                                .formatted(PlantedDuplicates.LEAST_FACTS));
            }
            figures.print(prefix + "planted", count);
            EmbeddingModel model = new EmbeddingModel(
                    settings.scoringFunction(),
                    Trainer.train(noisy.facts(), settings, TrainingObserver.NONE, TrainingMonitor.NONE));
            long start = System.nanoTime();
            List<Pair> pairs = Duplicates.find(model, noisy.facts(), (a, b) -> true, 2 * count, () -> {});
            double seconds = (System.nanoTime() - start) / 1e9;
            print(
                    figures,
                    prefix,
                    noisy,
                    pairs.stream()
                            .map(pair -> new Listed(pair.first(), pair.second(), pair.score(), 0))
                            .toList());
            figures.print(prefix + "seconds", seconds);
            System.err.printf(Locale.ROOT, "noise %d: %.1f s%n", seed, seconds);
            print(figures, prefix + "jaccard.", noisy, byNeighbours(noisy.facts(), 2 * count));
        }
        return 0;
    }

    private static void print(Figures figures, String prefix, PlantedDuplicates noisy, List<Listed> list) {
        int count = noisy.originals().length;
        int half = Math.max(1, count / 2);
        figures.print(prefix + "precision_half", found(noisy, list, half) / (double) half);
        figures.print(prefix + "precision", found(noisy, list, count) / (double) count);
        figures.print(prefix + "recall_twice", found(noisy, list, 2 * count) / (double) count);
    }

    private static int found(PlantedDuplicates noisy, List<Listed> list, int places) {
        int found = 0;
        for (Listed pair : list.subList(0, Math.min(places, list.size()))) {
            found += noisy.same(pair.first, pair.second) ? 1 : 0;
        }
        return found;
    }

    /** The pairs with the largest share of common neighbours; of equal ones those with more of them. */
    private static List<Listed> byNeighbours(Facts facts, int count) {
        int entities = facts.entityCount();
        List<TreeSet<Integer>> sets = new ArrayList<>();
        for (int e = 0; e < entities; e++) {
            sets.add(new TreeSet<>());
        }
        for (int f = 0; f < facts.count(); f++) {
            sets.get(facts.head(f)).add(facts.tail(f));
            sets.get(facts.tail(f)).add(facts.head(f));
        }
        int[][] neighbours = sets.stream()
                .map(set -> set.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
        Comparator<Listed> best = Comparator.comparingDouble((Listed pair) -> -pair.score)
                .thenComparingInt(pair -> -pair.shared)
                .thenComparingInt(Listed::first)
                .thenComparingInt(Listed::second);
        TreeSet<Listed> list = new TreeSet<>(best);
        int[] shared = new int[entities];
        for (int a = 0; a < entities; a++) {
            Arrays.fill(shared, 0);
            for (int neighbour : neighbours[a]) {
                for (int b : neighbours[neighbour]) {
                    shared[b]++;
                }
            }
            for (int b = a + 1; b < entities; b++) {
                if (shared[b] > 0) {
                    double either = neighbours[a].length + neighbours[b].length - shared[b];
                    list.add(new Listed(a, b, shared[b] / either, shared[b]));
                    if (list.size() > count) {
                        list.pollLast();
                    }
                }
            }
        }
        return List.copyOf(list);
    }
}
