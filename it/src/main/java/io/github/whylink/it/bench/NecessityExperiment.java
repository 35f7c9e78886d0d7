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
import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.paths.PathExplainer;
import io.github.whylink.influence.rollback.LeadRollback;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.rollback.TriedFacts;
import io.github.whylink.influence.unrolled.NecessaryFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
                        + "first. Prints per method and k the change of Hits@1, each target's facts removed alone and those of all "
                        + "targets together, and seconds per fact; beside the floors: random facts "
                        + "of the same source, and another seed. Methods: necessary (unrolled, on the lead over a runner-up), rollback, "
                        + "lead (rolls sets of facts back, on the lead over all runners-up), paths, fused (confidence of paths + rollback "
                        + "divided by its largest), random (of the source; another draw each time it is named).")
final class NecessityExperiment implements Callable<Integer> {
    private static final List<String> METHODS = List.of("necessary", "rollback", "lead", "paths", "fused", "random");

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--targets",
            defaultValue = "100",
            description = "How many facts to explain, drawn by the seed [${DEFAULT-VALUE}].")
    private int targets;

    @Option(
            names = "--split",
            defaultValue = "test",
            description = "Where they are from: valid to develop, test to report [${DEFAULT-VALUE}].")
    private String split;

    @Option(
            names = "--method",
            split = ",",
            defaultValue = "necessary,rollback,random",
            description = "Which facts to remove [${DEFAULT-VALUE}].")
    private List<String> methods;

    @Option(
            names = "--verified",
            description =
                    "Try out the sets of the methods one after the other, each by training again, until the tail is not first "
                            + "any more. Prints the change of Hits@1 after one, two, ... methods, and the trainings that it took.")
    private boolean verified;

    @Option(
            names = "--tries",
            defaultValue = "0",
            description =
                    "Beside the methods: facts of the lead, and where the tail is still first, those against the rival that came "
                            + "closest, so often at most; 0 for not at all [${DEFAULT-VALUE}]. Prints the change of Hits@1 after one, two, "
                            + "... tries, and the trainings that it took.")
    private int tries;

    @Option(
            names = "--together-only",
            description =
                    "Only remove the facts of all targets for one training, as in the experiments of Kelpie, not each target's alone.")
    private boolean togetherOnly;

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
        if (tries < 0) {
            throw new IllegalArgumentException("--tries must be 0 or more, but is " + tries);
        }
        if (!List.of("valid", "test").contains(split)) {
            throw new IllegalArgumentException("--split must be valid or test, but is '%s'".formatted(split));
        }
        for (String method : methods) {
            if (!METHODS.contains(method)) {
                throw new IllegalArgumentException("--method must be of %s, but is '%s'%s"
                        .formatted(METHODS, method, Nearest.hint(method, METHODS)));
            }
        }
        if (methods.contains("necessary")) {
            Replay.requireReversible(settings);
        }
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
        figures.print("seed_change.hits_1_change", seedChange(settings));
        List<List<BitSet[]>> named = new ArrayList<>();
        for (int m = 0; m < methods.size(); m++) {
            start = System.nanoTime();
            named.add(named(methods.get(m), m));
            figures.print(methods.get(m) + ".seconds", secondsSince(start) / links.size());
        }
        for (int k = 0; tries > 0 && k < sizes.length; k++) {
            tried(figures, sizes[k]);
        }
        for (int k = 0; k < sizes.length; k++) {
            if (verified) {
                int size = k;
                verified(
                        figures,
                        sizes[k],
                        named.stream().map(sets -> sets.get(size)).toList());
                continue;
            }
            for (int m = 0; !togetherOnly && m < methods.size(); m++) {
                System.err.printf(
                        "%s: training again without %d facts, %d times%n", methods.get(m), sizes[k], links.size());
                figures.print(
                        "%s.hits_1_change_%d".formatted(methods.get(m), sizes[k]),
                        change(Collections.singletonList(named.get(m).get(k)), new AtomicInteger())[0]);
            }
            for (int m = 0; m < methods.size(); m++) {
                figures.print(
                        "%s.hits_1_change_%d_together".formatted(methods.get(m), sizes[k]),
                        changeTogether(named.get(m).get(k)));
            }
        }
        return 0;
    }

    private void tried(Figures figures, int k) {
        LeadRollback rollback =
                new LeadRollback(trained.model(), trained.facts(), new FactIndex(trained.facts()), recorder.ledger());
        TrainedModel oneThread = oneThread();
        AtomicIntegerArray lost = new AtomicIntegerArray(tries);
        AtomicInteger trainings = new AtomicInteger();
        try (Team team = new Team(trained.settings().concurrency())) {
            team.run(links.size(), (worker, i) -> {
                Link link = links.get(i);
                int[] known = data.known().known(Side.TAIL, link.head(), link.relation());
                TriedFacts found = TriedFacts.of(rollback, oneThread, link, known, k, tries);
                trainings.addAndGet(found.tries());
                if (found.overtaken()) {
                    lost.incrementAndGet(found.tries() - 1);
                }
                System.err.printf("target %d: lead %.3f after %d tries%n", i + 1, found.lead(), found.tries());
            });
        }
        double[] changes = changes(lost);
        for (int t = 0; t < changes.length; t++) {
            figures.print("tried.hits_1_change_%d_after_%d".formatted(k, t + 1), changes[t]);
        }
        figures.print("tried.trainings_" + k, (double) trainings.get() / links.size());
    }

    private void verified(Figures figures, int k, List<BitSet[]> sets) {
        AtomicInteger trainings = new AtomicInteger();
        double[] changes = change(sets, trainings);
        for (int m = 0; m < changes.length; m++) {
            figures.print("verified.hits_1_change_%d_after_%d".formatted(k, m + 1), changes[m]);
        }
        figures.print("verified.trainings_" + k, (double) trainings.get() / links.size());
    }

    /** The facts that a method names: for each size and each link a set. */
    private List<BitSet[]> named(String method, int draw) {
        if (method.equals("lead")) {
            return lead();
        }
        FactInfluences[] influences =
                switch (method) {
                    case "necessary" -> necessary();
                    case "rollback" -> rollback();
                    case "paths" -> paths();
                    case "fused" -> fused();
                    default -> randomOfSource(3 + draw);
                };
        return Arrays.stream(sizes)
                .mapToObj(k -> Arrays.stream(influences)
                        .map(influence -> influence.strongest(k))
                        .toArray(BitSet[]::new))
                .toList();
    }

    /** Test facts whose tail no other new entity reaches, in the order of a hash of the seed. */
    private List<Link> firstRanked() {
        Facts test = split.equals("valid") ? data.valid() : data.test();
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

    private FactInfluences[] paths() {
        PathExplainer explainer = new PathExplainer(trained.facts(), () -> {});
        return links.stream().map(explainer::explain).toArray(FactInfluences[]::new);
    }

    /** Confidence of paths, and rollback as a share of its largest; facts that rollback does not hold for supporting count for nothing. */
    private FactInfluences[] fused() {
        FactInfluences[] paths = paths();
        FactInfluences[] rollback = rollback();
        FactInfluences[] fused = new FactInfluences[links.size()];
        for (int i = 0; i < fused.length; i++) {
            Map<Integer, Double> confidence = new HashMap<>();
            for (int j = 0; j < paths[i].count(); j++) {
                confidence.put(paths[i].fact(j), paths[i].influence(j));
            }
            FactInfluences one = rollback[i];
            double largest = IntStream.range(0, one.count())
                    .mapToDouble(one::influence)
                    .max()
                    .orElse(0);
            double[] sums = new double[one.count()];
            for (int j = 0; j < sums.length; j++) {
                sums[j] = one.influence(j) > 0
                        ? one.influence(j) / largest + confidence.getOrDefault(one.fact(j), 0.0)
                        : 0;
            }
            fused[i] = new FactInfluences(
                    IntStream.range(0, sums.length).map(one::fact).toArray(), sums);
        }
        return fused;
    }

    private List<BitSet[]> lead() {
        LeadRollback rollback =
                new LeadRollback(trained.model(), trained.facts(), new FactIndex(trained.facts()), recorder.ledger());
        int most = Arrays.stream(sizes).max().orElseThrow();
        List<List<LeadRollback.Choice>> choices = links.stream()
                .map(link -> rollback.of(link, data.known().known(Side.TAIL, link.head(), link.relation()), most))
                .toList();
        return Arrays.stream(sizes)
                .mapToObj(k -> choices.stream()
                        .map(chosen -> {
                            BitSet facts = new BitSet();
                            chosen.stream().limit(k).forEach(choice -> facts.set(choice.fact()));
                            return facts;
                        })
                        .toArray(BitSet[]::new))
                .toList();
    }

    private FactInfluences[] randomOfSource(int stream) {
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
                            .mapToDouble(
                                    fact -> ((CounterHash.hash(draw, facts.key(fact), stream, 0) >>> 11) + 1) * 0x1p-53)
                            .toArray());
        }
        return random;
    }

    /** Tries the sets of each link in their order until one does it. Returns the change of Hits@1 after the first, the second, ... */
    private double[] change(List<BitSet[]> sets, AtomicInteger trainings) {
        AtomicIntegerArray lost = new AtomicIntegerArray(sets.size());
        TrainedModel oneThread = oneThread();
        try (Team team = new Team(trained.settings().concurrency())) {
            team.run(links.size(), (worker, i) -> {
                Set<BitSet> tried = new HashSet<>();
                for (int m = 0; m < sets.size(); m++) {
                    if (sets.get(m)[i].isEmpty() || !tried.add(sets.get(m)[i])) {
                        continue;
                    }
                    trainings.incrementAndGet();
                    if (!isFirst(oneThread.without(sets.get(m)[i]), links.get(i))) {
                        lost.incrementAndGet(m);
                        System.err.printf("target %d: not first any more without set %d%n", i + 1, m + 1);
                        return;
                    }
                }
                System.err.printf("target %d: still first%n", i + 1);
            });
        }
        return changes(lost);
    }

    /** The change of Hits@1 after the first, the second, ... */
    private double[] changes(AtomicIntegerArray lost) {
        double[] changes = new double[lost.length()];
        int sum = 0;
        for (int m = 0; m < changes.length; m++) {
            sum += lost.get(m);
            changes[m] = 0 - (double) sum / links.size();
        }
        return changes;
    }

    /** Links are tried in parallel, each with one thread. */
    private TrainedModel oneThread() {
        return new TrainedModel(
                trained.model(),
                trained.facts(),
                trained.settings().with().concurrency(1).build(),
                trained.epochs());
    }

    /** The change of Hits@1 where the facts of all links are removed for one training: what others call necessary explanations. */
    private double changeTogether(BitSet[] sets) {
        BitSet all = new BitSet();
        for (BitSet set : sets) {
            all.or(set);
        }
        EmbeddingModel without = trained.without(all);
        return 0
                - (double) links.stream()
                                .filter(link -> !isFirst(without, link))
                                .count()
                        / links.size();
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
