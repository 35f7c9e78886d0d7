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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerContractTest {
    private static final float RATE = 0.05f;
    private static final float START = 0.1f;
    private static final float MAX_NORM = 0.8f;

    private final Random random = new Random(11);

    /** Every optimizer as it is, and with a bound on the gradient that some steps of the tests exceed. */
    static List<OptimizerSettings> all() {
        List<OptimizerSettings> all = new ArrayList<>();
        for (String name : OptimizerSettings.names()) {
            all.add(settings(name));
            all.add(new OptimizerSettings(name, LearningRate.constant(RATE), START, MAX_NORM));
        }
        return all;
    }

    static List<OptimizerSettings> exactlyAttributing() {
        return all().stream().filter(settings -> settings.attributable(7)).toList();
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
    void stepsFollowTheFormula(OptimizerSettings settings) {
        Parameters parameters = oneRow();
        Optimizer optimizer = settings.create(parameters);
        double[] w = {0.3f, -0.2f, 0.7f};
        double[] accumulator = {START, START, START};
        double[] m = new double[3];
        double[] v = new double[3];
        boolean clipped = false;
        boolean unclipped = false;
        for (int step = 0; step < 20; step++) {
            float rate = RATE / (1 + step);
            float[] g = RandomFacts.row(3, random);
            float[] given = g.clone();
            optimizer.beginStep(step, rate);
            optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], given);
            assertArrayEquals(g, given, "a gradient is not modified");
            double norm = Math.sqrt((double) g[0] * g[0] + (double) g[1] * g[1] + (double) g[2] * g[2]);
            boolean clip = settings.maxGradientNorm() > 0 && norm > settings.maxGradientNorm();
            double scale = clip ? settings.maxGradientNorm() / norm : 1;
            clipped |= clip;
            unclipped |= !clip;
            double meanSquare = scale * scale * norm * norm / 3;
            for (int i = 0; i < 3; i++) {
                double gi = g[i] * scale;
                accumulator[i] += settings.name().equals("RowAdagrad") ? meanSquare : gi * gi;
                m[i] = 0.9 * m[i] + 0.1 * gi;
                v[i] = 0.999 * v[i] + 0.001 * gi * gi;
                double mHat = m[i] / (1 - Math.pow(0.9, step + 1));
                double vHat = v[i] / (1 - Math.pow(0.999, step + 1));
                w[i] -= switch (settings.name()) {
                    case "SGD" -> rate * gi;
                    case "Adagrad", "RowAdagrad" -> rate * gi / Math.sqrt(accumulator[i]);
                    default -> rate * mHat / Math.sqrt(vHat);
                };
                assertEquals(w[i], parameters.entities()[0][i], 10 * Tolerance.FLOAT_ARITHMETIC);
            }
        }
        assertTrue(unclipped);
        assertEquals(settings.maxGradientNorm() > 0, clipped);
    }

    /** Of a batch of two, in each of several steps, added behind and before other numbers. */
    @ParameterizedTest
    @MethodSource("exactlyAttributing")
    void theSharesOfABatchAddUpToItsStep(OptimizerSettings settings) {
        Parameters parameters = oneRow();
        Optimizer optimizer = settings.create(parameters);
        for (int step = 0; step < 5; step++) {
            float[] first = RandomFacts.row(3, random);
            float[] second = RandomFacts.row(3, random);
            float[] sum = first.clone();
            for (int i = 0; i < 3; i++) {
                sum[i] += second[i];
            }
            float[] before = parameters.entities()[0].clone();
            optimizer.beginStep(step, RATE);
            optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], sum);
            float[] shares = {7f, before[0], before[1], before[2], 8f};
            optimizer.addShare(Table.ENTITIES, 0, first, shares, 1);
            optimizer.addShare(Table.ENTITIES, 0, second, shares, 1);
            assertEquals(7f, shares[0]);
            assertEquals(8f, shares[4]);
            for (int i = 0; i < 3; i++) {
                assertEquals(parameters.entities()[0][i], shares[1 + i], Tolerance.FLOAT_ARITHMETIC);
            }
        }
    }

    /** In a batch of one the share is the step itself, to the bit. */
    @ParameterizedTest
    @MethodSource("all")
    void theShareOfASingleFactIsTheStep(OptimizerSettings settings) {
        Parameters parameters = oneRow();
        Optimizer optimizer = settings.create(parameters);
        for (int step = 0; step < 5; step++) {
            float[] g = RandomFacts.row(3, random);
            float[] expected = parameters.entities()[0].clone();
            optimizer.beginStep(step, RATE);
            optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], g);
            optimizer.addShare(Table.ENTITIES, 0, g, expected, 0);
            assertArrayEquals(expected, parameters.entities()[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aScaledGradientIsTheGradientTimesTheScale(OptimizerSettings settings) {
        Parameters one = oneRow();
        Parameters other = one.copy();
        Optimizer scaling = settings.create(one);
        Optimizer plain = settings.create(other);
        for (int step = 0; step < 5; step++) {
            float[] g = RandomFacts.row(3, random);
            float scale = step % 2 == 0 ? -2f : 0.5f;
            float[] scaled = {scale * g[0], scale * g[1], scale * g[2]};
            scaling.beginStep(step, RATE);
            scaling.update(Table.ENTITIES, 0, one.entities()[0], g, scale);
            plain.beginStep(step, RATE);
            plain.update(Table.ENTITIES, 0, other.entities()[0], scaled);
            assertArrayEquals(other.entities()[0], one.entities()[0], (float) Tolerance.FLOAT_ARITHMETIC);
            float[] scaledShare = new float[3];
            float[] share = new float[3];
            scaling.addShare(Table.ENTITIES, 0, g, scale, scaledShare, 0);
            plain.addShare(Table.ENTITIES, 0, scaled, share, 0);
            assertArrayEquals(share, scaledShare, (float) Tolerance.FLOAT_ARITHMETIC);
        }
    }

    /** Rows keep their state to themselves, so that the order of the rows in a step is of no consequence. */
    @ParameterizedTest
    @MethodSource("all")
    void rowsOfAStepMoveIndependently(OptimizerSettings settings) {
        Parameters forth = new Parameters(new float[3][2], new float[3][4]);
        Parameters back = forth.copy();
        Optimizer ascending = settings.create(forth);
        Optimizer descending = settings.create(back);
        for (int step = 0; step < 3; step++) {
            float[][] entities = new float[3][];
            float[][] relations = new float[3][];
            for (int i = 0; i < 3; i++) {
                entities[i] = RandomFacts.row(2, random);
                relations[i] = RandomFacts.row(4, random);
            }
            ascending.beginStep(step, RATE);
            descending.beginStep(step, RATE);
            for (int i = 0; i < 3; i++) {
                ascending.update(Table.ENTITIES, i, forth.entities()[i], entities[i]);
                ascending.update(Table.RELATIONS, i, forth.relations()[i], relations[i]);
                descending.update(Table.RELATIONS, 2 - i, back.relations()[2 - i], relations[2 - i]);
                descending.update(Table.ENTITIES, 2 - i, back.entities()[2 - i], entities[2 - i]);
            }
        }
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(forth.entities()[i], back.entities()[i]);
            assertArrayEquals(forth.relations()[i], back.relations()[i]);
        }
    }

    /** An infinite gradient must reach the parameters, where training looks for it, and not be clipped to nothing. */
    @Test
    void aBoundDoesNotHideAnInfiniteGradient() {
        Parameters parameters = oneRow();
        Optimizer optimizer =
                new OptimizerSettings("SGD", LearningRate.constant(RATE), START, MAX_NORM).create(parameters);
        optimizer.beginStep(0, RATE);
        optimizer.update(Table.ENTITIES, 0, parameters.entities()[0], new float[] {Float.POSITIVE_INFINITY, 0f, 0f});
        assertFalse(Float.isFinite(parameters.entities()[0][0]));
    }

    @Test
    void adamAttributesOnlyBatchesOfOne() {
        assertTrue(settings("Adam").attributable(1));
        assertFalse(settings("Adam").attributable(2));
        assertFalse(settings("lazyadam").attributable(2));
        assertEquals(
                Set.of("SGD", "Adagrad", "RowAdagrad"),
                exactlyAttributing().stream().map(OptimizerSettings::name).collect(Collectors.toSet()));
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        for (float wrong : new float[] {-1f, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new OptimizerSettings("SGD", LearningRate.constant(RATE), wrong, 0f));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new OptimizerSettings("SGD", LearningRate.constant(RATE), 0f, wrong));
        }
    }

    @Test
    void anUnknownOptimizerIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> settings("Adagrat"));
        assertTrue(refused.getMessage().contains("Adagrad"));
    }
}
