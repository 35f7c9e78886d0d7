package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.Allocation;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.ExampleCurvature.Direction;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleCurvatureTest {
    private static final int DIMENSION = 4;
    private static final int EPOCH = 3;
    private static final int BATCH = 2;

    /** Self-loops are among them, and queries with several answers. */
    private static final Facts FACTS = RandomFacts.of(10, 5, 2, 4);

    private final Random random = new Random(8);

    static List<ScoringFunction> functions() {
        return ScoringFunctions.names().stream()
                .flatMap(name -> Stream.of(false, true).map(reciprocal -> ScoringFunctions.named(name, reciprocal)))
                .toList();
    }

    static List<Arguments> functionsWithLosses() {
        return functions().stream()
                .flatMap(function -> LossContractTest.all().stream().map(loss -> Arguments.of(function, loss)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("functionsWithLosses")
    void theProductIsTheDifferenceOfTheGradientInEveryRegime(ScoringFunction function, Loss loss) {
        List<Negatives> regimes = List.of(
                Negatives.perFact(4, NegativeSides.BOTH),
                Negatives.shared(4, NegativeSides.BOTH),
                Negatives.all(Regime.ONE_VS_ALL, NegativeSides.BOTH),
                Negatives.all(Regime.K_VS_ALL, NegativeSides.BOTH));
        for (Negatives negatives : regimes) {
            if (negatives.regime() != Regime.K_VS_ALL || loss.sharesNegatives()) {
                assertProductIsTheDifference(
                        settings(function).loss(loss).negatives(negatives).build());
            }
        }
    }

    static List<Arguments> functionsWithSides() {
        List<Arguments> all = new ArrayList<>();
        for (String name : List.of("ComplEx", "RotatE")) {
            ScoringFunction function = ScoringFunctions.named(name);
            for (NegativeSides sides : NegativeSides.values()) {
                for (Regime regime : Regime.values()) {
                    for (boolean filtered : new boolean[] {false, true}) {
                        if (sides != NegativeSides.RANDOM || regime == Regime.PER_FACT) {
                            all.add(Arguments.of(
                                    function, new Negatives(regime, 4, sides, Sampling.UNIFORM, filtered)));
                        }
                    }
                }
            }
            all.add(Arguments.of(
                    function, new Negatives(Regime.PER_FACT, 4, NegativeSides.RANDOM, Sampling.BERNOULLI, false)));
            all.add(Arguments.of(
                    function, new Negatives(Regime.PER_FACT, 4, NegativeSides.BOTH, Sampling.TYPED, true)));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("functionsWithSides")
    void theProductIsTheDifferenceOfTheGradientForEveryChoiceOfNegatives(
            ScoringFunction function, Negatives negatives) {
        assertProductIsTheDifference(settings(function).negatives(negatives).build());
        assertProductIsTheDifference(
                settings(function).loss(new Logistic(0.1f)).negatives(negatives).build());
    }

    @ParameterizedTest
    @MethodSource("functions")
    void theProductIsTheDifferenceOfTheGradientWithEveryPenalty(ScoringFunction function) {
        for (String name : Regularizer.names()) {
            for (boolean frequencyWeighted : new boolean[] {true, false}) {
                assertProductIsTheDifference(settings(function)
                        .regularizer(new Regularizer(name, 0.7f, 0.4f, frequencyWeighted))
                        .build());
            }
        }
    }

    /** With relations dropped a translation would come to rest on kinks of the L1 norm. */
    @ParameterizedTest
    @MethodSource("functions")
    void theProductIsTheDifferenceOfTheGradientWithDropout(ScoringFunction function) {
        float ofRelations = function.name().equals("TransE-L1") ? 0f : 0.25f;
        assertProductIsTheDifference(
                settings(function).dropout(new Dropout(0.5f, ofRelations)).build());
    }

    @ParameterizedTest
    @MethodSource("functionsWithLosses")
    void theProductIsSymmetricWhereTheCoefficientsAreTheWholeDerivative(ScoringFunction function, Loss loss) {
        boolean wholeDerivative = !(loss instanceof SelfAdversarial of && of.adversarialTemperature() > 0);
        Case at = new Case(settings(function)
                .loss(loss)
                .regularizer(new Regularizer("N3", 0.7f, 0.4f, false))
                .build());
        double greatest = 0;
        for (int fact = 0; fact < FACTS.count(); fact++) {
            RowGradients v = at.direction(1, random);
            RowGradients w = at.direction(1, random);
            double there = dot(w, at.product(fact, v));
            double difference = Math.abs(there - dot(v, at.product(fact, w)));
            greatest = Math.max(greatest, difference / (1 + Math.abs(there)));
        }
        if (wholeDerivative) {
            assertEquals(0, greatest, 10 * Tolerance.FLOAT_ARITHMETIC);
        } else {
            assertTrue(greatest > 20 * Tolerance.FLOAT_ARITHMETIC, "only " + greatest);
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void severalDirectionsAtOnceGiveTheBitsOfEachAlone(ScoringFunction function) {
        Case at = new Case(settings(function)
                .regularizer(new Regularizer("L2", 0.7f, 0.4f, true))
                .build());
        Direction[] directions = {at.direction(1, random), at.direction(0.5, random), at.direction(0.2, random)};
        RowGradients[] together = {at.empty(), at.empty(), at.empty()};
        double[] slopes = new double[3];
        for (int fact = 0; fact < FACTS.count(); fact++) {
            for (RowGradients result : together) {
                result.clear();
            }
            at.curvature.add(at.parameters, fact, EPOCH, BATCH, directions, 3, together, slopes);
            for (int k = 0; k < 3; k++) {
                RowGradients[] alone = {at.empty()};
                double[] slope = new double[1];
                Direction[] one = {directions[k]};
                at.curvature.add(at.parameters, fact, EPOCH, BATCH, one, 1, alone, slope);
                assertEquals(slope[0], slopes[k]);
                assertSameBits(alone[0], together[k], at.parameters);
            }
        }
    }

    @Test
    void onlyTheCountedDirectionsAreFollowedAndResultsAreAddedTo() {
        Case at = new Case(settings(ScoringFunctions.named("ComplEx")).build());
        RowGradients v = at.direction(1, random);
        RowGradients once = at.product(0, v);
        RowGradients[] results = {at.product(0, v), null};
        double[] slopes = {5, 7};
        at.curvature.add(at.parameters, 0, EPOCH, BATCH, new Direction[] {v, null}, 1, results, slopes);
        assertEquals(dot(at.gradient(0), v), slopes[0], Tolerance.FLOAT_ARITHMETIC, "slopes are overwritten");
        assertEquals(7, slopes[1]);
        assertEquals(2 * dot(v, once), dot(v, results[0]), Tolerance.FLOAT_ARITHMETIC);
    }

    /** A direction that does not move anything the fact looks at. */
    @Test
    void aDirectionElsewhereTouchesNothing() {
        Facts facts = Facts.of(9, 2, new int[] {0, 7}, new int[] {0, 1}, new int[] {1, 8});
        TrainingSettings settings = settings(ScoringFunctions.named("RotatE"))
                .negatives(Negatives.perFact(2, NegativeSides.BOTH))
                .regularizer(new Regularizer("N3", 0.7f, 0.4f, false))
                .build();
        Case at = new Case(facts, settings);
        RowGradients gradient = at.gradient(0);
        RowGradients elsewhere = at.empty();
        for (int entity = 0; entity < 9; entity++) {
            if (!gradient.touched(Table.ENTITIES, entity)) {
                elsewhere.row(Table.ENTITIES, entity)[0] = 1f;
            }
        }
        elsewhere.row(Table.RELATIONS, 1)[0] = 1f;
        assertTrue(elsewhere.count(Table.ENTITIES) > 2);
        RowGradients[] results = {at.empty()};
        double[] slopes = {1};
        at.curvature.add(at.parameters, 0, EPOCH, BATCH, new Direction[] {elsewhere}, 1, results, slopes);
        assertEquals(0, slopes[0]);
        assertEquals(0, results[0].count(Table.ENTITIES));
        assertEquals(0, results[0].count(Table.RELATIONS));
    }

    @Test
    void negativesBeyondTheMarginAreNotTouched() {
        Facts facts = Facts.of(6, 1, new int[] {0}, new int[] {0}, new int[] {1});
        TrainingSettings settings = settings(ScoringFunctions.named("DistMult"))
                .loss(new Margin(0.5f))
                .negatives(Negatives.all(Regime.ONE_VS_ALL, NegativeSides.TAIL))
                .build();
        Case at = new Case(facts, settings);
        for (float[] row : at.parameters.entities()) {
            Arrays.fill(row, 1f);
        }
        Arrays.fill(at.parameters.relations()[0], 1f);
        Arrays.fill(at.parameters.entities()[4], -1f);
        RowGradients result = at.product(0, at.direction(1, random));
        assertNotNull(result.rowIfTouched(Table.ENTITIES, 3));
        assertNull(result.rowIfTouched(Table.ENTITIES, 4));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void rowsThatCoincideGiveFiniteProducts(ScoringFunction function) {
        Case at = new Case(settings(function)
                .regularizer(new Regularizer("N3", 0.7f, 0.4f, true))
                .build());
        for (float[] row : at.parameters.entities()) {
            Arrays.fill(row, 0f);
        }
        for (float[] row : at.parameters.relations()) {
            Arrays.fill(row, 0f);
        }
        RowGradients v = at.direction(1, random);
        for (int fact = 0; fact < FACTS.count(); fact++) {
            assertTrue(Double.isFinite(dot(v, at.product(fact, v))));
        }
    }

    @Test
    void steadyWorkAllocatesNothing() {
        for (Negatives negatives :
                List.of(Negatives.perFact(4, NegativeSides.BOTH), Negatives.shared(4, NegativeSides.BOTH))) {
            Case at = new Case(settings(ScoringFunctions.named("ComplEx"))
                    .negatives(negatives)
                    .build());
            Direction[] directions = {at.direction(1, random), at.direction(0.5, random)};
            RowGradients[] results = {at.empty(), at.empty()};
            double[] slopes = new double[2];
            assertEquals(0, Allocation.of(() -> {
                for (int fact = 0; fact < FACTS.count(); fact++) {
                    at.curvature.add(at.parameters, fact, EPOCH, BATCH, directions, 2, results, slopes);
                }
            }));
        }
    }

    /** Along each row by itself and along all together, for a direction in all rows and one in some. */
    private void assertProductIsTheDifference(TrainingSettings settings) {
        Case at = new Case(settings);
        int compared = 0;
        for (int fact = 0; fact < FACTS.count(); fact++) {
            if (at.nearKink(fact)) {
                continue;
            }
            compared++;
            RowGradients[] directions = {at.direction(1, random), at.direction(0.5, random)};
            RowGradients[] results = {at.empty(), at.empty()};
            double[] slopes = new double[2];
            at.curvature.add(at.parameters, fact, EPOCH, BATCH, directions, 2, results, slopes);
            RowGradients gradient = at.gradient(fact);
            for (int k = 0; k < 2; k++) {
                assertEquals(dot(gradient, directions[k]), slopes[k], Tolerance.FLOAT_ARITHMETIC);
            }
            for (RowGradients along : at.oneByOneAndTogether(random)) {
                double[] expected = at.differences(fact, along, directions);
                for (int k = 0; k < 2; k++) {
                    assertEquals(
                            expected[k],
                            dot(along, results[k]),
                            Tolerance.SECOND_DIFFERENCE * (1 + Math.abs(expected[k])),
                            settings.toString());
                }
            }
        }
        assertTrue(compared > 1, "only " + compared + " are clear of kinks");
    }

    private static TrainingSettings.Builder settings(ScoringFunction function) {
        return TrainingSettings.of(function, DIMENSION).negatives(Negatives.perFact(4, NegativeSides.BOTH));
    }

    private static double dot(RowGradients a, RowGradients b) {
        double sum = 0;
        for (Table table : Table.values()) {
            for (int i = 0; i < a.count(table); i++) {
                float[] other = b.rowIfTouched(table, a.id(table, i));
                for (int x = 0; other != null && x < other.length; x++) {
                    sum += (double) a.values(table, i)[x] * other[x];
                }
            }
        }
        return sum;
    }

    private static void assertSameBits(RowGradients expected, RowGradients actual, Parameters shape) {
        for (Table table : Table.values()) {
            for (int id = 0; id < shape.table(table).length; id++) {
                assertArrayEquals(expected.rowIfTouched(table, id), actual.rowIfTouched(table, id));
            }
        }
    }

    /** A training and a point in its parameter space. */
    private static final class Case {
        /** Error of the differences: the fourth power of this, or the rounding of floats over this. */
        private static final float STEP = 5e-3f;

        private final Facts facts;
        private final TrainingSettings settings;
        private final Examples examples;
        private final ExampleGradient example;
        private final ExampleCurvature curvature;
        private final Parameters parameters;

        Case(TrainingSettings settings) {
            this(FACTS, settings);
        }

        Case(Facts facts, TrainingSettings settings) {
            this.facts = facts;
            this.settings = settings;
            examples = new Examples(facts, settings);
            example = new ExampleGradient(examples);
            curvature = new ExampleCurvature(examples);
            parameters = Trainer.initialParameters(facts, settings);
            Random random = new Random(1);
            for (Table table : Table.values()) {
                for (float[] row : parameters.table(table)) {
                    offTheKinks(table == Table.ENTITIES ? 1 : 2, row, random);
                }
            }
        }

        /**
         * Sixteenths that are 1 (entities) or 2 (relations) modulo 5: neither they nor {@code h + r - t} come near 0, where
         * the L1 norm has its kinks, not even where dropout has made h twice itself or 0.
         */
        private static void offTheKinks(int remainder, float[] row, Random random) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (5 * (random.nextInt(6) - 3) + remainder) / 16f;
            }
        }

        RowGradients empty() {
            return RowGradients.shapedLike(parameters);
        }

        /** Uniform in ±1 in each row that the share hits. */
        RowGradients direction(double share, Random random) {
            RowGradients direction = empty();
            for (Table table : Table.values()) {
                for (int id = 0; id < parameters.table(table).length; id++) {
                    if (random.nextDouble() < share) {
                        fill(direction, table, id, random);
                    }
                }
            }
            return direction;
        }

        List<RowGradients> oneByOneAndTogether(Random random) {
            List<RowGradients> all = new ArrayList<>(List.of(direction(1, random)));
            for (Table table : Table.values()) {
                for (int id = 0; id < parameters.table(table).length; id++) {
                    RowGradients single = empty();
                    fill(single, table, id, random);
                    all.add(single);
                }
            }
            return all;
        }

        private void fill(RowGradients direction, Table table, int id, Random random) {
            float[] row = direction.row(table, id);
            System.arraycopy(RandomFacts.row(row.length, random), 0, row, 0, row.length);
        }

        RowGradients gradient(int fact) {
            return gradientAt(fact, parameters);
        }

        private RowGradients gradientAt(int fact, Parameters at) {
            RowGradients gradient = empty();
            example.add(at, fact, EPOCH, BATCH, gradient);
            return gradient;
        }

        RowGradients product(int fact, RowGradients direction) {
            RowGradients[] results = {empty()};
            curvature.add(parameters, fact, EPOCH, BATCH, new Direction[] {direction}, 1, results, new double[1]);
            return results[0];
        }

        /** The derivative of {@code ⟨gradient, v⟩} along a line, for each v: a central difference of the fourth order. */
        double[] differences(int fact, RowGradients along, RowGradients[] directions) {
            double[] sums = new double[directions.length];
            for (int steps : new int[] {-2, -1, 1, 2}) {
                double weight = (Math.abs(steps) == 1 ? 8 : -1) * Math.signum(steps) / (12 * STEP);
                RowGradients gradient = gradientAt(fact, moved(steps * STEP, along));
                for (int k = 0; k < sums.length; k++) {
                    sums[k] += weight * dot(gradient, directions[k]);
                }
            }
            return sums;
        }

        private Parameters moved(float step, RowGradients along) {
            Parameters moved = parameters.copy();
            for (Table table : Table.values()) {
                for (int i = 0; i < along.count(table); i++) {
                    float[] row = moved.row(table, along.id(table, i));
                    for (int x = 0; x < row.length; x++) {
                        row[x] += step * along.values(table, i)[x];
                    }
                }
            }
            return moved;
        }

        /** Whether a negative is so close to the margin that a step may carry it over. */
        boolean nearKink(int fact) {
            return settings.loss() instanceof Margin margin
                    && (nearKink(Side.TAIL, fact, margin.margin()) || nearKink(Side.HEAD, fact, margin.margin()));
        }

        private boolean nearKink(Side side, int fact, float margin) {
            ScoringFunction function = settings.scoringFunction();
            float[] head = parameters.entities()[facts.head(fact)];
            float[] tail = parameters.entities()[facts.tail(fact)];
            float[] relation = parameters.relations()[facts.relation(fact)];
            float[] query = new float[head.length];
            if (side == Side.TAIL) {
                function.tailQuery(head, relation, query);
            } else {
                function.headQuery(relation, tail, query);
            }
            float positive = function.similarity().of(query, side == Side.TAIL ? tail : head);
            int[] negatives = new int[examples.sampler().limit()];
            int count = examples.sampler().sample(fact, EPOCH, BATCH, side, negatives);
            for (int j = 0; j < count; j++) {
                float score = function.similarity().of(query, parameters.entities()[negatives[j]]);
                if (Math.abs(margin - positive + score) < 0.1f) {
                    return true;
                }
            }
            return false;
        }
    }
}
