package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Beginning;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.Newcomers;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks what a model that gets new entities is worth beside one that was trained with them. */
@Command(
        name = "embed",
        sortOptions = false,
        description =
                "Leave out random entities with their facts, train without them, add them, and give them rows in two ways: embed (only "
                        + "their rows are trained, all others stay) and continue (the training goes on, with all rows and facts). Both beside "
                        + "full, a training with all facts from the start. Prints the filtered MRR of the test facts that name a new entity "
                        + "(new), that of the target and that of the source (new_tail, new_head), of the others (old), and the time as a "
                        + "part of that of full.")
final class EmbedExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--new-entities",
            defaultValue = "0.1",
            description = "Share of the entities to leave out [${DEFAULT-VALUE}].")
    private double share;

    @Option(
            names = "--splits",
            defaultValue = "1",
            description = "Numbers of the random choices of entities [${DEFAULT-VALUE}].",
            split = ",")
    private List<Integer> splits;

    @Option(names = "--embed-epochs", defaultValue = "10", description = "Of embed [${DEFAULT-VALUE}].", split = ",")
    private List<Integer> embedEpochs;

    @Option(
            names = "--embed-rates",
            defaultValue = "1",
            description = "Of embed, times the rate of the training [${DEFAULT-VALUE}].",
            split = ",")
    private List<Double> embedRates;

    @Option(
            names = "--witnesses",
            defaultValue = "-1",
            description =
                    "Of embed: other facts to hold against new entities; -1 for as many as whylink.embed takes [${DEFAULT-VALUE}].",
            split = ",")
    private List<Integer> witnessCounts;

    @Option(
            names = "--continue-epochs",
            defaultValue = "10",
            description = "Of continue [${DEFAULT-VALUE}].",
            split = ",")
    private List<Integer> continueEpochs;

    @Option(
            names = "--continue-rates",
            defaultValue = "1",
            description = "Of continue, times the rate of the training [${DEFAULT-VALUE}].",
            split = ",")
    private List<Double> continueRates;

    @Option(
            names = "--measure",
            defaultValue = "test",
            description = "test, or valid to choose settings by [${DEFAULT-VALUE}].")
    private String measure;

    /** The graph without its new entities, and what is to be found out about them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Split(Facts all, BitSet newcomers, Facts before, int[] entityBefore, int[] relationBefore) {
        /** Entities that lose their last fact are new too; facts of a type that no other fact has are left out everywhere. */
        static Split of(Facts facts, double share, long seed) {
            BitSet newcomers = new BitSet();
            IntStream.range(0, facts.entityCount())
                    .boxed()
                    .sorted(Comparator.comparingLong(entity -> CounterHash.hash(seed, 11, entity, 0)))
                    .limit(Math.round(share * facts.entityCount()))
                    .forEach(newcomers::set);
            int[] before = IntStream.range(0, facts.count())
                    .filter(fact -> !names(facts, fact, newcomers))
                    .toArray();
            BitSet types = new BitSet();
            BitSet left = new BitSet();
            for (int fact : before) {
                types.set(facts.relation(fact));
                left.set(facts.head(fact));
                left.set(facts.tail(fact));
            }
            newcomers.set(0, facts.entityCount());
            newcomers.andNot(left);
            Facts all = facts.select(IntStream.range(0, facts.count())
                    .filter(fact -> types.get(facts.relation(fact)))
                    .toArray());
            int[] entityBefore = numbers(facts.entityCount(), left::get);
            int[] relationBefore = numbers(facts.relationCount(), types::get);
            Facts known = new Facts(
                    left.cardinality(),
                    types.cardinality(),
                    Arrays.stream(before)
                            .map(fact -> entityBefore[facts.head(fact)])
                            .toArray(),
                    Arrays.stream(before)
                            .map(fact -> relationBefore[facts.relation(fact)])
                            .toArray(),
                    Arrays.stream(before)
                            .map(fact -> entityBefore[facts.tail(fact)])
                            .toArray(),
                    Arrays.stream(before).mapToLong(facts::key).toArray());
            return new Split(all, newcomers, known, entityBefore, relationBefore);
        }

        static boolean names(Facts facts, int fact, BitSet entities) {
            return entities.get(facts.head(fact)) || entities.get(facts.tail(fact));
        }

        private static int[] numbers(int count, IntPredicate counted) {
            int[] numbers = new int[count];
            int next = 0;
            for (int i = 0; i < count; i++) {
                numbers[i] = counted.test(i) ? next++ : -1;
            }
            return numbers;
        }

        /** Facts that can be asked for, with a new entity or without. */
        Facts asked(Facts facts, boolean withNewcomer) {
            BitSet trained = new BitSet();
            for (int fact = 0; fact < all.count(); fact++) {
                trained.set(all.head(fact));
                trained.set(all.tail(fact));
            }
            return facts.select(IntStream.range(0, facts.count())
                    .filter(fact -> relationBefore[facts.relation(fact)] >= 0
                            && trained.get(facts.head(fact))
                            && trained.get(facts.tail(fact))
                            && names(facts, fact, newcomers) == withNewcomer)
                    .toArray());
        }
    }

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("--new-entities must be above 0 and below 1, but is " + share);
        }
        if (!measure.equals("test") && !measure.equals("valid")) {
            throw new IllegalArgumentException("--measure must be test or valid, but is '%s'".formatted(measure));
        }
        Dataset data = training.dataset();
        Facts measured = measure.equals("test") ? data.test() : data.valid();
        Figures figures = new Figures(System.out);
        for (int number : splits) {
            Split split = Split.of(data.train(), share, number);
            int freshFacts = Newcomers.factsOf(split.all, split.newcomers).length;
            String name = "split" + number + ".";
            Measure of = new Measure(
                    figures, split.asked(measured, true), split.asked(measured, false), data.known(), settings);
            figures.print(name + "new_entities", split.newcomers.cardinality());
            figures.print(name + "new_facts", freshFacts);
            figures.print(name + "asked", of.withNewcomer.count());
            double full = of.print(
                    name + "full",
                    0,
                    () -> Trainer.train(split.all, settings, TrainingObserver.NONE, TrainingMonitor.NONE));
            Parameters before = Trainer.train(split.before, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
            Parameters begun = Beginning.goingOn(split.all, settings, before, split.entityBefore, split.relationBefore);
            of.print(name + "begun", full, () -> begun);
            for (int epochs : embedEpochs) {
                for (double rate : embedRates) {
                    for (int witnesses : witnessCounts) {
                        of.print(
                                name + "embed_%d_%s_%d".formatted(epochs, rate, witnesses),
                                full,
                                () -> Newcomers.train(
                                        split.all,
                                        settings,
                                        epochs,
                                        (float) (rate
                                                * settings.optimizer()
                                                        .learningRate()
                                                        .initial()),
                                        begun,
                                        split.newcomers,
                                        witnesses < 0 ? Newcomers.witnesses(split.all.count()) : witnesses,
                                        TrainingObserver.NONE,
                                        TrainingMonitor.NONE));
                    }
                }
            }
            for (int epochs : continueEpochs) {
                for (double rate : continueRates) {
                    of.print(
                            name + "continue_%d_%s".formatted(epochs, rate),
                            full,
                            () -> Trainer.trainFrom(
                                    Beginning.at(begun),
                                    epochs,
                                    split.all,
                                    goingOn(settings, epochs, rate),
                                    TrainingObserver.NONE,
                                    TrainingMonitor.NONE));
                }
            }
        }
        return 0;
    }

    private static TrainingSettings goingOn(TrainingSettings settings, int epochs, double factor) {
        OptimizerSettings optimizer = settings.optimizer();
        LearningRate rate = optimizer.learningRate();
        return settings.with()
                .epochs(epochs)
                .optimizer(new OptimizerSettings(
                        optimizer.name(),
                        new LearningRate(
                                rate.schedule(),
                                (float) (factor * rate.initial()),
                                rate.decay(),
                                rate.decaySteps(),
                                rate.warmupSteps()),
                        optimizer.initialAccumulator(),
                        optimizer.maxGradientNorm()))
                .build();
    }

    private record Measure(
            Figures figures, Facts withNewcomer, Facts others, KnownFacts known, TrainingSettings settings) {
        /** Prints what becomes of some rows; returns the milliseconds that they took. */
        double print(String name, double fullMillis, Supplier<Parameters> rows) {
            long start = System.nanoTime();
            EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), rows.get());
            double millis = (System.nanoTime() - start) / 1e6;
            RankingEvaluation ofNew = rank(model, withNewcomer);
            figures.print(
                    name + ".new", ofNew == null ? Double.NaN : ofNew.both().mrr());
            figures.print(
                    name + ".new_tail",
                    ofNew == null ? Double.NaN : ofNew.tail().mrr());
            figures.print(
                    name + ".new_head",
                    ofNew == null ? Double.NaN : ofNew.head().mrr());
            RankingEvaluation ofOthers = rank(model, others);
            figures.print(
                    name + ".old",
                    ofOthers == null ? Double.NaN : ofOthers.both().mrr());
            figures.print(name + ".time", fullMillis == 0 ? 1 : millis / fullMillis);
            return millis;
        }

        /** Null if there is nothing to rank. */
        private RankingEvaluation rank(EmbeddingModel model, Facts facts) {
            return facts.count() == 0
                    ? null
                    : RankingEvaluation.of(model, facts, known, settings.concurrency(), () -> {});
        }
    }
}
