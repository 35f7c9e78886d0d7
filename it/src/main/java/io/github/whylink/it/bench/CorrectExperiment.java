package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.Filtering;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.Ties;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.correction.EditedModel;
import io.github.whylink.influence.correction.FineTuningCorrection;
import io.github.whylink.influence.correction.RollbackCorrection;
import io.github.whylink.influence.correction.StepCorrection;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks how many wrong predictions can be corrected, and what that does to others. */
@Command(
        name = "correct",
        sortOptions = false,
        description =
                "Train, take test queries (h, r, ?) whose answer is ranked behind others, and correct each in a copy of the model: "
                        + "by steps on the fact, by rolling back the facts that speak against it, and by training a little more "
                        + "on the facts that support it most. Prints per remedy fixed_%% (the "
                        + "answer is then ranked first), ms, steps or facts (medians over those that are fixed), and what became of the "
                        + "filtered MRR of other test facts, both sides: mrr_change (mean over the corrections) and "
                        + "mrr_change_worst.")
final class CorrectExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(names = "--queries", defaultValue = "100", description = "Predictions to correct [${DEFAULT-VALUE}].")
    private int queries;

    @Option(names = "--others", defaultValue = "200", description = "Other test facts to rank [${DEFAULT-VALUE}].")
    private int others;

    @Option(
            names = "--worst-rank",
            defaultValue = "100",
            description = "The right answer is ranked from 2 to this [${DEFAULT-VALUE}].")
    private int worstRank;

    @Option(names = "--steps", defaultValue = "5", description = "At most so many steps [${DEFAULT-VALUE}].")
    private int steps;

    @Option(
            names = "--facts",
            defaultValue = "50",
            description = "At most so many facts rolled back [${DEFAULT-VALUE}].")
    private int mostFacts;

    @Option(
            names = "--tuned-facts",
            defaultValue = "10",
            description = "At most so many facts trained on a little more [${DEFAULT-VALUE}].")
    private int tunedFacts;

    @Option(
            names = "--tuning-steps",
            defaultValue = "50",
            description = "At most so many steps on these [${DEFAULT-VALUE}].")
    private int tuningSteps;

    private record Outcome(EditedModel edited, boolean fixed, int effort) {}

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast1("--queries", queries);
        TrainingOptions.requireAtLeast1("--others", others);
        TrainingOptions.requireAtLeast1("--steps", steps);
        TrainingOptions.requireAtLeast1("--facts", mostFacts);
        TrainingOptions.requireAtLeast1("--tuned-facts", tunedFacts);
        TrainingOptions.requireAtLeast1("--tuning-steps", tuningSteps);
        if (worstRank < 2) {
            throw new IllegalArgumentException("--worst-rank must be at least 2, but is " + worstRank);
        }
        Dataset data = training.dataset();
        Facts facts = data.train();
        Facts test = data.test();
        RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
        Parameters parameters = Trainer.train(facts, settings, recorder, TrainingOptions.printingTo(System.err));
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
        RankingEvaluation before = evaluate(model, test, data.known());
        Figures figures = new Figures(System.out);
        figures.print("mrr", before.both().mrr());

        int[] shuffled = IntStream.range(0, test.count())
                .boxed()
                .sorted(Comparator.comparingLong(i -> CounterHash.hash(settings.seed(), 0, i, 0)))
                .mapToInt(i -> i)
                .toArray();
        int[] wrong = Arrays.stream(shuffled)
                .filter(i -> {
                    double rank = before.rank(i, Side.TAIL, Filtering.FILTERED, Ties.REALISTIC);
                    return rank >= 2 && rank <= worstRank;
                })
                .limit(queries)
                .toArray();
        Facts rest = test.select(Arrays.stream(shuffled)
                .filter(i -> Arrays.stream(wrong).noneMatch(w -> w == i))
                .limit(others)
                .toArray());
        figures.print("queries", wrong.length);
        // The other splits too: an answer that is known to be right is no wrong one.
        KnownFacts known = data.known();
        correct(
                "steps",
                link -> {
                    StepCorrection.Corrected corrected = StepCorrection.correct(model, link, known, steps);
                    return new Outcome(corrected.edited(), corrected.fixed(), corrected.steps());
                },
                model,
                test.select(wrong),
                rest,
                known,
                figures);
        FactIndex index = new FactIndex(facts);
        RollbackCorrection rollback = new RollbackCorrection(model, facts, index, recorder.ledger(), known);
        correct(
                "rollback",
                link -> {
                    RollbackCorrection.Corrected corrected = rollback.correct(link, mostFacts);
                    return new Outcome(
                            corrected.edited(),
                            corrected.fixed(),
                            corrected.facts().size());
                },
                model,
                test.select(wrong),
                rest,
                known,
                figures);
        FineTuningCorrection fineTuning = new FineTuningCorrection(
                new TrainedModel(model, facts, settings, settings.epochs()), index, known, TrainingMonitor.NONE);
        correct(
                "finetuning",
                link -> {
                    FineTuningCorrection.Corrected corrected = fineTuning.correct(link, tunedFacts, tuningSteps);
                    return new Outcome(corrected.edited(), corrected.fixed(), corrected.steps());
                },
                model,
                test.select(wrong),
                rest,
                known,
                figures);
        return 0;
    }

    private void correct(
            String remedy,
            Function<Link, Outcome> correction,
            EmbeddingModel model,
            Facts wrong,
            Facts rest,
            KnownFacts known,
            Figures figures) {
        System.err.printf("%s: correcting %d predictions%n", remedy, wrong.count());
        double mrr = evaluate(model, rest, known).both().mrr();
        int fixed = 0;
        List<Double> efforts = new ArrayList<>();
        double[] milliseconds = new double[wrong.count()];
        double[] changes = new double[wrong.count()];
        for (int i = 0; i < wrong.count(); i++) {
            long start = System.nanoTime();
            Outcome outcome = correction.apply(new Link(wrong.head(i), wrong.relation(i), wrong.tail(i)));
            milliseconds[i] = (System.nanoTime() - start) / 1e6;
            if (outcome.fixed) {
                fixed++;
                efforts.add((double) outcome.effort);
            }
            changes[i] = evaluate(outcome.edited.model(), rest, known).both().mrr() - mrr;
        }
        figures.print(remedy + ".fixed_%", 100.0 * fixed / wrong.count());
        figures.print(
                remedy + ".effort_median",
                median(efforts.stream().mapToDouble(e -> e).toArray()));
        figures.print(remedy + ".ms", median(milliseconds));
        figures.print(remedy + ".mrr_change", Arrays.stream(changes).average().orElse(Double.NaN));
        figures.print(remedy + ".mrr_change_worst", Arrays.stream(changes).min().orElse(Double.NaN));
    }

    private RankingEvaluation evaluate(EmbeddingModel model, Facts of, KnownFacts known) {
        return RankingEvaluation.of(model, of, known, training.settings().concurrency(), () -> {});
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
