package io.github.whylink.embedding.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
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
    private static final Map<String, Oracle> ORACLES = Map.of(
            "DistMult",
            (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    sum += (double) h[i] * r[i] * t[i];
                }
                return sum;
            },
            "ComplEx",
            (h, r, t) -> {
                int d = h.length / 2;
                double sum = 0;
                for (int i = 0; i < d; i++) {
                    double re = (double) h[i] * r[i] - (double) h[d + i] * r[d + i];
                    double im = (double) h[i] * r[d + i] + (double) h[d + i] * r[i];
                    sum += re * t[i] + im * t[d + i];
                }
                return sum;
            },
            "TransE",
            (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    sum += Math.pow((double) h[i] + r[i] - t[i], 2);
                }
                return -Math.sqrt(sum);
            },
            "TransE-L1",
            (h, r, t) -> {
                double sum = 0;
                for (int i = 0; i < h.length; i++) {
                    sum += Math.abs((double) h[i] + r[i] - t[i]);
                }
                return -sum;
            });

    private interface Oracle {
        double score(float[] h, float[] r, float[] t);
    }

    private final Random random = new Random(7);

    static List<ScoringFunction> all() {
        return ScoringFunctions.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void scoreIsTheFormulaOfThePaper(ScoringFunction function) {
        for (int repeat = 0; repeat < 50; repeat++) {
            Triple x = Triple.random(function, random);
            double expected = ORACLES.get(function.name()).score(x.h, x.r, x.t);
            assertEquals(expected, x.byTail(function), Tolerance.FLOAT_ARITHMETIC);
            assertEquals(expected, x.byHead(function), Tolerance.FLOAT_ARITHMETIC);
        }
    }

    /** On small integers float arithmetic is exact, so that not a bit may differ between the forms. */
    @ParameterizedTest
    @MethodSource("all")
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
                        double expected = x.difference(function, row, i);
                        assertEquals(expected, gradient.part(part)[i], Tolerance.FINITE_DIFFERENCE);
                    }
                }
            }
        }
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
            return x;
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
        double difference(ScoringFunction function, float[] row, int i) {
            float value = row[i];
            double step = 1e-4;
            row[i] = (float) (value + step);
            float up = row[i];
            double above = ORACLES.get(function.name()).score(h, r, t);
            row[i] = (float) (value - step);
            double below = ORACLES.get(function.name()).score(h, r, t);
            double width = (double) up - row[i];
            row[i] = value;
            return (above - below) / width;
        }
    }
}
