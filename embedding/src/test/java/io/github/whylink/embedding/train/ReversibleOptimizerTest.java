package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReversibleOptimizerTest {
    private static final int WIDTH = 7;
    private static final float RATE = 0.05f;
    private static final float EPSILON = 1e-10f;
    private static final double NUDGE = 1e-6;

    private final Random random = new Random(5);

    static List<String> reversible() {
        return OptimizerSettings.names().stream()
                .filter(name -> settings(name, 0f).reversible())
                .toList();
    }

    private static OptimizerSettings settings(String name, float initialAccumulator) {
        return new OptimizerSettings(name, LearningRate.constant(RATE), initialAccumulator);
    }

    private static ReversibleOptimizer optimizer(String name) {
        Parameters shape = new Parameters(new float[1][WIDTH], new float[1][WIDTH]);
        return assertInstanceOf(ReversibleOptimizer.class, settings(name, 0.1f).create(shape));
    }

    private float[] state(ReversibleOptimizer optimizer) {
        float[] state = new float[optimizer.stateWidth(WIDTH)];
        for (int i = 0; i < state.length; i++) {
            state[i] = 0.05f + random.nextFloat();
        }
        return state;
    }

    /** The step of a row in double precision: what it adds to the row, and behind it what it adds to the state. */
    private static double[] step(String name, double[] state, double[] gradient) {
        double[] change = new double[WIDTH + state.length];
        double meanSquare = Arrays.stream(gradient).map(g -> g * g).sum() / WIDTH;
        for (int i = 0; i < WIDTH; i++) {
            double g = gradient[i];
            change[i] = g == 0
                    ? 0
                    : switch (name) {
                        case "SGD" -> -RATE * g;
                        case "Adagrad" -> -RATE * g / (Math.sqrt(state[i] + g * g) + EPSILON);
                        case "RowAdagrad" -> -RATE * g / (Math.sqrt(state[0] + meanSquare) + EPSILON);
                        default -> throw new AssertionError(name + " needs its formula here");
                    };
        }
        for (int i = 0; i < state.length; i++) {
            change[WIDTH + i] = name.equals("Adagrad") ? gradient[i] * gradient[i] : meanSquare;
        }
        return change;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }

    private static double contract(double[] change, float[] u, float[] stateAdjoint) {
        double sum = 0;
        for (int i = 0; i < WIDTH; i++) {
            sum += u[i] * change[i];
        }
        for (int i = 0; i < stateAdjoint.length; i++) {
            sum += stateAdjoint[i] * change[WIDTH + i];
        }
        return sum;
    }

    private static double effect(
            ReversibleOptimizer optimizer,
            float[] state,
            float[] gradient,
            float[] part,
            float[] u,
            float[] stateAdjoint) {
        float[] rowChange = new float[WIDTH];
        float[] stateChange = new float[state.length];
        optimizer.changeOf(RATE, state, gradient, part, rowChange, stateChange);
        double[] change = new double[WIDTH + state.length];
        Arrays.setAll(change, i -> i < WIDTH ? rowChange[i] : stateChange[i - WIDTH]);
        return contract(change, u, stateAdjoint);
    }

    private static double close(double expected) {
        return Tolerance.FLOAT_ARITHMETIC * Math.max(1, Math.abs(expected));
    }

    /** The formula that the other tests differentiate is the step that training takes. */
    @ParameterizedTest
    @MethodSource("reversible")
    void theOracleIsTheStep(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        float[] state = state(optimizer);
        float[] gradient = RandomFacts.row(WIDTH, random);
        double[] expected = step(name, doubles(state), doubles(gradient));
        float[] row = new float[WIDTH];
        optimizer.writeState(Table.RELATIONS, 0, state);
        optimizer.beginStep(0, RATE);
        optimizer.update(Table.RELATIONS, 0, row, gradient);
        float[] after = new float[state.length];
        optimizer.readState(Table.RELATIONS, 0, after);
        for (int i = 0; i < WIDTH; i++) {
            assertEquals(expected[i], row[i], Tolerance.FLOAT_ARITHMETIC);
        }
        for (int i = 0; i < state.length; i++) {
            assertEquals(expected[WIDTH + i], after[i] - state[i], Tolerance.FLOAT_ARITHMETIC);
        }
    }

    @ParameterizedTest
    @MethodSource("reversible")
    void stateIsPutBackAsItWasAndTablesAreKeptApart(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        float[] state = state(optimizer);
        float[] ofOtherTable = new float[state.length];
        optimizer.readState(Table.RELATIONS, 0, ofOtherTable);
        float[] otherBefore = ofOtherTable.clone();
        optimizer.writeState(Table.ENTITIES, 0, state);
        optimizer.beginStep(0, RATE);
        optimizer.update(Table.ENTITIES, 0, new float[WIDTH], RandomFacts.row(WIDTH, random));
        optimizer.writeState(Table.ENTITIES, 0, state);
        float[] read = new float[state.length];
        optimizer.readState(Table.ENTITIES, 0, read);
        optimizer.readState(Table.RELATIONS, 0, ofOtherTable);
        assertArrayEquals(state, read);
        assertArrayEquals(otherBefore, ofOtherTable);
    }

    @ParameterizedTest
    @MethodSource("reversible")
    void adjointsArePulledBackByTheDerivativeOfTheStep(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        for (int trial = 0; trial < 20; trial++) {
            float[] state = state(optimizer);
            float[] gradient = RandomFacts.row(WIDTH, random);
            if (trial % 2 == 1) {
                gradient[trial % WIDTH] = 0f;
            }
            float[] u = RandomFacts.row(WIDTH, random);
            float[] stateAdjoint = RandomFacts.row(state.length, random);
            float[] before = stateAdjoint.clone();
            float[] gradientAdjoint = RandomFacts.row(WIDTH, random);
            float[][] given = {state.clone(), gradient.clone(), u.clone()};
            optimizer.pullBack(RATE, state, gradient, u, stateAdjoint, gradientAdjoint);
            assertArrayEquals(given, new float[][] {state, gradient, u}, "not modified");
            for (int i = 0; i < WIDTH; i++) {
                double[] more = doubles(gradient);
                double[] less = doubles(gradient);
                more[i] += NUDGE;
                less[i] -= NUDGE;
                double expected = (contract(step(name, doubles(state), more), u, before)
                                - contract(step(name, doubles(state), less), u, before))
                        / (2 * NUDGE);
                assertEquals(expected, gradientAdjoint[i], close(expected));
            }
            for (int i = 0; i < state.length; i++) {
                double[] more = doubles(state);
                double[] less = doubles(state);
                more[i] += NUDGE;
                less[i] -= NUDGE;
                double expected = before[i]
                        + (contract(step(name, more, doubles(gradient)), u, before)
                                        - contract(step(name, less, doubles(gradient)), u, before))
                                / (2 * NUDGE);
                assertEquals(expected, stateAdjoint[i], close(expected));
            }
        }
    }

    /** Of a fact in a batch, and of the only fact of a step. */
    @ParameterizedTest
    @MethodSource("reversible")
    void theEffectOfAPartIsThatOfTheStepLessTheStepWithoutIt(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        for (float accumulator : new float[] {0.3f, 0f}) {
            for (boolean whole : new boolean[] {true, false}) {
                float[] state = new float[optimizer.stateWidth(WIDTH)];
                Arrays.fill(state, accumulator);
                float[] gradient = RandomFacts.row(WIDTH, random);
                gradient[2] = 0f;
                float[] part = whole ? gradient.clone() : RandomFacts.row(WIDTH, random);
                double[] without = doubles(gradient);
                for (int i = 0; i < WIDTH; i++) {
                    without[i] -= part[i];
                }
                float[] u = RandomFacts.row(WIDTH, random);
                float[] stateAdjoint = RandomFacts.row(state.length, random);
                double expected = contract(step(name, doubles(state), doubles(gradient)), u, stateAdjoint)
                        - contract(step(name, doubles(state), without), u, stateAdjoint);
                double effect = effect(optimizer, state, gradient, part, u, stateAdjoint);
                assertEquals(expected, effect, close(expected));
            }
        }
    }

    /** A row that one fact of a batch has for itself, its gradient summed up in another order by another kernel. */
    @ParameterizedTest
    @MethodSource("reversible")
    void roundingOfTheWholeIsNoStepOfItsOwn(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        float[] state = new float[optimizer.stateWidth(WIDTH)];
        float[] gradient = RandomFacts.row(WIDTH, random);
        float[] part = gradient.clone();
        for (int i = 0; i < WIDTH; i++) {
            part[i] = Math.nextUp(Math.nextUp(part[i]));
        }
        float[] u = RandomFacts.row(WIDTH, random);
        float[] stateAdjoint = RandomFacts.row(state.length, random);
        double expected = contract(step(name, doubles(state), doubles(gradient)), u, stateAdjoint);
        assertEquals(expected, effect(optimizer, state, gradient, part, u, stateAdjoint), close(expected));
    }

    /** A small part has the effect that the adjoint of the gradient says. */
    @ParameterizedTest
    @MethodSource("reversible")
    void theEffectOfASmallPartIsItsProductWithTheAdjointOfTheGradient(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        float[] state = state(optimizer);
        float[] gradient = RandomFacts.row(WIDTH, random);
        float[] u = RandomFacts.row(WIDTH, random);
        float[] stateAdjoint = RandomFacts.row(state.length, random);
        float[] part = RandomFacts.row(WIDTH, random);
        for (int i = 0; i < WIDTH; i++) {
            part[i] *= 1e-3f;
        }
        double effect = effect(optimizer, state, gradient, part, u, stateAdjoint);
        float[] gradientAdjoint = new float[WIDTH];
        optimizer.pullBack(RATE, state, gradient, u, stateAdjoint, gradientAdjoint);
        double expected = 0;
        for (int i = 0; i < WIDTH; i++) {
            expected += (double) gradientAdjoint[i] * part[i];
        }
        assertEquals(expected, effect, Tolerance.FLOAT_ARITHMETIC);
        assertTrue(effect != 0);
    }

    /** The first step on an accumulator of 0 has the size of the rate, whatever the gradient: its derivative is 0. */
    @ParameterizedTest
    @MethodSource("reversible")
    void aStepOnAnAccumulatorOfZeroHasNoNumbersThatAreNotFinite(String name) {
        ReversibleOptimizer optimizer = optimizer(name);
        for (float size : new float[] {1f, 1e-4f, 1e-12f, 1e-22f, 0f}) {
            float[] state = new float[optimizer.stateWidth(WIDTH)];
            float[] gradient = RandomFacts.row(WIDTH, random);
            for (int i = 0; i < WIDTH; i++) {
                gradient[i] *= size;
            }
            float[] u = RandomFacts.row(WIDTH, random);
            float[] stateAdjoint = RandomFacts.row(state.length, random);
            float[] before = stateAdjoint.clone();
            float[] gradientAdjoint = new float[WIDTH];
            double effect = effect(optimizer, state, gradient, gradient, u, stateAdjoint);
            optimizer.pullBack(RATE, state, gradient, u, stateAdjoint, gradientAdjoint);
            assertTrue(Double.isFinite(effect));
            for (float[] result : new float[][] {stateAdjoint, gradientAdjoint}) {
                for (float number : result) {
                    assertTrue(Float.isFinite(number));
                }
            }
            if (size == 0f) {
                assertEquals(0, effect, 0);
                assertArrayEquals(before, stateAdjoint);
            }
            if (name.equals("Adagrad") && size == 1f) {
                for (int i = 0; i < WIDTH; i++) {
                    double expected = 2.0 * gradient[i] * before[i];
                    assertEquals(expected, gradientAdjoint[i], Tolerance.FLOAT_ARITHMETIC);
                }
            }
        }
    }
}
