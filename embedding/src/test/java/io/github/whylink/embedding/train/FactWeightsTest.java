package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Weights;
import io.github.whylink.embedding.train.ExampleCurvature.Direction;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the weight of a fact means, whatever the model, the loss, the regime, the penalty and the optimizer. */
class FactWeightsTest {
    /** Queries with several answers and self-loops are among them. */
    private final Facts facts = RandomFacts.of(60, 12, 2, 9);

    static List<TrainingSettings> settings() {
        List<TrainingSettings> all = new ArrayList<>();
        for (Regime regime : Regime.values()) {
            for (String scorer : ScoringFunctions.names()) {
                all.add(of(regime).scoringFunction(scorer));
            }
            for (String loss : LossSettings.names()) {
                Loss made = LossSettings.of(loss).create();
                if (regime != Regime.K_VS_ALL || made.sharesNegatives()) {
                    all.add(of(regime).with(builder -> builder.loss(made)));
                }
            }
            for (String name : Regularizer.names()) {
                for (boolean frequencyWeighted : new boolean[] {true, false}) {
                    Regularizer penalty = new Regularizer(name, 0.3f, 0.2f, frequencyWeighted);
                    all.add(of(regime).with(builder -> builder.regularizer(penalty)));
                }
            }
            all.add(of(regime).with(builder -> builder.dropout(new Dropout(0.3f, 0.2f))));
        }
        return all;
    }

    static List<TrainingSettings> trainings() {
        List<TrainingSettings> all = new ArrayList<>();
        for (Regime regime : Regime.values()) {
            for (String optimizer : OptimizerSettings.names()) {
                for (int batchSize : new int[] {1, 16}) {
                    all.add(Settings.small()
                            .optimizer(optimizer)
                            .batchSize(batchSize)
                            .epochs(2)
                            .builder()
                            .regularizer(new Regularizer("N3", 0.01f, 0.01f, false))
                            .negatives(new Negatives(regime, 6, NegativeSides.BOTH, Sampling.UNIFORM, false))
                            .build());
                }
            }
            all.add(of(regime).with(builder -> builder.loss(new Logistic(0f))
                    .batchSize(16)
                    .epochs(2)
                    .optimizer(new OptimizerSettings("Adagrad", LearningRate.constant(0.1f), 0.1f))));
        }
        return all;
    }

    private static Variant of(Regime regime) {
        return new Variant(regime);
    }

    /** Settings that differ from each other in one thing. */
    private record Variant(Regime regime) {
        TrainingSettings scoringFunction(String name) {
            return with(Settings.small().scorer(name), builder -> {});
        }

        TrainingSettings with(Consumer<TrainingSettings.Builder> change) {
            return with(Settings.small().scorer("ComplEx"), change);
        }

        private TrainingSettings with(Settings small, Consumer<TrainingSettings.Builder> change) {
            TrainingSettings.Builder builder =
                    small.builder().negatives(new Negatives(regime, 6, NegativeSides.BOTH, Sampling.UNIFORM, false));
            change.accept(builder);
            return builder.build();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aFactOfWeightTwoHasTheGradientAndTheCurvatureTwice(TrainingSettings settings) {
        assertTimes(2, Weights.all(2f, facts), settings);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aFactOfWeightZeroHasNoGradientAndNoCurvature(TrainingSettings settings) {
        assertTimes(0, Weights.all(0f, facts), settings);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aFactOfWeightOneHasTheBitsOfOneWithoutWeight(TrainingSettings settings) {
        assertTimes(1, Weights.all(1f, facts), settings);
    }

    /** Exactly: the weights are powers of two. */
    private void assertTimes(float factor, Facts weighted, TrainingSettings settings) {
        Parameters parameters = Trainer.initialParameters(facts, settings);
        Direction[] directions = {parameters::row};
        Examples plain = new Examples(facts, settings);
        Examples heavy = new Examples(weighted, settings);
        for (int fact = 0; fact < facts.count(); fact++) {
            RowGradients expected = RowGradients.shapedLike(parameters);
            RowGradients actual = RowGradients.shapedLike(parameters);
            double loss = new ExampleGradient(plain).add(parameters, fact, 1, 0, expected);
            assertEquals(factor * loss, new ExampleGradient(heavy).add(parameters, fact, 1, 0, actual));
            assertTimes(factor, expected, actual, parameters);
            RowGradients[] expectedCurvature = {RowGradients.shapedLike(parameters)};
            RowGradients[] actualCurvature = {RowGradients.shapedLike(parameters)};
            double[] slope = new double[1];
            double[] slopeOfHeavy = new double[1];
            new ExampleCurvature(plain).add(parameters, fact, 1, 0, directions, 1, expectedCurvature, slope);
            new ExampleCurvature(heavy).add(parameters, fact, 1, 0, directions, 1, actualCurvature, slopeOfHeavy);
            assertEquals(factor * slope[0] + 0.0, slopeOfHeavy[0] + 0.0);
            assertTimes(factor, expectedCurvature[0], actualCurvature[0], parameters);
        }
    }

    private static void assertTimes(float factor, RowGradients expected, RowGradients actual, Parameters shape) {
        for (Table table : Table.values()) {
            for (int row = 0; row < shape.table(table).length; row++) {
                float[] of = expected.rowIfTouched(table, row);
                float[] is = actual.rowIfTouched(table, row);
                for (int i = 0; i < shape.row(table, row).length; i++) {
                    assertEquals((of == null ? 0f : factor * of[i]) + 0f, (is == null ? 0f : is[i]) + 0f);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void aWeightOfZeroIsRemoval(TrainingSettings settings) {
        Facts weighted = Weights.mixed(facts);
        BitSet removed = new BitSet();
        float[] positive = new float[facts.count()];
        for (int fact = 0; fact < facts.count(); fact++) {
            removed.set(fact, weighted.weight(fact) == 0f);
            positive[fact] = weighted.weight(fact) == 0f ? 7f : weighted.weight(fact);
        }
        assertFalse(removed.isEmpty());
        assertSameBits(
                Trainer.trainWithout(removed, facts.withWeights(positive), settings),
                Trainer.trainWithout(new BitSet(), weighted, settings));
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void weightsOfOneAreNoWeights(TrainingSettings settings) {
        assertSameBits(
                Trainer.trainWithout(new BitSet(), facts, settings),
                Trainer.trainWithout(new BitSet(), Weights.all(1f, facts), settings));
    }

    @Test
    void weightsMoveTheRows() {
        TrainingSettings settings = Settings.small().build();
        Parameters plain = Trainer.trainWithout(new BitSet(), facts, settings);
        Parameters weighted = Trainer.trainWithout(new BitSet(), Weights.mixed(facts), settings);
        assertFalse(Arrays.deepEquals(plain.entities(), weighted.entities()));
    }

    @Test
    void weightsGoWithTheirFacts() {
        Facts weighted = Weights.mixed(facts).withEntityClasses(new int[facts.entityCount()]);
        Facts some = weighted.select(new int[] {2, 0});
        assertEquals(3f, some.weight(0));
        assertEquals(1f, some.weight(1));
        assertTrue(some.isWeighted());
        assertFalse(facts.isWeighted());
        assertEquals(1f, facts.weight(2));
        assertSame(weighted.entityClasses(), weighted.withWeights(null).entityClasses());
    }

    @ParameterizedTest
    @ValueSource(floats = {-1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNoWeightIsRefused(float wrong) {
        float[] weights = new float[facts.count()];
        weights[4] = wrong;
        var refused = assertThrows(IllegalArgumentException.class, () -> facts.withWeights(weights));
        assertEquals("the weight of fact 4 must be finite and 0 or more, but is " + wrong, refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> facts.withWeights(new float[3]));
    }

    @Test
    void factsThatAllWeighNothingAreNothingToTrainOn() {
        TrainingSettings settings = Settings.small().build();
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> Trainer.trainWithout(new BitSet(), Weights.all(0f, facts), settings));
        assertEquals("there is no fact to train on: the weight of each is 0", refused.getMessage());
    }

    private static void assertSameBits(Parameters expected, Parameters actual) {
        for (Table table : Table.values()) {
            for (int row = 0; row < expected.table(table).length; row++) {
                assertArrayEquals(expected.row(table, row), actual.row(table, row));
            }
        }
    }
}
