package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
                        + "test queries whose best answer stays when the seeds change, of a single model and of the ensemble, mean over all "
                        + "pairs: stays where the training facts are known, stays_filtered where only the test fact is not and nothing "
                        + "leads to itself.")
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
            names = "--others",
            defaultValue = "3",
            description = "Ensembles of other seeds, to see what stays [${DEFAULT-VALUE}].")
    private int others;

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
        TrainingOptions.requireAtLeast1("--others", others);
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

        List<Ensemble> ensembles = new ArrayList<>(List.of(ensemble));
        for (int i = 1; i <= others; i++) {
            ensembles.add(Ensemble.train(
                    facts, settings.withSeed(settings.seed() + 2_000_000L * i), members, TrainingMonitor.NONE));
        }
        List<Ensemble> singles = ensembles.stream()
                .map(one -> new Ensemble(one.members().subList(0, 1)))
                .toList();
        print(
                figures,
                "stays",
                data.test(),
                singles,
                ensembles,
                (head, relation, tail) -> known.known(Side.TAIL, head, relation));
        KnownFacts all = data.known();
        print(figures, "stays_filtered", data.test(), singles, ensembles, (head, relation, tail) -> IntStream.concat(
                        Arrays.stream(all.known(Side.TAIL, head, relation)).filter(answer -> answer != tail),
                        IntStream.of(head).filter(itself -> itself != tail))
                .sorted()
                .toArray());
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

    private static void print(
            Figures figures,
            String name,
            Facts test,
            List<Ensemble> singles,
            List<Ensemble> ensembles,
            Excluded excluded) {
        figures.print(name + ".single", alike(test, singles, excluded));
        figures.print(name + ".ensemble", alike(test, ensembles, excluded));
    }

    /** The share of test queries that two of them answer alike, mean over all pairs. */
    private static double alike(Facts test, List<Ensemble> asked, Excluded excluded) {
        int[][] best = new int[asked.size()][test.count()];
        for (int i = 0; i < test.count(); i++) {
            int[] no = excluded.of(test.head(i), test.relation(i), test.tail(i));
            for (int a = 0; a < best.length; a++) {
                best[a][i] = asked.get(a).best(test.head(i), test.relation(i), no);
            }
        }
        long alike = 0;
        for (int one = 0; one < best.length; one++) {
            for (int other = one + 1; other < best.length; other++) {
                int[] first = best[one];
                int[] second = best[other];
                alike += IntStream.range(0, test.count())
                        .filter(i -> first[i] == second[i])
                        .count();
            }
        }
        return alike / (test.count() * (best.length * (best.length - 1) / 2.0));
    }

    /** The entities that are no answers to the query of a test fact, ascending. */
    private interface Excluded {
        int[] of(int head, int relation, int tail);
    }
}
