package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelationCalibrationsTest {
    private static final int EACH = 400;

    /** Of three relations the scores mean different things; the fourth has none. */
    private static LabelledScores drawn(long seed) {
        Random random = new Random(seed);
        double[] slopes = {2, 0.5, 1};
        double[] intercepts = {-3, 0, 2};
        int[] relations = IntStream.range(0, 3 * EACH).map(i -> i % 3).toArray();
        double[] scores = new double[relations.length];
        boolean[] labels = new boolean[relations.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = 3 * random.nextGaussian();
            double logit = slopes[relations[i]] * scores[i] + intercepts[relations[i]];
            labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-logit));
        }
        return new LabelledScores(relations, scores, labels);
    }

    /** The mean squared error: a figure that the true probabilities make least. */
    private static double error(double[] probabilities, LabelledScores scores) {
        return IntStream.range(0, probabilities.length)
                .mapToDouble(i -> Math.pow(probabilities[i] - (scores.labels()[i] ? 1 : 0), 2))
                .average()
                .orElseThrow();
    }

    @Test
    void eachRelationGetsTheCurveOfItsOwnFacts() {
        LabelledScores scores = drawn(1);
        RelationCalibrations fitted = RelationCalibrations.fit(4, scores).orElseThrow();
        for (int relation = 0; relation < 3; relation++) {
            int wanted = relation;
            int[] places = IntStream.range(0, scores.count())
                    .filter(i -> scores.relations()[i] == wanted)
                    .toArray();
            boolean[] labels = new boolean[places.length];
            for (int i = 0; i < places.length; i++) {
                labels[i] = scores.labels()[places[i]];
            }
            assertEquals(
                    Calibration.platt(
                            Arrays.stream(places)
                                    .mapToDouble(i -> scores.scores()[i])
                                    .toArray(),
                            labels),
                    fitted.curves().get(relation));
        }
        assertEquals(
                Calibration.platt(scores.scores(), scores.labels()),
                fitted.curves().get(3),
                "no facts of its own");
    }

    @Test
    void onOtherFactsItIsNearerToTheTruthThanOneCurveForAll() {
        RelationCalibrations fitted = RelationCalibrations.fit(4, drawn(1)).orElseThrow();
        LabelledScores others = drawn(2);
        PlattCalibration common = fitted.curves().get(3);
        double own = error(fitted.probabilities(others), others);
        double together =
                error(Arrays.stream(others.scores()).map(common::probability).toArray(), others);
        assertTrue(own < together - 0.01, own + " and " + together);
    }

    @Test
    void aRelationWithFewFactsOrAFallingCurveTakesTheCommonOne() {
        LabelledScores scores = drawn(1);
        int[] relations = scores.relations().clone();
        double[] values = scores.scores().clone();
        boolean[] labels = scores.labels().clone();
        for (int i = 0; i < relations.length; i++) {
            // Few facts of relation 1; in relation 2 the lower score is the better one.
            if (relations[i] == 1 && i >= 3 * RelationCalibrations.LEAST_OF_RELATION) {
                relations[i] = 0;
            }
            values[i] = relations[i] == 2 ? -values[i] : values[i];
        }
        RelationCalibrations fitted = RelationCalibrations.fit(4, new LabelledScores(relations, values, labels))
                .orElseThrow();
        PlattCalibration common = fitted.curves().get(3);
        assertNotEquals(common, fitted.curves().get(0));
        assertEquals(common, fitted.curves().get(1));
        assertEquals(common, fitted.curves().get(2));
    }

    @Test
    void withFewFactsOrNoneThereIsNone() {
        assertTrue(RelationCalibrations.fit(1, new LabelledScores(new int[0], new double[0], new boolean[0]))
                .isEmpty());
        assertTrue(RelationCalibrations.fit(1, alternating(2 * RelationCalibrations.LEAST - 1))
                .isEmpty());
        assertTrue(RelationCalibrations.fit(1, alternating(2 * RelationCalibrations.LEAST))
                .isPresent());
    }

    private static LabelledScores alternating(int count) {
        boolean[] labels = new boolean[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 2 == 0;
        }
        return new LabelledScores(
                new int[count], IntStream.range(0, count).asDoubleStream().toArray(), labels);
    }
}
