package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Replay;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.influence.Explainers;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.faithfulness.LeaveOneOut;
import io.github.whylink.influence.faithfulness.LinearDatamodelingScore;
import io.github.whylink.influence.faithfulness.RemovalExperiment;
import io.github.whylink.influence.faithfulness.RemovalExperiment.Outcome;
import io.github.whylink.influence.faithfulness.TopPrediction;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.rollback.Stability;
import io.github.whylink.influence.unrolled.NecessaryFacts;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks of each method how far its explanations agree with training again. */
@Command(
        name = "faithfulness",
        sortOptions = false,
        description = "Train, explain the best answer to test queries (h, r, ?), remove facts and train again. Prints "
                + "per method ms_per_explanation, pd_K and tc_K, loo_spearman_all and loo_spearman_shared; beside "
                + "them the floors neighbourhood (random facts that share a row) and seed_change, and, with --loo-facts all, "
                + "leave_one_out as a method; with --removed, lds_SHARE; mrr_tail of the model; and "
                + "what the theoretical bound on the error of rollback is made of, with the bound as a logarithm (NaN but for "
                + "SGD).")
final class FaithfulnessExperiment implements Callable<Integer> {
    private static final String ROLLBACK = "rollback";
    private static final String UNROLLED = "unrolled";
    private static final String LEAVE_ONE_OUT = "leave_one_out";
    private static final String FLOOR = "neighbourhood";

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--method",
            split = ",",
            defaultValue = "rollback,neighbourhood",
            description =
                    "Of rollback, unrolled, tracin, influence_function, gauss_newton, paths, similarity, neighbourhood, random "
                            + "[${DEFAULT-VALUE}].")
    private List<String> methods;

    @Option(
            names = "--k",
            split = ",",
            defaultValue = "1,10,all",
            description = "How many facts to remove; all: those of positive influence [${DEFAULT-VALUE}].")
    private List<String> sizes;

    @Option(
            names = "--queries",
            defaultValue = "all",
            description = "How many test queries, drawn by the seed, or all [${DEFAULT-VALUE}].")
    private String queries;

    @Option(
            names = "--loo-facts",
            defaultValue = "100",
            description = "How many facts to leave out one by one, drawn by the seed; 0 or all [${DEFAULT-VALUE}].")
    private String looFacts;

    @Option(
            names = "--floor-seeds",
            defaultValue = "5",
            description = "Other seeds averaged for seed_change [${DEFAULT-VALUE}].")
    private int floorSeeds;

    @Option(
            names = "--removed",
            split = ",",
            description =
                    "Shares of the facts to leave out at once, same seed, for the linear datamodeling score [none].")
    private double[] shares = {};

    @Option(names = "--sets", defaultValue = "100", description = "Random sets for each share [${DEFAULT-VALUE}].")
    private int sets;

    @Option(
            names = "--competitors",
            defaultValue = "0",
            description = "Explain also the lead over so many runners-up, as method necessary; 0 not to "
                    + "[${DEFAULT-VALUE}].")
    private int competitors;

    @Option(
            names = "--replay-mb",
            defaultValue = "1024",
            description = "Memory for a walk back through the training, method unrolled [${DEFAULT-VALUE}].")
    private long replayMegabytes;

    @Option(
            names = "--stability-facts",
            defaultValue = "20",
            description = "For how many facts to measure steepness and smoothness of the loss; 0 for no bound "
                    + "[${DEFAULT-VALUE}].")
    private int stabilityFacts;

    @Override
    public Integer call() throws Exception {
        measure(new Figures(System.out));
        return 0;
    }

    TrainingOptions training() {
        return training;
    }

    /** The methods that figures are printed of, by the arguments as they stand. */
    List<String> methods() {
        return knownMethods(training.settings());
    }

    /** Takes another number of facts to remove, as if it had been given so. */
    void remove(int facts) {
        sizes = List.of(String.valueOf(facts));
    }

    /** The shares of the facts that are left out at once. */
    double[] shares() {
        return shares.clone();
    }

    /** Does the experiment. */
    void measure(Figures figures) throws IOException {
        TrainingSettings settings = training.settings();
        List<String> wanted = knownMethods(settings);
        for (double share : shares) {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("--removed must be above 0 and below 1, but is " + share);
            }
        }
        TrainingOptions.requireAtLeast(2, "--sets", sets);
        if (competitors > 0) {
            Replay.requireReversible(settings);
        }
        int[] ks = sizes.stream()
                .mapToInt(k -> "all".equals(k) ? RemovalExperiment.ALL : atLeast(1, "--k", k))
                .toArray();
        int wantedQueries = "all".equals(queries) ? Integer.MAX_VALUE : atLeast(1, "--queries", queries);
        int wantedFacts = "all".equals(looFacts) ? Integer.MAX_VALUE : atLeast(0, "--loo-facts", looFacts);
        Dataset data = training.dataset();
        Facts facts = data.train();
        Facts test = data.test().select(sample(data.test(), wantedQueries, settings.seed()));

        RollbackRecorder recorder = wanted.contains(ROLLBACK)
                ? RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth())
                : null;
        TrainedModel trained = TrainedModel.train(
                facts,
                settings,
                recorder == null ? TrainingObserver.NONE : recorder,
                TrainingOptions.printingTo(System.err));
        EmbeddingModel model = trained.model();
        figures.print(
                "mrr_tail",
                RankingEvaluation.of(model, data.test(), data.known(), settings.concurrency(), () -> {})
                        .tail()
                        .mrr());
        printStability(figures, trained);
        KnownFacts masked = data.knownBeforeTest();
        TopPrediction[] predictions = TopPrediction.of(model, test, masked);
        figures.print("queries", predictions.length);

        Map<String, FactInfluences[]> explanations = explain(wanted, trained, recorder, predictions, masked, figures);
        LeaveOneOut truth = null;
        if (wantedFacts > 0) {
            int[] sampled = sample(facts, wantedFacts, settings.seed());
            System.err.printf("leaving out %d facts one by one%n", sampled.length);
            figures.print("loo_facts", sampled.length);
            truth = LeaveOneOut.measure(facts, settings, sampled, predictions, settings.concurrency());
            printCorrelations(figures, explanations, truth, predictions);
            if (sampled.length == facts.count()) {
                // What a method that judges facts one by one can reach.
                LeaveOneOut all = truth;
                explanations.put(
                        LEAVE_ONE_OUT,
                        IntStream.range(0, predictions.length)
                                .mapToObj(all::influences)
                                .toArray(FactInfluences[]::new));
            }
        }
        RemovalExperiment removal = new RemovalExperiment(facts, settings, masked, predictions, settings.concurrency());
        for (Map.Entry<String, FactInfluences[]> method : explanations.entrySet()) {
            for (int i = 0; i < ks.length; i++) {
                System.err.printf(
                        "%s: removing %s facts for each of %d predictions%n",
                        method.getKey(), sizes.get(i), predictions.length);
                print(figures, method.getKey(), sizes.get(i), removal.removingTop(ks[i], method.getValue()));
            }
        }
        printSeedFloor(figures, removal, settings.seed());
        printSets(figures, trained, explanations, predictions);
    }

    private static void printCorrelations(
            Figures figures,
            Map<String, FactInfluences[]> explanations,
            LeaveOneOut truth,
            TopPrediction[] predictions) {
        explanations.forEach((method, explained) -> {
            figures.print(method + ".loo_spearman_all", mean(predictions, i -> truth.spearmanOverAll(i, explained[i])));
            figures.print(
                    method + ".loo_spearman_shared", mean(predictions, i -> truth.spearmanOverShared(i, explained[i])));
        });
    }

    /** How well the sums of influences predict trainings of the same seed without many facts. */
    private void printSets(
            Figures figures,
            TrainedModel trained,
            Map<String, FactInfluences[]> explanations,
            TopPrediction[] predictions) {
        List<Link> links = links(predictions);
        TrainingSettings settings = trained.settings();
        for (double share : shares) {
            System.err.printf("training %d times without %s of the facts%n", sets, share);
            LinearDatamodelingScore score = LinearDatamodelingScore.measure(
                    trained.facts(),
                    settings,
                    links,
                    share,
                    sets,
                    new long[] {settings.seed()},
                    settings.seed(),
                    settings.concurrency());
            explanations.forEach((method, explained) ->
                    figures.print(method + ".lds_" + share, mean(predictions, i -> score.of(i, explained[i]))));
        }
    }

    private static List<Link> links(TopPrediction[] predictions) {
        return Arrays.stream(predictions).map(TopPrediction::link).toList();
    }

    private void printStability(Figures figures, TrainedModel trained) {
        if (stabilityFacts > 0) {
            Stability stability = Stability.of(trained, stabilityFacts, () -> {});
            figures.print("lipschitz", stability.lipschitz());
            figures.print("loss_steepness", stability.steepness());
            figures.print("loss_smoothness", stability.smoothness());
            figures.print("rollback.bound_log10", stability.log10Bound());
        }
    }

    private Map<String, FactInfluences[]> explain(
            List<String> wanted,
            TrainedModel trained,
            RollbackRecorder recorder,
            TopPrediction[] predictions,
            KnownFacts masked,
            Figures figures) {
        Explainers.Context context = new Explainers.Context(
                trained,
                new FactIndex(trained.facts()),
                recorder == null ? null : recorder.ledger(),
                replayMegabytes << 20,
                trained.settings().seed(),
                TrainingMonitor.NONE);
        List<Link> links = links(predictions);
        Map<String, FactInfluences[]> explanations = new LinkedHashMap<>();
        for (String method : wanted) {
            System.err.printf("%s: explaining %d predictions%n", method, links.size());
            long start = System.nanoTime();
            explanations.put(method, Explainers.named(method, context).explainAll(links));
            figures.print(
                    method + ".ms_per_explanation", (System.nanoTime() - start) / 1e6 / Math.max(1, links.size()));
        }
        if (competitors > 0) {
            explanations.put(
                    "necessary",
                    NecessaryFacts.of(
                                    trained, links, masked, competitors, 1, replayMegabytes << 20, TrainingMonitor.NONE)
                            .stream()
                            .map(NecessityExperiment::effects)
                            .toArray(FactInfluences[]::new));
        }
        return explanations;
    }

    private void printSeedFloor(Figures figures, RemovalExperiment removal, long seed) {
        double pd = 0;
        double tc = 0;
        for (int i = 1; i <= floorSeeds; i++) {
            Outcome outcome = removal.changingTheSeed(seed + i);
            pd += outcome.probabilityDrop() / floorSeeds;
            tc += outcome.topChange() / floorSeeds;
        }
        if (floorSeeds > 0) {
            figures.print("seed_change.pd", 100 * pd);
            figures.print("seed_change.tc", 100 * tc);
        }
    }

    private static void print(Figures figures, String method, String k, Outcome outcome) {
        figures.print(method + ".pd_" + k, 100 * outcome.probabilityDrop());
        figures.print(method + ".tc_" + k, 100 * outcome.topChange());
    }

    private static double mean(TopPrediction[] predictions, IntToDoubleFunction correlation) {
        return IntStream.range(0, predictions.length)
                .mapToDouble(correlation)
                .filter(c -> !Double.isNaN(c))
                .average()
                .orElse(Double.NaN);
    }

    /** The facts with the smallest hashes of (seed, key), ascending by index. */
    private static int[] sample(Facts facts, int wanted, long seed) {
        return IntStream.range(0, facts.count())
                .boxed()
                .sorted(Comparator.comparingLong(i -> CounterHash.hash(seed, facts.key(i), 1, 0)))
                .limit(wanted)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /** The methods to ask, as they are written in the registry; without their floor no table of removals means anything. */
    private List<String> knownMethods(TrainingSettings settings) {
        Set<String> known = new LinkedHashSet<>();
        for (String method : methods) {
            known.add(Explainers.names().stream()
                    .filter(name -> name.equalsIgnoreCase(method))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("--method: unknown method '%s'%s"
                            .formatted(method, Nearest.hint(method, Explainers.names())))));
        }
        if (known.contains(UNROLLED)) {
            Replay.requireReversible(settings);
        }
        known.add(FLOOR);
        return List.copyOf(known);
    }

    private static int atLeast(int least, String key, String value) {
        int parsed;
        try {
            parsed = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s must be a number or 'all', but is '%s'".formatted(key, value), e);
        }
        TrainingOptions.requireAtLeast(least, key, parsed);
        return parsed;
    }
}
