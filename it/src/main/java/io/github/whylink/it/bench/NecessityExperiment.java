package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.Ties;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Replay;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.unrolled.NecessaryFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks whether the facts that a method calls necessary are: without them the right answer should not be the best any more. */
@Command(
        name = "necessity",
        sortOptions = false,
        description =
                "Train, take test facts whose tail is ranked first (filtered), remove for each at most k facts that a "
                        + "method names, train again without them and nothing else changed, and look whether the tail is still ranked "
                        + "first. Prints per method and k the change of Hits@1 and seconds per fact; beside the floors: random facts "
                        + "of the same source, and another seed.")
final class NecessityExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--targets",
            defaultValue = "100",
            description = "How many test facts, drawn by the seed [${DEFAULT-VALUE}].")
    private int targets;

    @Option(
            names = "--k",
            split = ",",
            defaultValue = "1,4",
            description = "How many facts to remove at most [${DEFAULT-VALUE}].")
    private int[] sizes;

    @Option(
            names = "--competitors",
            defaultValue = "1",
            description = "Runners-up that may overtake [${DEFAULT-VALUE}].")
    private int competitors;

    @Option(
            names = "--together",
            defaultValue = "16",
            description = "Targets that share a walk through the training [${DEFAULT-VALUE}].")
    private int together;

    @Option(
            names = "--replay-mb",
            defaultValue = "2048",
            description = "Memory for a walk back through the training [${DEFAULT-VALUE}].")
    private long replayMegabytes;

    private Dataset data;
    private TrainedModel trained;
    private RollbackRecorder recorder;
    private List<Link> links;

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast1("--targets", targets);
        TrainingOptions.requireAtLeast1("--competitors", competitors);
        TrainingOptions.requireAtLeast1("--together", together);
        for (int k : sizes) {
            TrainingOptions.requireAtLeast1("--k", k);
        }
        Replay.requireReversible(settings);
        data = training.dataset();
        Figures figures = new Figures(System.out);
        recorder = RollbackRecorder.of(data.train(), settings.entityWidth(), settings.relationWidth());
        long start = System.nanoTime();
        trained = TrainedModel.train(data.train(), settings, recorder, TrainingOptions.printingTo(System.err));
        figures.print("train_seconds", secondsSince(start));
        figures.print(
                "valid_mrr",
                RankingEvaluation.of(
                                trained.model(),
                                RankingEvaluation.sample(data.valid(), 2_000),
                                data.known(),
                                settings.concurrency(),
                                () -> {})
                        .both()
                        .mrr());
        links = firstRanked();
        if (links.isEmpty()) {
            throw new IllegalArgumentException(
                    "the model ranks the tail of no test fact first: there is nothing to overtake; train it longer");
        }
        figures.print("targets", links.size());
        Map<String, FactInfluences[]> methods = new LinkedHashMap<>();
        start = System.nanoTime();
        methods.put("necessary", necessary());
        figures.print("necessary.seconds", secondsSince(start) / links.size());
        start = System.nanoTime();
        methods.put("rollback", rollback());
        figures.print("rollback.seconds", secondsSince(start) / links.size());
        methods.put("random", randomOfSource());
        for (Map.Entry<String, FactInfluences[]> method : methods.entrySet()) {
            for (int k : sizes) {
                System.err.printf("%s: training again without %d facts, %d times%n", method.getKey(), k, links.size());
                figures.print(method.getKey() + ".hits_1_change_" + k, change(method.getValue(), k));
            }
        }
        figures.print("seed_change.hits_1_change", seedChange(settings));
        return 0;
    }

    /** Test facts whose tail no other new entity reaches, in the order of a hash of the seed. */
    private List<Link> firstRanked() {
        Facts test = data.test();
        List<Link> found = new ArrayList<>();
        int[] order = IntStream.range(0, test.count())
                .boxed()
                .sorted(Comparator.comparingLong(
                        i -> CounterHash.hash(trained.settings().seed(), test.key(i), 2, 0)))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < order.length && found.size() < targets; i++) {
            Link link = new Link(test.head(order[i]), test.relation(order[i]), test.tail(order[i]));
            if (isFirst(trained.model(), link)) {
                found.add(link);
            }
        }
        return found;
    }

    private boolean isFirst(EmbeddingModel model, Link link) {
        float[] scores = new float[model.entityCount()];
        model.scores(
                Side.TAIL,
                link.head(),
                link.relation(),
                new float[model.parameters().entities()[0].length],
                scores);
        int[] known = data.known().known(Side.TAIL, link.head(), link.relation());
        return Ties.PESSIMISTIC.rank(scores, link.tail(), e -> Arrays.binarySearch(known, e) >= 0) == 1;
    }

    private FactInfluences[] necessary() {
        FactInfluences[] effects = new FactInfluences[links.size()];
        KnownFacts known = data.known();
        int most = Arrays.stream(sizes).max().orElseThrow();
        for (int from = 0; from < effects.length; from += together) {
            int to = Math.min(effects.length, from + together);
            System.err.printf("necessary: targets %d to %d of %d%n", from + 1, to, effects.length);
            List<Optional<NecessaryFacts>> found = NecessaryFacts.of(
                    trained,
                    links.subList(from, to),
                    known,
                    competitors,
                    most,
                    replayMegabytes << 20,
                    TrainingMonitor.NONE);
            for (int i = from; i < to; i++) {
                effects[i] = effects(found.get(i - from));
            }
        }
        return effects;
    }

    /** Where nothing competes, no fact is necessary. */
    static FactInfluences effects(Optional<NecessaryFacts> found) {
        return found.map(NecessaryFacts::effects).orElseGet(() -> new FactInfluences(new int[0], new double[0]));
    }

    private FactInfluences[] rollback() {
        RollbackExplainer explainer = new RollbackExplainer(
                trained.model(), trained.facts(), new FactIndex(trained.facts()), recorder.ledger(), () -> {});
        return links.stream().map(explainer::explain).toArray(FactInfluences[]::new);
    }

    private FactInfluences[] randomOfSource() {
        Facts facts = trained.facts();
        FactInfluences[] random = new FactInfluences[links.size()];
        for (int i = 0; i < random.length; i++) {
            int source = links.get(i).head();
            int[] around = IntStream.range(0, facts.count())
                    .filter(fact -> facts.head(fact) == source || facts.tail(fact) == source)
                    .toArray();
            long draw = i;
            random[i] = new FactInfluences(
                    around,
                    Arrays.stream(around)
                            .mapToDouble(fact -> ((CounterHash.hash(draw, facts.key(fact), 3, 0) >>> 11) + 1) * 0x1p-53)
                            .toArray());
        }
        return random;
    }

    private double change(FactInfluences[] explanations, int k) {
        AtomicInteger lost = new AtomicInteger();
        TrainedModel oneThread = new TrainedModel(
                trained.model(),
                trained.facts(),
                trained.settings().with().concurrency(1).build(),
                trained.epochs());
        try (Team team = new Team(trained.settings().concurrency())) {
            team.run(explanations.length, (worker, i) -> {
                if (!isFirst(oneThread.without(explanations[i].strongest(k)), links.get(i))) {
                    lost.incrementAndGet();
                }
            });
        }
        return 0 - (double) lost.get() / links.size();
    }

    private double seedChange(TrainingSettings settings) {
        TrainedModel other = TrainedModel.train(
                data.train(), settings.withSeed(settings.seed() + 1), TrainingObserver.NONE, TrainingMonitor.NONE);
        long lost = links.stream().filter(link -> !isFirst(other.model(), link)).count();
        return 0 - (double) lost / links.size();
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
