package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.NeighbourhoodExplainer;
import io.github.whylink.influence.faithfulness.LeaveOneOut;
import io.github.whylink.influence.faithfulness.RemovalExperiment;
import io.github.whylink.influence.faithfulness.RemovalExperiment.Outcome;
import io.github.whylink.influence.faithfulness.TopPrediction;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                + "per method pd_K and tc_K, loo_spearman_all and loo_spearman_shared; beside them the floors "
                + "neighbourhood (random facts that share a row) and seed_change; and mrr_tail of the model.")
final class FaithfulnessExperiment implements Callable<Integer> {
    private static final List<String> METHODS = List.of("rollback", "neighbourhood");

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--method",
            split = ",",
            defaultValue = "rollback,neighbourhood",
            description = "Of rollback, neighbourhood [${DEFAULT-VALUE}].")
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

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        requireKnownMethods();
        int[] ks = sizes.stream()
                .mapToInt(k -> "all".equals(k) ? RemovalExperiment.ALL : atLeast(1, "--k", k))
                .toArray();
        int wantedQueries = "all".equals(queries) ? Integer.MAX_VALUE : atLeast(1, "--queries", queries);
        int wantedFacts = "all".equals(looFacts) ? Integer.MAX_VALUE : atLeast(0, "--loo-facts", looFacts);
        Dataset data = training.dataset();
        Facts facts = data.train();
        Facts test = data.test().select(sample(data.test(), wantedQueries, settings.seed()));
        Figures figures = new Figures(System.out);

        RollbackRecorder recorder = RollbackRecorder.of(
                facts,
                settings.scoringFunction().entityWidth(settings.dimension()),
                settings.scoringFunction().relationWidth(settings.dimension()));
        Parameters parameters = Trainer.train(facts, settings, recorder, TrainingOptions.printingTo(System.err));
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
        figures.print(
                "mrr_tail",
                RankingEvaluation.of(model, data.test(), data.known(), settings.concurrency(), () -> {})
                        .tail()
                        .mrr());
        KnownFacts masked = data.knownBeforeTest();
        TopPrediction[] predictions = TopPrediction.of(model, test, masked);
        figures.print("queries", predictions.length);

        Map<String, FactInfluences[]> explanations = explain(model, facts, recorder, settings, predictions);
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
        if (wantedFacts > 0) {
            int[] sampled = sample(facts, wantedFacts, settings.seed());
            System.err.printf("leaving out %d facts one by one%n", sampled.length);
            figures.print("loo_facts", sampled.length);
            LeaveOneOut truth = LeaveOneOut.measure(facts, settings, sampled, predictions, settings.concurrency());
            explanations.forEach((method, explained) -> {
                figures.print(
                        method + ".loo_spearman_all", mean(predictions, i -> truth.spearmanOverAll(i, explained[i])));
                figures.print(
                        method + ".loo_spearman_shared",
                        mean(predictions, i -> truth.spearmanOverShared(i, explained[i])));
            });
        }
        return 0;
    }

    private Map<String, FactInfluences[]> explain(
            EmbeddingModel model,
            Facts facts,
            RollbackRecorder recorder,
            TrainingSettings settings,
            TopPrediction[] predictions) {
        FactIndex index = new FactIndex(facts);
        List<Explainer> explainers = new ArrayList<>();
        if (methods.contains("rollback")) {
            explainers.add(new RollbackExplainer(model, facts, index, recorder.ledger(), () -> {}));
        }
        // Without its floor no table of removals means anything.
        explainers.add(new NeighbourhoodExplainer(facts, index, settings.seed()));
        Map<String, FactInfluences[]> explanations = new LinkedHashMap<>();
        for (Explainer explainer : explainers) {
            explanations.put(
                    explainer.name(),
                    Arrays.stream(predictions)
                            .map(prediction -> explainer.explain(prediction.link()))
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

    private void requireKnownMethods() {
        for (String method : methods) {
            if (!METHODS.contains(method)) {
                throw new IllegalArgumentException(
                        "--method: unknown method '%s'; known are %s".formatted(method, METHODS));
            }
        }
    }

    private static int atLeast(int least, String key, String value) {
        try {
            int parsed = Integer.parseInt(value);
            if (parsed >= least) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s must be a number or 'all', but is '%s'".formatted(key, value), e);
        }
        throw new IllegalArgumentException("%s must be at least %d, but is %s".formatted(key, least, value));
    }
}
