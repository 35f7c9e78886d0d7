package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReplayTest {
    private static final int EPOCHS = 2;
    private static final long PLENTY = 1L << 30;

    /** Forces the smallest segments, divided again and again. */
    private static final long NOTHING = 0;

    /** Enough for a few steps in a segment. */
    private static final long LITTLE = 60_000;

    private final Facts facts = RandomFacts.of(50, 12, 3, 8);

    static List<Arguments> trainings() {
        List<Arguments> trainings = new ArrayList<>();
        for (String optimizer : List.of("SGD", "Adagrad", "RowAdagrad")) {
            for (Regime regime : Regime.values()) {
                for (int batchSize : new int[] {1, 7, 1000}) {
                    trainings.add(Arguments.of(optimizer, regime, batchSize));
                }
            }
        }
        return trainings;
    }

    private static TrainingSettings settings(String optimizer, Regime regime, int batchSize, int concurrency) {
        return Settings.small()
                .optimizer(optimizer)
                .batchSize(batchSize)
                .epochs(EPOCHS)
                .concurrency(concurrency)
                .builder()
                .negatives(new Negatives(regime, 4, NegativeSides.BOTH, Sampling.UNIFORM, false))
                .optimizer(new OptimizerSettings(
                        optimizer, new LearningRate("linear", 0.1f, 1f, 1, 5), optimizer.equals("SGD") ? 0f : 0.1f))
                .build();
    }

    private static BitSet none() {
        return new BitSet();
    }

    private static BitSet removed() {
        BitSet removed = new BitSet();
        removed.set(3);
        removed.set(20, 31);
        return removed;
    }

    /** A forward training, with a copy of the parameters before each step, and behind them those after the last. */
    private List<Parameters> forward(TrainingSettings settings, int epochs, BitSet removed) {
        List<Parameters> states = new ArrayList<>();
        int batchSize = Math.min(settings.batchSize(), facts.count());
        int batches = (facts.count() + batchSize - 1) / batchSize;
        Parameters parameters = Trainer.initialParameters(facts, settings);
        Stepper stepper = new Stepper(
                new Examples(facts, settings),
                parameters,
                settings.optimizer().create(parameters),
                removed,
                TrainingObserver.NONE,
                TrainingMonitor.NONE,
                (long) batches * settings.epochs());
        FactOrder order = new FactOrder(facts, settings.seed());
        try (Batches steps = Batches.of(stepper, batchSize)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                for (int batch = 0; batch < batches; batch++) {
                    states.add(parameters.copy());
                    int from = batch * batchSize;
                    int to = Math.min(facts.count(), from + batchSize);
                    steps.step(order.of(epoch), from, to, epoch, batch, (long) epoch * batches + batch);
                }
            }
        }
        states.add(parameters.copy());
        return states;
    }

    /** What one replay showed, in the order in which it showed it. */
    private final class Walk {
        private Parameters trained;
        private final List<Long> numbers = new ArrayList<>();
        private final List<Parameters> before = new ArrayList<>();
        private final List<int[]> factsOfSteps = new ArrayList<>();
        private final List<String> rows = new ArrayList<>();
        private Parameters last;

        Walk(TrainingSettings settings, int epochs, BitSet removed, long memory) {
            try (Replay replay = new Replay(facts, settings, epochs, removed, memory, TrainingMonitor.NONE)) {
                replay.run(() -> trained = replay.parameters().copy(), step -> {
                    numbers.add(step.number());
                    before.add(replay.parameters().copy());
                    int[] shown = new int[step.factCount()];
                    Arrays.setAll(shown, step::fact);
                    factsOfSteps.add(shown);
                    StringBuilder text = new StringBuilder();
                    for (int i = 0; i < step.count(); i++) {
                        text.append(step.table(i)).append(step.index(i)).append(Arrays.toString(step.gradient(i)));
                    }
                    rows.add(text.toString());
                });
                last = replay.parameters().copy();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void everyStepIsShownWithTheParametersThatItFound(String optimizer, Regime regime, int batchSize) {
        TrainingSettings settings = settings(optimizer, regime, batchSize, 1);
        for (BitSet removed : List.of(none(), removed())) {
            List<Parameters> states = forward(settings, EPOCHS, removed);
            for (long memory : new long[] {NOTHING, LITTLE, PLENTY}) {
                Walk walk = new Walk(settings, EPOCHS, removed, memory);
                assertSameBits(Trainer.trainWithout(removed, facts, settings), walk.trained);
                for (int i = 0; i < walk.numbers.size(); i++) {
                    assertSameBits(states.get((int) (long) walk.numbers.get(i)), walk.before.get(i));
                }
                assertSameBits(Trainer.initialParameters(facts, settings), walk.last);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void stepsComeFromTheLastToTheFirstEachWithItsFacts(String optimizer, Regime regime, int batchSize) {
        TrainingSettings settings = settings(optimizer, regime, batchSize, 1);
        int size = Math.min(batchSize, facts.count());
        int batches = (facts.count() + size - 1) / size;
        FactOrder order = new FactOrder(facts, settings.seed());
        for (BitSet removed : List.of(none(), removed())) {
            Walk walk = new Walk(settings, EPOCHS, removed, LITTLE);
            int shown = 0;
            for (int step = EPOCHS * batches - 1; step >= 0; step--) {
                int from = step % batches * size;
                int[] expected = Arrays.stream(order.of(step / batches), from, Math.min(from + size, facts.count()))
                        .filter(fact -> !removed.get(fact))
                        .toArray();
                if (expected.length > 0) {
                    assertEquals(step, walk.numbers.get(shown));
                    assertArrayEquals(expected, walk.factsOfSteps.get(shown));
                    shown++;
                }
            }
            assertEquals(shown, walk.numbers.size(), "steps of removed facts alone are not shown");
        }
    }

    /** Another seed of the same settings, batch and memory: threads and segments leave no trace, not even in an order. */
    @ParameterizedTest
    @MethodSource("trainings")
    void theSameIsShownWhateverTheConcurrencyAndTheMemory(String optimizer, Regime regime, int batchSize) {
        Walk expected = new Walk(settings(optimizer, regime, batchSize, 1), EPOCHS, removed(), PLENTY);
        for (int concurrency : new int[] {2, 5}) {
            for (long memory : new long[] {NOTHING, PLENTY}) {
                Walk walk = new Walk(settings(optimizer, regime, batchSize, concurrency), EPOCHS, removed(), memory);
                assertEquals(expected.numbers, walk.numbers);
                assertEquals(expected.rows, walk.rows);
                assertSameBits(expected.trained, walk.trained);
            }
        }
    }

    /** The gradient that is shown is the sum of those of the step's facts at the parameters that are shown. */
    @ParameterizedTest
    @MethodSource("trainings")
    void aStepIsShownWithItsGradient(String optimizer, Regime regime, int batchSize) {
        TrainingSettings settings = settings(optimizer, regime, batchSize, 1);
        try (Replay replay = new Replay(facts, settings, EPOCHS, removed(), LITTLE, TrainingMonitor.NONE)) {
            ExampleGradient gradients = new ExampleGradient(replay.examples());
            RowGradients sum = RowGradients.shapedLike(replay.parameters());
            replay.run(() -> {}, step -> {
                sum.clear();
                for (int i = 0; i < step.factCount(); i++) {
                    gradients.add(replay.parameters(), step.fact(i), step.epoch(), step.batch(), sum);
                }
                for (int i = 0; i < step.count(); i++) {
                    float[] expected = sum.rowIfTouched(step.table(i), step.index(i));
                    assertArrayEquals(
                            expected == null ? new float[step.gradient(i).length] : expected, step.gradient(i), 1e-5f);
                }
            });
        }
    }

    /** The rates of all epochs of the settings still hold. */
    @Test
    void aTrainingThatStoppedEarlyIsReplayedUpToThere() {
        TrainingSettings settings = settings("Adagrad", Regime.PER_FACT, 7, 1);
        Walk walk = new Walk(settings, 1, none(), LITTLE);
        assertSameBits(
                Trainer.trainFirst(1, facts, settings, none(), TrainingObserver.NONE, TrainingMonitor.NONE),
                walk.trained);
        assertEquals(8, walk.numbers.size());
        assertSameBits(Trainer.initialParameters(facts, settings), walk.last);
    }

    /** As many in a row as the log's lists start with places, which no step opens. */
    @Test
    void manyStepsOfRemovedFactsAreSkipped() {
        Facts many = RandomFacts.of(1300, 40, 3, 8);
        BitSet removed = new BitSet();
        removed.set(0, many.count());
        removed.clear(17);
        TrainingSettings settings = settings("SGD", Regime.PER_FACT, 1, 1);
        List<Integer> shown = new ArrayList<>();
        try (Replay replay = new Replay(many, settings, EPOCHS, removed, PLENTY, TrainingMonitor.NONE)) {
            replay.run(() -> {}, step -> shown.add(step.fact(0)));
        }
        assertEquals(List.of(17, 17), shown);
    }

    /** With plenty of memory two trainings, forth to the end and once more to be walked back; each division costs one. */
    @Test
    void memoryBuysTime() {
        TrainingSettings settings = settings("SGD", Regime.PER_FACT, 1, 1);
        long steps = (long) EPOCHS * facts.count();
        long rich = looksAtTheMonitor(settings, PLENTY);
        long poor = looksAtTheMonitor(settings, NOTHING);
        assertEquals(2 * steps + steps, rich, "each step taken twice and undone once");
        assertTrue(poor > rich, poor + " looks");
        assertTrue(poor <= steps * (3 + Long.SIZE - Long.numberOfLeadingZeros(steps)), poor + " looks");
    }

    private long looksAtTheMonitor(TrainingSettings settings, long memory) {
        AtomicLong looks = new AtomicLong();
        TrainingMonitor counting = new TrainingMonitor() {
            @Override
            public void checkCancelled() {
                looks.incrementAndGet();
            }
        };
        try (Replay replay = new Replay(facts, settings, EPOCHS, none(), memory, counting)) {
            replay.run(() -> {}, step -> {});
        }
        return looks.get();
    }

    @Test
    void aReplayIsCancelledByItsMonitor() {
        TrainingSettings settings = settings("SGD", Regime.PER_FACT, 1, 1);
        TrainingMonitor cancelling = new TrainingMonitor() {
            @Override
            public void checkCancelled() {
                throw new CancellationException();
            }
        };
        try (Replay replay = new Replay(facts, settings, EPOCHS, none(), PLENTY, cancelling)) {
            assertThrows(CancellationException.class, () -> replay.run(() -> {}, step -> {}));
        }
    }

    @Test
    void optimizersThatCannotBeWalkedBackAreRefusedWithTheRemedy() {
        OptimizerSettings bounded = new OptimizerSettings("SGD", LearningRate.constant(0.1f), 0f, 1f);
        OptimizerSettings adam = new OptimizerSettings("Adam", LearningRate.constant(0.1f), 0f);
        for (OptimizerSettings optimizer : List.of(bounded, adam)) {
            TrainingSettings settings =
                    Settings.small().builder().optimizer(optimizer).build();
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> new Replay(facts, settings, 1, none(), PLENTY, TrainingMonitor.NONE));
            for (String word : List.of(optimizer.name(), "Adagrad", "maxGradientNorm")) {
                assertTrue(refused.getMessage().contains(word), refused.getMessage());
            }
        }
    }

    @Test
    void moreEpochsThanTheSettingsHaveAreRefused() {
        TrainingSettings settings = settings("SGD", Regime.PER_FACT, 1, 1);
        for (int wrong : new int[] {0, EPOCHS + 1}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Replay(facts, settings, wrong, none(), PLENTY, TrainingMonitor.NONE));
        }
    }

    private static void assertSameBits(Parameters expected, Parameters actual) {
        for (Table table : Table.values()) {
            assertArrayEquals(expected.table(table), actual.table(table));
        }
    }
}
