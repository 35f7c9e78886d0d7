package io.github.whylink.embedding.tune;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.EarlyStopping;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingDivergedException;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.embedding.tune.Trial.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Searches a space for the configuration with the best validation MRR: random draws and successive halving, within a
 * budget of seconds.
 *
 * <pre>
 * rung k trains e_k epochs:  e_0 = the least of the space,  e_(k+1) = min(3·e_k, the most of the space)
 * until the budget is spent
 *   if of the n trials of a rung, highest rung first, one of the best ⌊n / 3⌋ was not promoted: train it on the next rung
 *   else: train the next draw of the space on rung 0
 * </pre>
 *
 * <p>So about as many epochs are spent on each rung, and there is an answer at any time. How many draws the budget allows
 * need not be known, as promotion does not wait until a rung is full. Sources: Jamieson and Talwalkar, "Non-stochastic
 * best arm identification and hyperparameter optimization", AISTATS 2016, arXiv 1502.07943, algorithm 1; promotion one
 * by one as in Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020, arXiv 1810.05934, algorithm
 * 2, with one worker.
 *
 * <p><b>Measure.</b> The filtered MRR of both sides on at most 1,000 validation facts. With a learning rate that does not
 * depend on the number of epochs, it is taken up to five times in a training and the best epoch counts; with schedules
 * that end with the last epoch, it is taken there. Either way, training the best configuration for its {@code maxEpochs}
 * gives the measured parameters to the bit. A promoted training starts again from its seed.
 *
 * <p><b>Cost.</b> The epochs of a training tell its seconds per epoch. A promotion that would not end in time is not
 * begun; a draw is broken off as soon as it is clear that its first rung takes more than a ninth of the budget, or does not
 * end in time. A draw with the same model and regime, at least as many dimensions and negatives and no larger batches than
 * one that was broken off is not begun, and none is when less time is left than the shortest one took. If everything is
 * too slow, a draw may take three times as long.
 *
 * <p><b>Determinism.</b> What is tried, in which order, and every measure follow from the facts, the space and the seed,
 * whatever the concurrency. How far the search gets, and what is too expensive for it, depends on the clock. With a budget
 * that ends by its number of trials, nothing does.
 */
public final class Tuner {
    /** Of so many trials one is promoted, and trained so many times as long. */
    private static final int FACTOR = 3;

    private static final int VALIDATION_FACTS = 1_000;

    /** How often a training is measured. */
    private static final int VALIDATIONS = 5;

    /** Which part of the budget the first rung of a draw may take. */
    private static final int DRAWS_AT_LEAST = 9;

    /** Where so many draws in a row were drawn before, the space holds hardly another one. */
    private static final int REPEATED_DRAWS = 100;

    /** Which part of its time a training may take before it is judged by what it has taken. */
    private static final int ENOUGH_TO_JUDGE = 4;

    private static final double NANOSECONDS = 1e9;

    private static final Comparator<Trial> BEST_FIRST = Comparator.comparingDouble(Trial::validationMrr)
            .reversed()
            .thenComparingInt(Trial::bestEpoch)
            .thenComparingInt(Trial::number);

    private final Facts facts;
    private final Facts validation;
    private final KnownFacts known;
    private final SearchSpace space;
    private final long seed;
    private final TuningBudget budget;
    private final int concurrency;
    private final TuningMonitor monitor;
    private final LongSupplier clock;
    private final long start;
    private final int[] epochsOfRung;
    private final List<List<Trial>> rungs = new ArrayList<>();
    private final List<Set<Long>> promoted = new ArrayList<>();
    private final List<Trial> trials = new ArrayList<>();
    private final Set<Map<String, Object>> drawn = new HashSet<>();
    private final List<TrainingSettings> tooSlow = new ArrayList<>();
    private long nextDraw;
    private double shortestDraw;
    private double mostOfDraw;

    private Tuner(
            Facts facts,
            Facts validation,
            KnownFacts known,
            SearchSpace space,
            long seed,
            TuningBudget budget,
            int concurrency,
            TuningMonitor monitor,
            LongSupplier clock) {
        this.facts = facts;
        this.validation = RankingEvaluation.sample(validation, VALIDATION_FACTS);
        this.known = known;
        this.space = space;
        this.seed = seed;
        this.budget = budget;
        this.concurrency = concurrency;
        this.monitor = monitor;
        this.clock = clock;
        start = clock.getAsLong();
        mostOfDraw = budget.seconds() / DRAWS_AT_LEAST;
        epochsOfRung = epochsOfRungs(space.leastEpochs(), space.mostEpochs());
        for (int rung = 0; rung < epochsOfRung.length; rung++) {
            rungs.add(new ArrayList<>());
            promoted.add(new HashSet<>());
        }
    }

    /**
     * Searches.
     *
     * @param facts to train on
     * @param validation facts to measure by, over the same entities and relations
     * @param known facts that filtered ranking leaves out: those of training and validation
     * @param seed of the draws; that of the trainings is the space's {@code randomSeed}
     * @param concurrency threads of each training and ranking; no result but the seconds depends on it
     * @throws IllegalArgumentException if there is no fact on one of the two sides, or nothing in the space goes together
     */
    public static TuningResult search(
            Facts facts,
            Facts validation,
            KnownFacts known,
            SearchSpace space,
            long seed,
            TuningBudget budget,
            int concurrency,
            TuningMonitor monitor) {
        return search(facts, validation, known, space, seed, budget, concurrency, monitor, System::nanoTime);
    }

    /**
     * Searches by another clock.
     *
     * @param clock nanoseconds from any origin; read by the thread that searches
     */
    static TuningResult search(
            Facts facts,
            Facts validation,
            KnownFacts known,
            SearchSpace space,
            long seed,
            TuningBudget budget,
            int concurrency,
            TuningMonitor monitor,
            LongSupplier clock) {
        if (facts.count() == 0 || validation.count() == 0) {
            throw new IllegalArgumentException(
                    "tuning needs facts to train on and facts to validate by, there are %d and %d"
                            .formatted(facts.count(), validation.count()));
        }
        return new Tuner(facts, validation, known, space, seed, budget, concurrency, monitor, clock).run();
    }

    /** {@code least, 3·least, 9·least, …}, the last one cut to {@code most}. */
    static int[] epochsOfRungs(int least, int most) {
        List<Integer> epochs = new ArrayList<>(List.of(least));
        long next = (long) FACTOR * least;
        while (epochs.get(epochs.size() - 1) < most) {
            epochs.add((int) Math.min(next, most));
            next *= FACTOR;
        }
        return epochs.stream().mapToInt(Integer::intValue).toArray();
    }

    private TuningResult run() {
        while (trials.size() < budget.trials() && secondsLeft() > 0) {
            monitor.checkCancelled();
            Optional<Trial> better = promotable();
            if (better.isPresent()) {
                Trial from = better.get();
                int rung = from.rung() + 1;
                promoted.get(from.rung()).add(from.draw());
                train(from.draw(), rung, from.configuration().withEpochs(epochsOfRung[rung]), secondsLeft());
                continue;
            }
            Optional<TunedConfiguration> fresh = secondsLeft() >= shortestDraw ? freshDraw() : Optional.empty();
            if (fresh.isPresent()) {
                double most = Math.min(secondsLeft(), mostOfDraw);
                train(nextDraw - 1, 0, fresh.get().withConcurrency(concurrency), most);
            } else if (tooSlow.isEmpty() || best().isPresent() || mostOfDraw >= budget.seconds()) {
                break;
            } else {
                // All is too slow: fewer draws that may take longer, so that there is an answer if there can be one.
                mostOfDraw *= FACTOR;
                tooSlow.clear();
                drawn.clear();
                nextDraw = 0;
            }
        }
        return new TuningResult(List.copyOf(trials), best());
    }

    /** The best trial that deserves the next rung and would end in time, from the highest rung that has one. */
    private Optional<Trial> promotable() {
        for (int rung = rungs.size() - 2; rung >= 0; rung--) {
            List<Trial> ranked = rungs.get(rung).stream().sorted(BEST_FIRST).toList();
            for (Trial trial : ranked.subList(0, ranked.size() / FACTOR)) {
                boolean waits = trial.outcome() == Outcome.FINISHED
                        && !promoted.get(rung).contains(trial.draw());
                if (waits && trial.seconds() / trial.epochs() * epochsOfRung[rung + 1] <= secondsLeft()) {
                    return Optional.of(trial);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The next draw that was not drawn before and is not known to take too long, whose index is then {@code nextDraw - 1};
     * empty if there is hardly one.
     */
    private Optional<TunedConfiguration> freshDraw() {
        for (int repeated = 0; repeated < REPEATED_DRAWS; repeated++) {
            TunedConfiguration configuration = space.draw(seed, nextDraw++);
            boolean slow = tooSlow.stream().anyMatch(other -> costsAtLeast(configuration.settings(), other));
            if (!slow && drawn.add(configuration.toMap())) {
                return Optional.of(configuration);
            }
        }
        return Optional.empty();
    }

    /** Whether an epoch with these settings is no less work than with others of the same kind. */
    private static boolean costsAtLeast(TrainingSettings settings, TrainingSettings other) {
        return settings.scoringFunction().name().equals(other.scoringFunction().name())
                && settings.negatives().regime() == other.negatives().regime()
                && settings.negatives().sides() == other.negatives().sides()
                && settings.negatives().count() >= other.negatives().count()
                && settings.dimension() >= other.dimension()
                && settings.batchSize() <= other.batchSize();
    }

    /**
     * Trains, measures and notes what came of it.
     *
     * @param most seconds that it may take
     */
    private void train(long draw, int rung, TunedConfiguration configuration, double most) {
        Watch watch = new Watch(most);
        TrainingSettings settings = configuration.settings();
        int epochs = settings.epochs();
        Trial trial;
        try {
            TrainingResult result = Trainer.trainValidated(
                    facts,
                    settings,
                    new EarlyStopping(validateEvery(settings), VALIDATIONS),
                    parameters -> RankingEvaluation.of(
                                    new EmbeddingModel(settings.scoringFunction(), parameters),
                                    validation,
                                    known,
                                    concurrency,
                                    watch::checkCancelled)
                            .both()
                            .mrr(),
                    TrainingObserver.NONE,
                    watch);
            double mrr = result.curve().get(result.bestEpoch() - 1).validation();
            trial = new Trial(
                    trials.size(),
                    draw,
                    rung,
                    configuration.withEpochs(result.bestEpoch()),
                    epochs,
                    Outcome.FINISHED,
                    mrr,
                    watch.seconds(),
                    "");
            if (rung == 0) {
                shortestDraw = shortestDraw == 0 ? trial.seconds() : Math.min(shortestDraw, trial.seconds());
            }
        } catch (TrainingDivergedException e) {
            trial = failed(draw, rung, configuration, Outcome.DIVERGED, 0, watch, e.getMessage());
        } catch (TooSlowException e) {
            if (rung == 0) {
                tooSlow.add(settings);
            }
            trial = failed(draw, rung, configuration, Outcome.BROKEN_OFF, Double.NaN, watch, e.getMessage());
        }
        if (trial.outcome() != Outcome.BROKEN_OFF) {
            rungs.get(rung).add(trial);
        }
        trials.add(trial);
        monitor.trialEnded(trial);
    }

    private Trial failed(
            long draw,
            int rung,
            TunedConfiguration configuration,
            Outcome outcome,
            double mrr,
            Watch watch,
            String message) {
        int epochs = configuration.settings().epochs();
        return new Trial(trials.size(), draw, rung, configuration, epochs, outcome, mrr, watch.seconds(), message);
    }

    /** A schedule that ends with the last epoch is another one with fewer epochs: only its end can be had again. */
    private static int validateEvery(TrainingSettings settings) {
        String schedule = settings.optimizer().learningRate().schedule();
        boolean endsWithEpochs = schedule.equals("linear") || schedule.equals("cosine");
        return endsWithEpochs ? settings.epochs() : (settings.epochs() + VALIDATIONS - 1) / VALIDATIONS;
    }

    private Optional<Trial> best() {
        return trials.stream()
                .filter(trial -> trial.outcome() == Outcome.FINISHED)
                .min(BEST_FIRST);
    }

    private double secondsLeft() {
        return budget.seconds() - (clock.getAsLong() - start) / NANOSECONDS;
    }

    /** Breaks a training off when it is clear that it takes too long. */
    private final class Watch implements TrainingMonitor {
        private final long begun = clock.getAsLong();
        private final double most;

        Watch(double most) {
            this.most = most;
        }

        double seconds() {
            return (clock.getAsLong() - begun) / NANOSECONDS;
        }

        @Override
        public void checkCancelled() {
            monitor.checkCancelled();
            double seconds = seconds();
            if (seconds > most) {
                throw new TooSlowException("took more than the %.1f s that it may take".formatted(most));
            }
        }

        @Override
        public void epochFinished(int epoch, int epochs, double meanLoss) {
            double seconds = seconds();
            double expected = seconds / epoch * epochs;
            // The first epochs of a virtual machine are slow, so that too little time says nothing yet.
            if (expected > most && seconds > most / ENOUGH_TO_JUDGE) {
                throw new TooSlowException(
                        "would take about %.1f s, more than the %.1f s that it may take".formatted(expected, most));
            }
        }
    }

    /** Ends a training from within; never leaves the search. */
    private static final class TooSlowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooSlowException(String message) {
            super(message);
        }
    }
}
