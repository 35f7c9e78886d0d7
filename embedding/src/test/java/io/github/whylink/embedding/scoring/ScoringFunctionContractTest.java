package io.github.whylink.embedding.scoring;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScoringFunctionContractTest {
    private static final int DIMENSION = 7;

    /** The formulas of the papers, slowly and in double precision. */
    private static final Map<String, Oracle> ORACLES = Map.ofEntries(
            entry("DistMult", (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    sum += (double) h[i] * r[i] * t[i];
                }
                return sum;
            }),
            entry("ComplEx", (h, r, t) -> {
                int d = h.length / 2;
                double sum = 0;
                for (int i = 0; i < d; i++) {
                    double re = (double) h[i] * r[i] - (double) h[d + i] * r[d + i];
                    double im = (double) h[i] * r[d + i] + (double) h[d + i] * r[i];
                    sum += re * t[i] + im * t[d + i];
                }
                return sum;
            }),
            entry("TransE", (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    sum += Math.pow((double) h[i] + r[i] - t[i], 2);
                }
                return -Math.sqrt(sum);
            }),
            entry("TransE-L1", (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    sum += Math.abs((double) h[i] + r[i] - t[i]);
                }
                return -sum;
            }),
            entry("RotatE", (h, r, t) -> {
                int d = h.length / 2;
                double sum = 0;
                for (int i = 0; i < d; i++) {
                    double angle = Math.atan2(r[d + i], r[i]);
                    double re = h[i] * Math.cos(angle) - h[d + i] * Math.sin(angle);
                    double im = h[i] * Math.sin(angle) + h[d + i] * Math.cos(angle);
                    sum += Math.pow(re - t[i], 2) + Math.pow(im - t[d + i], 2);
                }
                return -Math.sqrt(sum);
            }),
            entry("RESCAL", (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    for (int j = 0; j < t.length; j++) {
                        sum += (double) h[i] * r[i * h.length + j] * t[j];
                    }
                }
                return sum;
            }),
            entry("SimplE", (h, r, t) -> {
                int d = h.length / 2;
                double sum = 0;
                for (int i = 0; i < d; i++) {
                    sum += (double) h[i] * r[i] * t[d + i] + (double) t[i] * r[d + i] * h[d + i];
                }
                return sum / 2;
            }),
            entry("CP", (h, r, t) -> {
                int d = h.length / 2;
                double sum = 0;
                for (int i = 0; i < d; i++) {
                    sum += (double) h[i] * r[i] * t[d + i];
                }
                return sum;
            }));

    private interface Oracle {
        double score(float[] h, float[] r, float[] t);
    }

    /** The score of a fact asked for by its head query: that of the inverse fact where there is a row for that. */
    private static double oracle(ScoringFunction function, boolean throughTail, float[] h, float[] r, float[] t) {
        Oracle oracle = ORACLES.get(function.name());
        if (!function.reciprocal()) {
            return oracle.score(h, r, t);
        }
        int half = r.length / 2;
        return throughTail
                ? oracle.score(h, Arrays.copyOf(r, half), t)
                : oracle.score(t, Arrays.copyOfRange(r, half, r.length), h);
    }

    private final Random random = new Random(7);

    static List<ScoringFunction> plain() {
        return ScoringFunctions.all();
    }

    /** Each as it is, and with relation rows of their own for head queries. */
    static List<ScoringFunction> all() {
        List<ScoringFunction> all = new ArrayList<>(plain());
        plain().forEach(function -> all.add(new Reciprocal(function)));
        return all;
    }

    @ParameterizedTest
    @MethodSource("all")
    void scoreIsTheFormulaOfThePaper(ScoringFunction function) {
        for (int repeat = 0; repeat < 50; repeat++) {
            Triple x = Triple.random(function, random);
            assertEquals(oracle(function, true, x.h, x.r, x.t), x.byTail(function), Tolerance.FLOAT_ARITHMETIC);
            assertEquals(oracle(function, false, x.h, x.r, x.t), x.byHead(function), Tolerance.FLOAT_ARITHMETIC);
        }
    }

    /** On small integers float arithmetic is exact, so that not a bit may differ between the forms. */
    @ParameterizedTest
    @MethodSource("plain")
    void headQueryAndTailQueryAgreeToTheBitWhereArithmeticIsExact(ScoringFunction function) {
        for (int repeat = 0; repeat < 50; repeat++) {
            Triple x = Triple.ofIntegers(function, random);
            assertEquals(x.byTail(function), x.byHead(function));
            assertEquals(ORACLES.get(function.name()).score(x.h, x.r, x.t), x.byTail(function), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void scoringAllCandidatesGivesTheBitsOfScoringOne(ScoringFunction function) {
        Parameters parameters = Parameters.initial(function, DIMENSION, 23, 3, 1f, 5);
        parameters.entities()[11] = parameters.entities()[4].clone();
        EmbeddingModel model = new EmbeddingModel(function, parameters);
        float[] scores = new float[23];
        float[] query = new float[function.entityWidth(DIMENSION)];
        for (int head = 0; head < 23; head++) {
            model.scores(Side.TAIL, head, 1, query, scores);
            for (int tail = 0; tail < 23; tail++) {
                assertEquals(model.score(head, 1, tail), scores[tail]);
            }
            assertEquals(scores[4], scores[11], "equal rows tie as tails");
            model.scores(Side.HEAD, head, 1, query, scores);
            assertEquals(scores[4], scores[11], "equal rows tie as heads");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradientsOfBothFormsAreTheFiniteDifferences(ScoringFunction function) {
        for (int repeat = 0; repeat < 20; repeat++) {
            Triple x = Triple.random(function, random);
            for (boolean throughTail : new boolean[] {true, false}) {
                Triple gradient = x.gradient(function, throughTail);
                for (int part = 0; part < 3; part++) {
                    float[] row = x.part(part);
                    for (int i = 0; i < row.length; i++) {
                        double expected = x.difference(function, throughTail, row, i);
                        assertEquals(expected, gradient.part(part)[i], Tolerance.FINITE_DIFFERENCE);
                    }
                }
            }
        }
    }

    /** Both queries along a line, and both ways back with a gradient of the query that moves along with the rows. */
    @ParameterizedTest
    @MethodSource("all")
    void tangentsAreTheFiniteDifferencesAlongALine(ScoringFunction function) {
        float step = 5e-3f;
        for (int repeat = 0; repeat < 20; repeat++) {
            Triple x = Triple.random(function, random);
            if (function.name().equals("RotatE")) {
                Triple.lengthen(x.r);
            }
            Triple moves = Triple.random(function, random);
            float[] g = RandomFacts.row(x.h.length, random);
            float[] gMoves = RandomFacts.row(x.h.length, random);
            for (boolean tail : new boolean[] {true, false}) {
                Triple above = Triple.queryAndWayBack(function, tail, x.moved(step, moves), moved(g, step, gMoves));
                Triple below = Triple.queryAndWayBack(function, tail, x.moved(-step, moves), moved(g, -step, gMoves));
                Triple tangents = Triple.tangents(function, tail, x, moves, g, gMoves);
                for (int part = 0; part < 3; part++) {
                    for (int i = 0; i < tangents.part(part).length; i++) {
                        double expected = (above.part(part)[i] - below.part(part)[i]) / (2 * step);
                        assertEquals(expected, tangents.part(part)[i], Tolerance.FINITE_DIFFERENCE);
                    }
                }
            }
        }
    }

    private static float[] moved(float[] row, float step, float[] along) {
        float[] moved = row.clone();
        for (int i = 0; i < row.length; i++) {
            moved[i] += step * along[i];
        }
        return moved;
    }

    @ParameterizedTest
    @MethodSource("plain")
    void reciprocalRelationsScoreTheTwoDirectionsSeparately(ScoringFunction function) {
        Triple x = Triple.random(new Reciprocal(function), random);
        Reciprocal reciprocal = new Reciprocal(function);
        assertEquals(2 * function.relationWidth(DIMENSION), x.r.length);
        float tail = x.byTail(reciprocal);
        float head = x.byHead(reciprocal);
        int half = x.r.length / 2;
        Arrays.fill(x.r, half, x.r.length, 0.3f);
        assertEquals(tail, x.byTail(reciprocal), "tail queries do not read the second half");
        assertNotEquals(head, x.byHead(reciprocal), "head queries do");
        Triple throughTail = x.gradient(reciprocal, true);
        Triple throughHead = x.gradient(reciprocal, false);
        for (int i = 0; i < half; i++) {
            assertEquals(0f, throughTail.r[half + i]);
            assertEquals(0f, throughHead.r[i]);
        }
    }

    /** The rotation by nothing, where the direction of a relation is undefined. */
    @Test
    void aRelationOfZerosRotatesByNothingAndGetsNoGradient() {
        ScoringFunction rotate = ScoringFunctions.named("RotatE");
        Triple x = Triple.random(rotate, random);
        Arrays.fill(x.r, 0f);
        float distance = rotate.similarity().of(x.h, x.t);
        assertEquals(distance, x.byTail(rotate));
        assertEquals(distance, x.byHead(rotate));
        for (boolean throughTail : new boolean[] {true, false}) {
            Triple gradient = x.gradient(rotate, throughTail);
            assertArrayEquals(new float[x.r.length], gradient.r);
            Triple tangents = Triple.tangents(rotate, throughTail, x, x.moved(1f, x), x.h, x.t);
            assertArrayEquals(new float[x.r.length], tangents.r);
            assertEquals(x.difference(rotate, throughTail, x.h, 0), gradient.h[0], Tolerance.FINITE_DIFFERENCE);
        }
    }

    @Test
    void theLengthOfARotationIsOfNoConsequence() {
        ScoringFunction rotate = ScoringFunctions.named("RotatE");
        Triple x = Triple.random(rotate, random);
        float tail = x.byTail(rotate);
        for (int i = 0; i < x.r.length; i++) {
            x.r[i] *= 4f;
        }
        assertEquals(tail, x.byTail(rotate));
    }

    @Test
    void complexRowsAreThoseOfComplexNumbers() {
        assertEquals(
                List.of("ComplEx", "RotatE"),
                plain().stream()
                        .filter(ScoringFunction::complexRows)
                        .map(ScoringFunction::name)
                        .toList());
        for (ScoringFunction function : all()) {
            assertEquals(function.reciprocal() ? 2 : 1, function.relationParts());
        }
        assertTrue(ScoringFunctions.named("complex", true).complexRows());
    }

    @Test
    void reciprocalRelationsAreAskedForBesideTheName() {
        assertEquals(new Reciprocal(new ComplEx()), ScoringFunctions.named("complex", true));
        assertEquals(new ComplEx(), ScoringFunctions.named("complex", false));
        assertEquals("ComplEx", ScoringFunctions.named("complex", true).name());
    }

    @Test
    void everyScoringFunctionHasAnOracle() {
        assertEquals(ORACLES.keySet(), Set.copyOf(ScoringFunctions.names()));
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> ScoringFunctions.named("Dist"));
        assertTrue(refused.getMessage().contains("'Dist'"));
        assertTrue(refused.getMessage().contains("DistMult"));
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Triple(float[] h, float[] r, float[] t) {
        static Triple random(ScoringFunction function, Random random) {
            int e = function.entityWidth(DIMENSION);
            return new Triple(
                    RandomFacts.row(e, random),
                    RandomFacts.row(function.relationWidth(DIMENSION), random),
                    RandomFacts.row(e, random));
        }

        static Triple ofIntegers(ScoringFunction function, Random random) {
            Triple x = random(function, random);
            for (int part = 0; part < 3; part++) {
                for (int i = 0; i < x.part(part).length; i++) {
                    x.part(part)[i] = random.nextInt(9) - 4;
                }
            }
            if (function.name().equals("RotatE")) {
                quarterTurns(x.r, random);
            }
            return x;
        }

        /** The rotations that integers survive; their modulus is any integer above 0. */
        private static void quarterTurns(float[] relation, Random random) {
            int d = relation.length / 2;
            for (int i = 0; i < d; i++) {
                float modulus = 1 + random.nextInt(4);
                int turns = random.nextInt(4);
                relation[i] = turns == 0 ? modulus : turns == 2 ? -modulus : 0f;
                relation[d + i] = turns == 1 ? modulus : turns == 3 ? -modulus : 0f;
            }
        }

        /** Keeps clear of the origin, around which a rotation changes fast. */
        static void lengthen(float[] relation) {
            for (int i = 0; i < relation.length; i++) {
                relation[i] += Math.copySign(0.5f, relation[i]);
            }
        }

        Triple moved(float step, Triple along) {
            return new Triple(
                    ScoringFunctionContractTest.moved(h, step, along.h),
                    ScoringFunctionContractTest.moved(r, step, along.r),
                    ScoringFunctionContractTest.moved(t, step, along.t));
        }

        /** The query, and what a gradient of it is to the relation and to the entity it is made from. */
        static Triple queryAndWayBack(ScoringFunction function, boolean tail, Triple x, float[] g) {
            Triple result = new Triple(new float[g.length], new float[x.r.length], new float[g.length]);
            if (tail) {
                function.tailQuery(x.h, x.r, result.h);
                function.tailQueryGradient(x.h, x.r, g, result.t, result.r);
            } else {
                function.headQuery(x.r, x.t, result.h);
                function.headQueryGradient(x.r, x.t, g, result.r, result.t);
            }
            return result;
        }

        /** How the parts of {@link #queryAndWayBack} move. */
        static Triple tangents(
                ScoringFunction function, boolean tail, Triple x, Triple moves, float[] g, float[] gMoves) {
            Triple result = new Triple(new float[g.length], new float[x.r.length], new float[g.length]);
            float[] scratch = new float[g.length];
            if (tail) {
                function.tailQueryTangent(x.h, x.r, moves.h, moves.r, result.h, scratch);
                function.tailQueryGradientTangent(x.h, x.r, moves.h, moves.r, g, gMoves, result.t, result.r);
            } else {
                function.headQueryTangent(x.r, x.t, moves.r, moves.t, result.h, scratch);
                function.headQueryGradientTangent(x.r, x.t, moves.r, moves.t, g, gMoves, result.r, result.t);
            }
            return result;
        }

        float[] part(int i) {
            return i == 0 ? h : i == 1 ? r : t;
        }

        float byTail(ScoringFunction function) {
            float[] query = new float[h.length];
            function.tailQuery(h, r, query);
            return function.similarity().of(query, t);
        }

        float byHead(ScoringFunction function) {
            float[] query = new float[h.length];
            function.headQuery(r, t, query);
            return function.similarity().of(query, h);
        }

        Triple gradient(ScoringFunction function, boolean throughTail) {
            Triple g = new Triple(new float[h.length], new float[r.length], new float[t.length]);
            float[] query = new float[h.length];
            float[] queryGradient = new float[h.length];
            if (throughTail) {
                function.tailQuery(h, r, query);
                float score = function.similarity().of(query, t);
                function.similarity().gradient(query, t, score, 1f, queryGradient, g.t);
                function.tailQueryGradient(h, r, queryGradient, g.h, g.r);
            } else {
                function.headQuery(r, t, query);
                float score = function.similarity().of(query, h);
                function.similarity().gradient(query, h, score, 1f, queryGradient, g.h);
                function.headQueryGradient(r, t, queryGradient, g.r, g.t);
            }
            return g;
        }

        /** A central difference of the oracle; the step is small enough to stay clear of most kinks of the L1 norm. */
        double difference(ScoringFunction function, boolean throughTail, float[] row, int i) {
            float value = row[i];
            double step = 1e-4;
            row[i] = (float) (value + step);
            float up = row[i];
            double above = oracle(function, throughTail, h, r, t);
            row[i] = (float) (value - step);
            double below = oracle(function, throughTail, h, r, t);
            double width = (double) up - row[i];
            row[i] = value;
            return (above - below) / width;
        }
    }
}
