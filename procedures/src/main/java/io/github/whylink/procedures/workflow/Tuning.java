package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.tune.SearchSpace;
import io.github.whylink.embedding.tune.Trial;
import io.github.whylink.embedding.tune.Trial.Outcome;
import io.github.whylink.embedding.tune.Tuner;
import io.github.whylink.embedding.tune.TuningMonitor;
import io.github.whylink.embedding.tune.TuningResult;
import io.github.whylink.procedures.config.TuneConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Selection;
import io.github.whylink.procedures.result.TuneRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.workflow.Training.Prepared;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.tune}: graph to facts, facts to many models that are measured and thrown away, the best of them to the map that
 * trains it. Writes nothing.
 *
 * <p>The facts are split as {@code whylink.train} splits them, by the same seed: those that it will hold out are neither trained
 * on nor measured here, so that its figures are those of facts without a say in the search.
 */
public final class Tuning {
    private static final Comparator<Trial> BEST_FIRST = Comparator.comparingDouble(Trial::validationMrr)
            .reversed()
            .thenComparingInt(Trial::bestEpoch)
            .thenComparingInt(Trial::number);

    private final GraphDatabaseService database;
    private final InnerTransactions transactions;
    private final TerminationGuard guard;

    public Tuning(GraphDatabaseService database, TerminationGuard guard) {
        this.database = database;
        transactions = new InnerTransactions(database);
        this.guard = guard;
    }

    /** One row for each of the best configurations, the best first; in the background, a row that names the job. */
    public Stream<TuneRow> run(Map<String, Object> configuration) {
        TuneConfiguration request = TuneConfiguration.of(configuration);
        transactions.read(transaction -> {
            Selection.of(request.fixed()).requireKnown(transaction);
            return null;
        });
        if (request.background()) {
            Job begun = Jobs.OF_THIS_SERVER.tuneInBackground(
                    database.databaseName(),
                    job -> search(request, job, new BackgroundCheck(database, job, "search")).stream()
                            .map(TuneRow::toMap)
                            .toList());
            return Stream.of(new TuneRow(begun.id()));
        }
        return Jobs.OF_THIS_SERVER
                .tuned(
                        database.databaseName(),
                        job -> search(request, job, () -> {
                            guard.check();
                            job.checkCancelled();
                        }))
                .stream();
    }

    private List<TuneRow> search(TuneConfiguration request, Job job, Runnable check) {
        Prepared prepared = Prepared.anew(transactions, request.fixed(), request.needsClasses(), check);
        Projection graph = prepared.graph();
        HeldOutSplit split = prepared.split();
        SearchSpace space = request.space(prepared.facts());
        request.examples(space).forEach(example -> {
            if (!request.sudo()) {
                prepared.memory(example).require(Runtime.getRuntime().maxMemory());
            }
        });
        job.enter(Phase.TUNING, "training for the first time");
        Facts seen = graph.facts()
                .select(IntStream.concat(IntStream.of(split.training()), IntStream.of(split.validation()))
                        .sorted()
                        .toArray());
        TuningResult result = Tuner.search(
                prepared.facts(),
                graph.facts().select(split.validation()),
                KnownFacts.of(seen),
                space,
                request.fixed().settings().seed(),
                request.budget(),
                request.fixed().settings().concurrency(),
                new Progress(job, check, request.budget().seconds()));
        if (result.best().isEmpty()) {
            throw new IllegalStateException(
                    "no training of the search came to an end within %.0f s: raise 'budgetSeconds', or give smaller values to 'embeddingDimension' or 'maxEpochs'"
                            .formatted(request.budget().seconds()));
        }
        return rows(request, result);
    }

    /** Of the trainings of one draw, the best one stands for it. */
    private static List<TuneRow> rows(TuneConfiguration request, TuningResult result) {
        List<Trial> finished = result.trials().stream()
                .filter(trial -> trial.outcome() == Outcome.FINISHED)
                .sorted(BEST_FIRST)
                .toList();
        Set<Long> drawn = new HashSet<>();
        List<TuneRow> rows = new ArrayList<>();
        for (Trial trial : finished) {
            if (rows.size() < request.topK() && drawn.add(trial.draw())) {
                rows.add(new TuneRow(
                        rows.size() + 1L,
                        trial,
                        request.trainable(trial.configuration()),
                        result.trials().size()));
            }
        }
        return rows;
    }

    /** Tells the job how far the search is, and stops it when the user does. */
    private static final class Progress implements TuningMonitor {
        private final Job job;
        private final Runnable check;
        private final double budgetSeconds;
        private final Stopwatch watch = new Stopwatch();
        private double seconds;
        private int trainings;
        private Double best;

        Progress(Job job, Runnable check, double budgetSeconds) {
            this.job = job;
            this.check = check;
            this.budgetSeconds = budgetSeconds;
        }

        @Override
        public void checkCancelled() {
            check.run();
        }

        @Override
        public void trialEnded(Trial trial) {
            trainings++;
            seconds += watch.lap() / 1_000.0;
            if (trial.outcome() == Outcome.FINISHED && (best == null || trial.validationMrr() > best)) {
                best = trial.validationMrr();
            }
            job.tried(trainings, best, seconds, budgetSeconds);
        }
    }
}
