package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.train.Replay;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.ensemble.Ensemble;
import io.github.whylink.influence.faithfulness.LinearDatamodelingScore;
import io.github.whylink.influence.faithfulness.TopPrediction;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.unrolled.UnrolledExplainer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks how well explanations predict what trainings with other seeds do without many facts, and what the seed decides. */
@Command(
        name = "ensemble",
        sortOptions = false,
        description =
                "Train, take the best answers to test queries, train without random sets of facts with several seeds, "
                        + "and print the linear datamodeling score (LDS, mean over the queries, with a 95 %% interval) of influences from "
                        + "one model and averaged over the members of an ensemble: rollback, unrolled, and the ensemble's own "
                        + "(Gauss-Newton curvature, several lengths); truth_reliability, whose root bounds every score; and the share of "
                        + "test queries whose best answer stays when the seeds change, of a single model and of the ensemble.")
final class EnsembleExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(names = "--members", defaultValue = "10", description = "Models in an ensemble [${DEFAULT-VALUE}].")
    private int members;

    @Option(names = "--queries", defaultValue = "60", description = "Test queries, the first ones [${DEFAULT-VALUE}].")
    private int queries;

    @Option(names = "--sets", defaultValue = "100", description = "Random sets of facts [${DEFAULT-VALUE}].")
    private int sets;

    @Option(names = "--removed", defaultValue = "0.5", description = "Share of the facts in a set [${DEFAULT-VALUE}].")
    private double removed;

    @Option(names = "--truth-seeds", defaultValue = "5", description = "Trainings per set [${DEFAULT-VALUE}].")
    private int truthSeeds;

    @Option(
            names = "--replay-mb",
            defaultValue = "1024",
            description = "Memory for a walk back through a training [${DEFAULT-VALUE}].")
    private long replayMegabytes;

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast1("--members", members);
        TrainingOptions.requireAtLeast1("--queries", queries);
        TrainingOptions.requireAtLeast1("--truth-seeds", truthSeeds);
        if (sets < 2) {
            throw new IllegalArgumentException("--sets must be at least 2, but is " + sets);
        }
        if (!(removed > 0 && removed < 1)) {
            throw new IllegalArgumentException("--removed must be above 0 and below 1, but is " + removed);
        }
        Replay.requireReversible(settings);
        Dataset data = training.dataset();
        Facts facts = data.train();
        KnownFacts known = KnownFacts.of(facts);
        Figures figures = new Figures(System.out);
        TrainedModel first = TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        List<Link> links = Arrays.stream(TopPrediction.of(first.model(), data.test(), known))
                .limit(queries)
                .map(TopPrediction::link)
                .toList();
        figures.print("queries", links.size());

        System.err.printf("training %d times without random facts%n", sets * truthSeeds);
        // Far from the seeds of the members: a truth that knows a member's seed would favour it.
        long[] seeds = LongStream.range(0, truthSeeds)
                .map(i -> settings.seed() + 1_000_000 + i)
                .toArray();
        LinearDatamodelingScore truth = LinearDatamodelingScore.measure(
                facts, settings, links, removed, sets, seeds, settings.seed(), settings.concurrency());
        figures.print("truth_reliability", truth.reliability());

        System.err.printf("training and explaining with %d members%n", members);
        Ensemble ensemble = Ensemble.train(facts, settings, members, TrainingMonitor.NONE);
        Ensemble.Influences[] explained = ensemble.explain(links, TrainingMonitor.NONE);
        print(
                figures,
                "ensemble",
                truth,
                Arrays.stream(explained).map(Ensemble.Influences::mean).toArray(FactInfluences[]::new));
        double[][] rollback = new double[links.size()][facts.count()];
        double[][] unrolled = new double[links.size()][facts.count()];
        for (TrainedModel member : ensemble.members()) {
            add(rollback(member, links), rollback);
            add(new UnrolledExplainer(member, replayMegabytes << 20, TrainingMonitor.NONE).explainAll(links), unrolled);
            if (member.settings().seed() == settings.seed()) {
                print(figures, "rollback_1", truth, FactInfluences.ofAll(copy(rollback)));
                print(figures, "unrolled_1", truth, FactInfluences.ofAll(copy(unrolled)));
            }
        }
        print(figures, "rollback_" + members, truth, FactInfluences.ofAll(rollback));
        print(figures, "unrolled_" + members, truth, FactInfluences.ofAll(unrolled));

        Ensemble other =
                Ensemble.train(facts, settings.withSeed(settings.seed() + 2_000_000), members, TrainingMonitor.NONE);
        printStability(figures, data, known, ensemble, other);
        return 0;
    }

    private static FactInfluences[] rollback(TrainedModel member, List<Link> links) {
        TrainingSettings settings = member.settings();
        RollbackRecorder recorder =
                RollbackRecorder.of(member.facts(), settings.entityWidth(), settings.relationWidth());
        TrainedModel recorded = TrainedModel.train(member.facts(), settings, recorder, TrainingMonitor.NONE);
        return new RollbackExplainer(
                        recorded.model(), member.facts(), new FactIndex(member.facts()), recorder.ledger(), () -> {})
                .explainAll(links);
    }

    private static void add(FactInfluences[] influences, double[][] sums) {
        for (int k = 0; k < sums.length; k++) {
            for (int i = 0; i < influences[k].count(); i++) {
                sums[k][influences[k].fact(i)] += influences[k].influence(i);
            }
        }
    }

    private static double[][] copy(double[][] rows) {
        return Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new);
    }

    private static void print(Figures figures, String method, LinearDatamodelingScore truth, FactInfluences[] claimed) {
        double[] scores = new double[claimed.length];
        for (int k = 0; k < scores.length; k++) {
            scores[k] = truth.of(k, claimed[k]);
        }
        double mean = Arrays.stream(scores).average().orElse(Double.NaN);
        double squares = Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).sum();
        figures.print(method + ".lds", mean);
        figures.print(method + ".lds_interval", 1.96 * Math.sqrt(squares / (scores.length - 1) / scores.length));
    }

    /** The share of test queries that two models, or two ensembles, of different seeds answer alike. */
    private static void printStability(Figures figures, Dataset data, KnownFacts known, Ensemble one, Ensemble other) {
        Ensemble singleOne = new Ensemble(one.members().subList(0, 1));
        Ensemble singleOther = new Ensemble(other.members().subList(0, 1));
        Facts test = data.test();
        int alike = 0;
        int singlesAlike = 0;
        for (int i = 0; i < test.count(); i++) {
            int head = test.head(i);
            int relation = test.relation(i);
            alike += one.best(head, relation, known) == other.best(head, relation, known) ? 1 : 0;
            singlesAlike += singleOne.best(head, relation, known) == singleOther.best(head, relation, known) ? 1 : 0;
        }
        figures.print("stays.single", (double) singlesAlike / test.count());
        figures.print("stays.ensemble", (double) alike / test.count());
    }
}
