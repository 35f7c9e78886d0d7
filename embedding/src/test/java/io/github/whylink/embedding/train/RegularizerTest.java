package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RegularizerTest {
    private static final int DIMENSION = 3;
    private static final float ENTITY_WEIGHT = 0.7f;
    private static final float RELATION_WEIGHT = 0.3f;
    private static final float FACTOR = 0.25f;

    private final Random random = new Random(5);

    static List<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (String name : Regularizer.names()) {
            for (String scorer : ScoringFunctions.names()) {
                all.add(Arguments.of(name, ScoringFunctions.named(scorer, false)));
                all.add(Arguments.of(name, ScoringFunctions.named(scorer, true)));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("all")
    void thePenaltyIsTheFormulaAndItsGradientTheFiniteDifferences(String name, ScoringFunction function) {
        Regularizer regularizer = new Regularizer(name, ENTITY_WEIGHT, RELATION_WEIGHT, true);
        for (boolean entity : new boolean[] {true, false}) {
            float[] row = RandomFacts.row(
                    entity ? function.entityWidth(DIMENSION) : function.relationWidth(DIMENSION), random);
            float[] before = row.clone();
            float[] start = RandomFacts.row(row.length, random);
            float[] gradient = start.clone();
            double penalty = entity
                    ? regularizer.addEntity(function, row, FACTOR, gradient)
                    : regularizer.addRelation(function, row, FACTOR, gradient);
            assertArrayEquals(before, row);
            assertEquals(expected(name, function, entity, row), penalty, Tolerance.FLOAT_ARITHMETIC);
            for (int i = 0; i < row.length; i++) {
                float value = row[i];
                row[i] = value + 1e-3f;
                double above = expected(name, function, entity, row);
                double width = row[i];
                row[i] = value - 1e-3f;
                width -= row[i];
                double below = expected(name, function, entity, row);
                row[i] = value;
                assertEquals((above - below) / width, gradient[i] - start[i], Tolerance.FLOAT_ARITHMETIC);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theCurvatureIsTheDifferenceOfTheGradientAndTheSlopeItsProduct(String name, ScoringFunction function) {
        Regularizer regularizer = new Regularizer(name, ENTITY_WEIGHT, RELATION_WEIGHT, true);
        float step = 1e-2f;
        for (boolean entity : new boolean[] {true, false}) {
            int width = entity ? function.entityWidth(DIMENSION) : function.relationWidth(DIMENSION);
            float[] row = RandomFacts.row(width, random);
            float[] direction = RandomFacts.row(width, random);
            float[] start = RandomFacts.row(width, random);
            float[] sum = start.clone();
            double slope = entity
                    ? regularizer.addEntityCurvature(function, row, FACTOR, direction, sum)
                    : regularizer.addRelationCurvature(function, row, FACTOR, direction, sum);
            float[][] gradients = new float[3][width];
            for (int at = -1; at <= 1; at++) {
                float[] moved = row.clone();
                for (int i = 0; i < width; i++) {
                    moved[i] += at * step * direction[i];
                }
                if (entity) {
                    regularizer.addEntity(function, moved, FACTOR, gradients[at + 1]);
                } else {
                    regularizer.addRelation(function, moved, FACTOR, gradients[at + 1]);
                }
            }
            assertEquals(Rows.dot(gradients[1], direction), slope, Tolerance.FLOAT_ARITHMETIC);
            for (int i = 0; i < width; i++) {
                double expected = (gradients[2][i] - gradients[0][i]) / (2 * step);
                assertEquals(expected, sum[i] - start[i], Tolerance.SECOND_DIFFERENCE);
            }
        }
    }

    @Test
    void theModulusOfComplexNumbersPairsTheHalvesOfARow() {
        Regularizer n3 = new Regularizer("N3", 3f, 3f, true);
        ScoringFunction complex = ScoringFunctions.named("ComplEx");
        // |3 + 4i|³ + |5 + 12i|³
        assertEquals(125 + 2197, n3.addEntity(complex, new float[] {3f, 5f, 4f, 12f}, 1f, new float[4]), 1e-3);
        // Each half of a reciprocal row is a row of its own.
        ScoringFunction reciprocal = ScoringFunctions.named("ComplEx", true);
        assertEquals(125 + 2197, n3.addRelation(reciprocal, new float[] {3f, 4f, 5f, 12f}, 1f, new float[4]), 1e-3);
    }

    @Test
    void aRowOfZerosHasNoGradient() {
        for (String name : Regularizer.names()) {
            float[] gradient = new float[4];
            Regularizer regularizer = new Regularizer(name, 1f, 1f, true);
            assertEquals(0, regularizer.addEntity(ScoringFunctions.named("ComplEx"), new float[4], 1f, gradient));
            assertArrayEquals(new float[4], gradient);
            if (!name.equals("L2")) {
                float[] direction = {1f, 1f, 1f, 1f};
                ScoringFunction complex = ScoringFunctions.named("ComplEx");
                assertEquals(0, regularizer.addEntityCurvature(complex, new float[4], 1f, direction, gradient));
                assertArrayEquals(new float[4], gradient);
            }
        }
    }

    @Test
    void aRegularizerWithoutANameOrWithoutWeightsIsNone() {
        assertTrue(Regularizer.NONE.isNone());
        assertTrue(new Regularizer("none", 1f, 1f, false).isNone());
        assertTrue(new Regularizer("N3", 0f, 0f, true).isNone());
        assertFalse(new Regularizer("n3", 0f, 1e-3f, true).isNone());
        assertFalse(new Regularizer("l2", 1e-3f, 0f, true).isNone());
    }

    @Test
    void anUnknownRegularizerIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new Regularizer("N4", 0f, 0f, true));
        assertTrue(refused.getMessage().contains("N3"), refused.getMessage());
    }

    @Test
    void weightsThatAreNegativeOrNotFiniteAreRefused() {
        for (float wrong : new float[] {-1f, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new Regularizer("L2", wrong, 0f, true));
            assertThrows(IllegalArgumentException.class, () -> new Regularizer("L2", 0f, wrong, true));
        }
    }

    /** The penalty by its definition; complex numbers are found without looking at the parts of the row. */
    private static double expected(String name, ScoringFunction function, boolean entity, float[] row) {
        double weight = FACTOR * (entity ? ENTITY_WEIGHT : RELATION_WEIGHT);
        boolean complex = List.of("ComplEx", "RotatE").contains(function.name());
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            if (name.equals("L2")) {
                sum += (double) row[i] * row[i] / 2;
            } else if (name.equals("N3") && !complex) {
                sum += Math.pow(Math.abs(row[i]), 3) / 3;
            } else if (name.equals("N3") && i / DIMENSION % 2 == 0) {
                sum += Math.pow(Math.hypot(row[i], row[i + DIMENSION]), 3) / 3;
            }
        }
        return weight * sum;
    }
}
