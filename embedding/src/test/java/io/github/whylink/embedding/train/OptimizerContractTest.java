package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerContractTest {
    private static final float RATE = 0.05f;
    private static final float START = 0.1f;

    private final Random random = new Random(11);

    static List<String> all() {
        return OptimizerSettings.names();
    }

    static List<String> exactlyAttributing() {
        return all().stream().filter(name -> settings(name).attributable(7)).toList();
    }

    private static OptimizerSettings settings(String name) {
        return new OptimizerSettings(name, LearningRate.constant(RATE), START);
    }

    private static Parameters oneRow() {
        return new Parameters(new float[][] {{0.3f, -0.2f, 0.7f}}, new float[][] {{1f}});
    }

    /** The textbook formulas in double precision, over a few steps on one row. */
    @ParameterizedTest
    @MethodSource("all")
    void stepsFollowTheFormula(String name) {
        Parameters parameters = oneRow();
        Optimizer optimizer = settings(name).create(parameters);
        double[] w = {0.3f, -0.2f, 0.7f};
        double[] accumulator = {START, START, START};
        double[] m = new double[3];
        double[] v = new double[3];
        for (int step = 0; step < 20; step++) {
            float[] g = RandomFacts.row(3, random);
            optimizer.beginStep(step);
            optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], g);
            for (int i = 0; i < 3; i++) {
                accumulator[i] += g[i] * g[i];
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                double mHat = m[i] / (1 - Math.pow(0.9, step + 1));
                double vHat = v[i] / (1 - Math.pow(0.999, step + 1));
                w[i] -= switch (name) {
                    case "SGD" -> RATE * g[i];
                    case "Adagrad" -> RATE * g[i] / Math.sqrt(accumulator[i]);
                    default -> RATE * mHat / Math.sqrt(vHat);
                };
                assertEquals(w[i], parameters.entities()[0][i], 10 * Tolerance.FLOAT_ARITHMETIC);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("exactlyAttributing")
    void theSharesOfABatchAddUpToItsStep(String name) {
        Parameters parameters = oneRow();
        Optimizer optimizer = settings(name).create(parameters);
        float[] first = RandomFacts.row(3, random);
        float[] second = RandomFacts.row(3, random);
        float[] sum = first.clone();
        for (int i = 0; i < 3; i++) {
            sum[i] += second[i];
        }
        float[] before = parameters.entities()[0].clone();
        optimizer.beginStep(0);
        optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], sum);
        float[] share1 = new float[3];
        float[] share2 = new float[3];
        optimizer.share(Table.ENTITIES, 0, first, share1);
        optimizer.share(Table.ENTITIES, 0, second, share2);
        for (int i = 0; i < 3; i++) {
            assertEquals(parameters.entities()[0][i], before[i] + share1[i] + share2[i], Tolerance.FLOAT_ARITHMETIC);
        }
    }

    /** In a batch of one the share is the step itself. */
    @ParameterizedTest
    @MethodSource("all")
    void theShareOfASingleFactIsTheStep(String name) {
        Parameters parameters = oneRow();
        Optimizer optimizer = settings(name).create(parameters);
        float[] share = new float[3];
        for (int step = 0; step < 5; step++) {
            float[] g = RandomFacts.row(3, random);
            float[] expected = parameters.entities()[0].clone();
            optimizer.beginStep(step);
            optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], g);
            optimizer.share(Table.ENTITIES, 0, g, share);
            for (int i = 0; i < 3; i++) {
                expected[i] += share[i];
            }
            assertArrayEquals(expected, parameters.entities()[0]);
        }
    }

    @Test
    void adamAttributesOnlyBatchesOfOne() {
        assertTrue(settings("Adam").attributable(1));
        assertFalse(settings("Adam").attributable(2));
        assertFalse(settings("lazyadam").attributable(2));
        assertEquals(List.of("SGD", "Adagrad"), exactlyAttributing());
    }

    @Test
    void theLearningRateDecaysInStairs() {
        LearningRate rate = new LearningRate(1f, 0.5f, 10);
        assertEquals(1f, rate.at(9));
        assertEquals(0.5f, rate.at(10));
        assertEquals(0.25f, rate.at(29));
        assertEquals(3f, LearningRate.constant(3f).at(1_000_000));
    }

    @Test
    void anUnknownOptimizerIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> settings("Adagrat"));
        assertTrue(refused.getMessage().contains("Adagrad"));
    }
}
