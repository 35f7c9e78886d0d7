package io.github.whylink.embedding.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.embedding.tune.Trial.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class TunerTest {
    private static final GroupedFacts GRAPH = GroupedFacts.of(24, 4);
    private static final TuningBudget TRIALS = new TuningBudget(1e6, 30);

    /** Two learning rates, of which one learns nothing. */
    private static final SearchSpace RATES = SearchSpace.defaults()
            .with("maxEpochs", Range.whole(2, 18))
            .with("learningRate", Range.oneOf(1e-6, 0.04))
            .with("initialScale", Range.decimal(0.05, 0.4))
            .fixed("learningRateSchedule", "constant")
            .fixed("embeddingDimension", 8)
            .fixed("batchSize", 16)
            .fixed("negativeSamples", 8);

    @Test
    void aUselessLearningRateDoesNotWin() {
        TuningResult result = search(RATES, 3, TRIALS);
        Trial best = result.best().orElseThrow();

        assertEquals(0.04, best.configuration().toMap().get("learningRate"));
        assertTrue(best.rung() > 0, "a promoted one is best");
        assertTrue(
                result.trials().stream().filter(trial -> trial.rung() == 2).allMatch(trial -> trial.configuration()
                        .toMap()
                        .get("learningRate")
                        .equals(0.04)),
                "the useless one is not promoted twice");
        assertTrue(best.validationMrr() > 0.8, () -> "MRR " + best.validationMrr());
        assertTrue(
                result.trials().stream().anyMatch(trial -> trial.configuration()
                        .toMap()
                        .get("learningRate")
                        .equals(1e-6)),
                "the useless one was tried");
    }

    @Test
    void onlyTheBestThirdOfARungIsTrainedThreeTimesAsLong() {
        List<List<Trial>> rungs = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int promotions = 0;
        for (Trial trial : search(RATES, 3, TRIALS).trials()) {
            assertEquals(List.of(2, 6, 18).get(trial.rung()), trial.epochs());
            if (trial.rung() > 0) {
                promotions++;
                List<Trial> below = rungs.get(trial.rung() - 1);
                double measured = below.stream()
                        .filter(lower -> lower.draw() == trial.draw())
                        .mapToDouble(Trial::validationMrr)
                        .sum();
                long better = below.stream()
                        .filter(lower -> lower.validationMrr() > measured)
                        .count();
                assertTrue(better < below.size() / 3, () -> "%d of %d were better".formatted(better, below.size()));
            }
            rungs.get(trial.rung()).add(trial);
        }
        assertTrue(promotions >= 8, "promotions " + promotions);
    }

    @Test
    void theSameSeedTriesTheSameWhateverTheConcurrencyAndHoweverFarItGets() {
        List<Trial> all = search(RATES, 3, TRIALS).trials();
        List<Trial> some = Tuner.search(
                        GRAPH.train(),
                        GRAPH.valid(),
                        GRAPH.known(),
                        RATES,
                        3,
                        new TuningBudget(1e6, 10),
                        2,
                        TuningMonitor.NONE)
                .trials();

        assertEquals(30, all.size());
        assertEquals(10, some.size());
        for (int i = 0; i < some.size(); i++) {
            assertEquals(all.get(i).configuration(), some.get(i).configuration().withConcurrency(1));
            assertEquals(all.get(i).validationMrr(), some.get(i).validationMrr());
            assertEquals(all.get(i).draw(), some.get(i).draw());
        }
        assertFalse(all.get(0)
                .configuration()
                .equals(search(RATES, 4, new TuningBudget(1e6, 1))
                        .trials()
                        .get(0)
                        .configuration()));
    }

    @Test
    void trainingTheBestConfigurationGivesTheMeasuredModelToTheBit() {
        Facts sample = RankingEvaluation.sample(GRAPH.valid(), 1000);
        for (String schedule : List.of("constant", "cosine")) {
            Trial best = search(
                            RATES.fixed("learningRateSchedule", schedule).fixed("learningRate", 0.5),
                            3,
                            new TuningBudget(1e6, 8))
                    .best()
                    .orElseThrow();
            TrainingSettings settings =
                    TunedConfiguration.of(best.configuration().toMap()).settings();
            double mrr = RankingEvaluation.of(
                            new EmbeddingModel(
                                    settings.scoringFunction(),
                                    Trainer.train(
                                            GRAPH.train(), settings, TrainingObserver.NONE, TrainingMonitor.NONE)),
                            sample,
                            GRAPH.known(),
                            1,
                            () -> {})
                    .both()
                    .mrr();

            assertEquals(best.validationMrr(), mrr, schedule);
            assertEquals(best.bestEpoch(), settings.epochs());
        }
    }

    @Test
    void theSearchEndsWithItsBudget() {
        WorkClock clock = new WorkClock();
        TuningResult result = search(RATES, 3, TuningBudget.ofSeconds(20), clock);

        assertTrue(clock.seconds() <= 20 + WorkClock.TICK, () -> "ended at " + clock.seconds());
        assertTrue(clock.seconds() > 15, () -> "ended at " + clock.seconds());
        assertEquals(clock.ended, result.trials());
        assertTrue(result.trials().stream().allMatch(trial -> trial.outcome() == Outcome.FINISHED));
    }

    @Test
    void whatCannotEndInTimeIsNotBegun() {
        SearchSpace space = RATES.fixed("learningRate", 0.2);
        double draw = search(space, 3, new TuningBudget(1e6, 1)).trials().get(0).seconds();
        double promotion =
                search(space, 3, new TuningBudget(1e6, 4)).trials().get(3).seconds();
        // A tick passes between two trials.
        double sixDrawsAndAPromotion = 6 * draw + promotion + 8 * WorkClock.TICK;
        TuningResult shorter =
                search(space, 3, TuningBudget.ofSeconds(Math.max(9 * draw, sixDrawsAndAPromotion) + 1e-3));
        TuningResult longer = search(space, 3, TuningBudget.ofSeconds(sixDrawsAndAPromotion + 3 * draw + 1e-3));

        assertEquals(List.of(0, 0, 0, 1, 0, 0, 0), rungs(shorter).subList(0, 7));
        assertFalse(rungs(shorter).subList(7, rungs(shorter).size()).contains(1));
        assertEquals(1, rungs(longer).get(7));
        assertTrue(shorter.trials().stream().allMatch(trial -> trial.outcome() == Outcome.FINISHED));
        assertTrue(longer.trials().stream().allMatch(trial -> trial.outcome() == Outcome.FINISHED));
    }

    @Test
    void aDrawThatTakesTooMuchOfTheBudgetIsBrokenOff() {
        WorkClock clock = new WorkClock();
        TuningResult result =
                search(RATES.fixed("maxEpochs", 300), 3, TuningBudget.ofSeconds(100 * WorkClock.TICK), clock);

        assertEquals(3, result.trials().size(), "once for each share of the budget, as no other draw costs less");
        assertEquals(clock.ended, result.trials());
        assertTrue(result.trials().get(0).seconds() <= 12 * WorkClock.TICK);
        assertTrue(result.trials().get(1).seconds() <= 34 * WorkClock.TICK);
        for (Trial trial : result.trials()) {
            assertEquals(Outcome.BROKEN_OFF, trial.outcome());
            assertTrue(Double.isNaN(trial.validationMrr()));
            assertTrue(trial.message().contains("may take"), trial.message());
        }
        assertTrue(result.best().isEmpty());
        assertTrue(clock.seconds() <= 101 * WorkClock.TICK);
    }

    @Test
    void whereEverythingIsSlowADrawMayTakeMoreOfTheBudget() {
        TuningResult result = search(RATES.fixed("maxEpochs", 300), 3, TuningBudget.ofSeconds(30_000 * WorkClock.TICK));

        assertEquals(Outcome.BROKEN_OFF, result.trials().get(0).outcome());
        assertTrue(result.best().orElseThrow().seconds() > 30_000 * WorkClock.TICK / 9);
    }

    @Test
    void aDivergedTrainingCountsAsZeroAndIsReported() {
        SearchSpace space = RATES.fixed("optimizer", "SGD")
                .with("learningRate", Range.oneOf(1e30, 0.2))
                .fixed("maxEpochs", 4);
        TuningResult result = search(space, 3, new TuningBudget(1e6, 8));
        List<Trial> diverged = result.trials().stream()
                .filter(trial ->
                        trial.configuration().toMap().get("learningRate").equals(1e30))
                .toList();

        assertFalse(diverged.isEmpty());
        for (Trial trial : diverged) {
            assertEquals(Outcome.DIVERGED, trial.outcome());
            assertEquals(0, trial.validationMrr());
            assertTrue(trial.message().contains("diverged"));
        }
        assertEquals(0.2, result.best().orElseThrow().configuration().toMap().get("learningRate"));
    }

    @Test
    void aSpaceOfFewConfigurationsIsSearchedToItsEndAndNoneIsDrawnTwice() {
        SearchSpace space = RATES.fixed("initialScale", 0.1).with("randomSeed", Range.whole(1, 3));
        TuningResult result = search(space, 3, TuningBudget.ofSeconds(1e6));
        List<List<Object>> drawn = result.trials().stream()
                .filter(trial -> trial.rung() == 0)
                .map(trial -> trial.configuration().toMap())
                .map(map -> List.of(map.get("randomSeed"), map.get("learningRate")))
                .toList();

        assertEquals(6, drawn.size());
        assertEquals(6, new HashSet<>(drawn).size());
    }

    @Test
    void aSearchCanBeCancelled() {
        IllegalStateException cancel = new IllegalStateException("cancelled");
        TuningMonitor monitor = new TuningMonitor() {
            private int looks;

            @Override
            public void checkCancelled() {
                if (++looks > 50) {
                    throw cancel;
                }
            }
        };

        assertSame(
                cancel,
                assertThrows(
                        IllegalStateException.class,
                        () -> Tuner.search(GRAPH.train(), GRAPH.valid(), GRAPH.known(), RATES, 3, TRIALS, 1, monitor)));
    }

    @Test
    void aSearchNeedsFactsOnBothSidesAndABudget() {
        Facts none = GRAPH.valid().select(new int[0]);

        assertThrows(
                IllegalArgumentException.class,
                () -> Tuner.search(GRAPH.train(), none, GRAPH.known(), RATES, 1, TRIALS, 1, TuningMonitor.NONE));
        assertThrows(IllegalArgumentException.class, () -> TuningBudget.ofSeconds(0));
        assertThrows(IllegalArgumentException.class, () -> new TuningBudget(1, 0));
    }

    private static List<Integer> rungs(TuningResult result) {
        return result.trials().stream().map(Trial::rung).toList();
    }

    private static TuningResult search(SearchSpace space, long seed, TuningBudget budget) {
        return search(space, seed, budget, new WorkClock());
    }

    private static TuningResult search(SearchSpace space, long seed, TuningBudget budget, WorkClock clock) {
        return Tuner.search(GRAPH.train(), GRAPH.valid(), GRAPH.known(), space, seed, budget, 1, clock, clock);
    }

    /** Goes on by a tick whenever the search asks whether it is cancelled, so that time is work. */
    private static final class WorkClock implements LongSupplier, TuningMonitor {
        static final double TICK = 0.01;

        private final List<Trial> ended = new ArrayList<>();
        private long ticks;

        @Override
        public long getAsLong() {
            return Math.round(ticks * TICK * 1e9);
        }

        @Override
        public void checkCancelled() {
            ticks++;
        }

        @Override
        public void trialEnded(Trial trial) {
            ended.add(trial);
        }

        double seconds() {
            return ticks * TICK;
        }
    }
}
