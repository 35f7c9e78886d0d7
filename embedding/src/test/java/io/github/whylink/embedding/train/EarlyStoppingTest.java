package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.TrainingResult.Epoch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    private final Facts facts = RandomFacts.of(80, 15, 3, 7);

    private TrainingResult train(
            TrainingSettings settings, EarlyStopping stopping, TrainingObserver observer, double... measures) {
        Iterator<Double> next = Arrays.stream(measures).iterator();
        return Trainer.trainValidated(
                facts, settings, stopping, parameters -> next.next(), observer, TrainingMonitor.NONE);
    }

    @Test
    void stopsWhenValidationHasNotImprovedForSoLongAndKeepsTheBest() {
        TrainingSettings settings = Settings.small().epochs(20).build();
        TrainingResult result = train(settings, new EarlyStopping(2, 2), TrainingObserver.NONE, 0.1, 0.3, 0.2, 0.3);
        assertEquals(4, result.bestEpoch());
        assertEquals(8, result.curve().size());
        assertSameBits(upTo(4), result.parameters());
        assertEquals(
                List.of(2, 4, 6, 8),
                result.curve().stream()
                        .filter(epoch -> !Double.isNaN(epoch.validation()))
                        .map(Epoch::epoch)
                        .toList());
    }

    @Test
    void theLastEpochIsValidatedAndMayBeTheBest() {
        TrainingSettings settings = Settings.small().epochs(5).build();
        TrainingResult result = train(settings, new EarlyStopping(2, 1), TrainingObserver.NONE, 0.1, 0.2, 0.3);
        assertEquals(5, result.bestEpoch());
        assertSameBits(upTo(5), result.parameters());
    }

    /** The rate falls with all epochs that were asked for, so that a shorter training is its beginning. */
    @Test
    void theObserverSeesTheTrainingOfTheBestParametersAlone() {
        for (String schedule : LearningRate.schedules()) {
            TrainingSettings settings = Settings.small()
                    .epochs(20)
                    .builder()
                    .optimizer(new OptimizerSettings("Adagrad", new LearningRate(schedule, 0.1f, 0.9f, 50, 10), 0.1f))
                    .build();
            Parameters sums = Parameters.zerosLike(Trainer.initialParameters(facts, settings));
            TrainingObserver observer = new TrainingObserver() {
                @Override
                public void stepped(int fact, float[] head, float[] relation, float[] tail, Optimizer optimizer) {
                    add(Table.ENTITIES, facts.head(fact), head, optimizer);
                    add(Table.RELATIONS, facts.relation(fact), relation, optimizer);
                    if (head != tail) {
                        add(Table.ENTITIES, facts.tail(fact), tail, optimizer);
                    }
                }

                @Override
                public boolean observesElsewhere() {
                    return true;
                }

                @Override
                public void steppedElsewhere(Table table, int index, float[] gradient, Optimizer optimizer) {
                    add(table, index, gradient, optimizer);
                }

                private void add(Table table, int index, float[] gradient, Optimizer optimizer) {
                    optimizer.addShare(table, index, gradient, sums.row(table, index), 0);
                }

                @Override
                public void restarted() {
                    for (Table table : Table.values()) {
                        for (float[] row : sums.table(table)) {
                            Arrays.fill(row, 0f);
                        }
                    }
                }
            };
            TrainingResult result = train(settings, new EarlyStopping(1, 3), observer, 0.1, 0.2, 0.4, 0.3, 0.2, 0.1);
            assertEquals(3, result.bestEpoch());
            Parameters initial = Trainer.initialParameters(facts, settings);
            for (Table table : Table.values()) {
                for (int i = 0; i < initial.table(table).length; i++) {
                    for (int k = 0; k < initial.row(table, i).length; k++) {
                        assertEquals(
                                initial.row(table, i)[k] + sums.row(table, i)[k],
                                result.parameters().row(table, i)[k],
                                Tolerance.SUMMED_UPDATES);
                    }
                }
            }
        }
    }

    @Test
    void aMeasureThatIsNeverANumberStopsWithTheFirstParameters() {
        TrainingSettings settings = Settings.small().epochs(9).build();
        TrainingResult result =
                train(settings, new EarlyStopping(1, 2), TrainingObserver.NONE, Double.NaN, Double.NaN, Double.NaN);
        assertEquals(1, result.bestEpoch());
        assertEquals(3, result.curve().size());
    }

    @Test
    void aMeasureThatBecomesANumberIsBetterThanNone() {
        TrainingSettings settings = Settings.small().epochs(3).build();
        TrainingResult result =
                train(settings, new EarlyStopping(1, 5), TrainingObserver.NONE, Double.NaN, 0.1, Double.NaN);
        assertEquals(2, result.bestEpoch());
    }

    /** With a falling rate, a training of fewer epochs is another one. */
    @Test
    void aStoppedTrainingIsRepeatedByItsFirstEpochs() {
        TrainingSettings settings = Settings.small()
                .epochs(6)
                .builder()
                .optimizer(new OptimizerSettings("SGD", new LearningRate("linear", 0.1f, 1f, 1, 0), 0f))
                .build();
        TrainingResult stopped = train(settings, new EarlyStopping(1, 1), TrainingObserver.NONE, 0.1, 0.2, 0.1);
        Parameters repeated =
                Trainer.trainFirst(2, facts, settings, new BitSet(), TrainingObserver.NONE, TrainingMonitor.NONE);
        assertSameBits(stopped.parameters(), repeated);
        assertThrows(
                IllegalArgumentException.class,
                () -> Trainer.trainFirst(
                        7, facts, settings, new BitSet(), TrainingObserver.NONE, TrainingMonitor.NONE));
    }

    @Test
    void theMonitorHearsOfEachValidation() {
        List<String> heard = new ArrayList<>();
        Trainer.trainValidated(
                facts,
                Settings.small().epochs(4).build(),
                new EarlyStopping(2, 1),
                parameters -> 0.5,
                TrainingObserver.NONE,
                new TrainingMonitor() {
                    @Override
                    public void validated(int epoch, double measure) {
                        heard.add(epoch + ":" + measure);
                    }
                });
        assertEquals(List.of("2:0.5", "4:0.5"), heard);
    }

    /** A constant rate: the first epochs of a long training are a short training. */
    private Parameters upTo(int epochs) {
        return Trainer.train(
                facts, Settings.small().epochs(epochs).build(), TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    private static void assertSameBits(Parameters expected, Parameters actual) {
        for (Table table : Table.values()) {
            for (int i = 0; i < expected.table(table).length; i++) {
                assertArrayEquals(expected.row(table, i), actual.row(table, i));
            }
        }
    }
}
