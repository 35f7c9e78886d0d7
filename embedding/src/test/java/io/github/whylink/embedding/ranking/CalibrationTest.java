package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.testing.Tolerance;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private final double[] scores = new double[400];
    private final boolean[] labels = new boolean[400];

    CalibrationTest() {
        Random random = new Random(5);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.rint(random.nextGaussian() * 20) / 10;
            labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-(1.5 * scores[i] - 1)));
        }
    }

    @Test
    void plattOfTwoScoresHitsTheSmoothedSharesExactly() {
        // At score 0 one of three is true, at score 2 two of three: smoothed targets are 4/5 and 1/5.
        PlattCalibration fitted = Calibration.platt(
                new double[] {0, 0, 0, 2, 2, 2}, new boolean[] {true, false, false, true, true, false});
        double low = (4 / 5.0 + 2 / 5.0) / 3;
        double high = (8 / 5.0 + 1 / 5.0) / 3;
        assertEquals(low, fitted.probability(0), Tolerance.PROBABILITY);
        assertEquals(high, fitted.probability(2), Tolerance.PROBABILITY);
        assertEquals(Math.log(low / (1 - low)), fitted.intercept(), Tolerance.PROBABILITY);
    }

    @Test
    void plattLeavesNoGradient() {
        PlattCalibration fitted = Calibration.platt(scores, labels);
        int positives = 0;
        for (boolean label : labels) {
            positives += label ? 1 : 0;
        }
        double high = (positives + 1.0) / (positives + 2);
        double low = 1.0 / (labels.length - positives + 2);
        double slopeGradient = 0;
        double interceptGradient = 0;
        for (int i = 0; i < scores.length; i++) {
            double error =
                    1 / (1 + Math.exp(-(fitted.slope() * scores[i] + fitted.intercept()))) - (labels[i] ? high : low);
            slopeGradient += error * scores[i];
            interceptGradient += error;
        }
        assertEquals(0, slopeGradient / scores.length, Tolerance.PROBABILITY);
        assertEquals(0, interceptGradient / scores.length, Tolerance.PROBABILITY);
        assertEquals(1.5, fitted.slope(), 0.5, "what the labels were drawn with, up to chance");
        assertEquals(-1, fitted.intercept(), 0.5);
    }

    @Test
    void plattDoesNotDependOnTheUnitOfTheScores() {
        PlattCalibration fitted = Calibration.platt(scores, labels);
        double[] others = Arrays.stream(scores).map(s -> 1e6 * s + 1e8).toArray();
        PlattCalibration other = Calibration.platt(others, labels);
        for (int i = 0; i < scores.length; i++) {
            assertEquals(fitted.probability(scores[i]), other.probability(others[i]), Tolerance.PROBABILITY);
        }
    }

    @Test
    void plattIsFiniteWhereScoresSeparateOrAreAllEqual() {
        PlattCalibration separated =
                Calibration.platt(new double[] {-1, -2, 3, 4}, new boolean[] {false, false, true, true});
        assertTrue(separated.slope() > 0 && separated.probability(4) < 1, "smoothed targets are never 0 or 1");
        PlattCalibration equal = Calibration.platt(new double[] {7, 7, 7, 7}, new boolean[] {true, true, true, false});
        assertEquals(0, equal.slope());
        assertEquals((3 * 4 / 5.0 + 1 / 3.0) / 4, equal.probability(7), Tolerance.PROBABILITY);
    }

    @Test
    void plattIsSafeFarFromTheScores() {
        PlattCalibration fitted = Calibration.platt(scores, labels);
        assertEquals(1, fitted.probability(1e6));
        assertEquals(0, fitted.probability(-1e6));
        assertTrue(Double.isNaN(fitted.probability(Double.NaN)));
    }

    @Test
    void isotonicPoolsWhatDoesNotAscendAndInterpolatesBetweenBlocks() {
        IsotonicCalibration fitted = Calibration.isotonic(
                new double[] {1, 2, 3, 4, 5, 6}, new boolean[] {false, true, false, false, true, true});
        // Blocks: {1}, {2, 3, 4} with one of three true, {5, 6}.
        assertArrayEquals(new double[] {1, 1, 2, 4, 5, 6}, fitted.scores());
        assertArrayEquals(new double[] {0, 0, 1 / 3.0, 1 / 3.0, 1, 1}, fitted.probabilities());
        assertEquals(0, fitted.probability(-5));
        assertEquals(1 / 6.0, fitted.probability(1.5), Tolerance.PROBABILITY);
        assertEquals(1 / 3.0, fitted.probability(3.7));
        assertEquals(2 / 3.0, fitted.probability(4.5), Tolerance.PROBABILITY);
        assertEquals(1, fitted.probability(50));
        assertTrue(Double.isNaN(fitted.probability(Double.NaN)));
    }

    @Test
    void isotonicTakesEqualScoresTogether() {
        IsotonicCalibration fitted =
                Calibration.isotonic(new double[] {2, 1, 2, 0.0, -0.0}, new boolean[] {true, true, false, false, true});
        assertEquals(0.5, fitted.probability(0));
        assertEquals(2 / 3.0, fitted.probability(1), "1 is true, of the two at 2 one is: together two of three");
        assertEquals(2 / 3.0, fitted.probability(2));
    }

    /** The min-max formula of isotonic regression: {@code max over a ≤ i of min over b ≥ i of mean(a..b)}. */
    @Test
    void isotonicEqualsTheMinMaxFormula() {
        IsotonicCalibration fitted = Calibration.isotonic(scores, labels);
        double[] distinct =
                Arrays.stream(scores).map(s -> s + 0.0).sorted().distinct().toArray();
        double[] counts = new double[distinct.length + 1];
        double[] positives = new double[distinct.length + 1];
        for (int i = 0; i < distinct.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                counts[i + 1] += scores[j] == distinct[i] ? 1 : 0;
                positives[i + 1] += scores[j] == distinct[i] && labels[j] ? 1 : 0;
            }
            counts[i + 1] += counts[i];
            positives[i + 1] += positives[i];
        }
        for (int i = 0; i < distinct.length; i++) {
            double max = 0;
            for (int a = 0; a <= i; a++) {
                double min = 1;
                for (int b = i; b < distinct.length; b++) {
                    min = Math.min(min, (positives[b + 1] - positives[a]) / (counts[b + 1] - counts[a]));
                }
                max = Math.max(max, min);
            }
            assertEquals(max, fitted.probability(distinct[i]), Tolerance.PROBABILITY);
        }
    }

    @Test
    void aStoredCurveIsTheSameCurve() {
        IsotonicCalibration fitted = Calibration.isotonic(scores, labels);
        IsotonicCalibration stored = new IsotonicCalibration(fitted.scores(), fitted.probabilities());
        for (double score = -7; score < 7; score += 0.03) {
            assertEquals(fitted.probability(score), stored.probability(score));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new IsotonicCalibration(new double[] {1, 2}, new double[] {0.5, 0.4}));
        assertThrows(
                IllegalArgumentException.class,
                () -> new IsotonicCalibration(new double[] {1, 1}, new double[] {0.5, 0.6}));
        assertThrows(IllegalArgumentException.class, () -> new IsotonicCalibration(new double[0], new double[0]));
        assertThrows(IllegalArgumentException.class, () -> new IsotonicCalibration(new double[1], new double[] {1.5}));
    }

    @Test
    void theCalibrationErrorIsTheMeanGapOfTheBins() {
        double[] probabilities = {0.1, 0.2, 0.5, 0.9, 1};
        boolean[] truth = {false, true, true, true, false};
        // [0, .5): promised .3, found 1. [.5, 1]: promised 2.4, found 2.
        assertEquals((0.7 + 0.4) / 5, Calibration.expectedCalibrationError(probabilities, truth, 2), 1e-12);
        assertEquals(0.3 / 5, Calibration.expectedCalibrationError(probabilities, truth, 1), 1e-12);
        assertEquals(0, Calibration.expectedCalibrationError(new double[] {0, 1}, new boolean[] {false, true}, 15));
        assertTrue(Double.isNaN(Calibration.expectedCalibrationError(new double[0], new boolean[0], 15)));
    }

    @Test
    void calibrationLowersTheErrorOfProbabilitiesThatExaggerate() {
        double[] loud =
                Arrays.stream(scores).map(s -> 1 / (1 + Math.exp(-6 * s))).toArray();
        double before = Calibration.expectedCalibrationError(loud, labels, 15);
        for (Calibration fitted :
                new Calibration[] {Calibration.platt(scores, labels), Calibration.isotonic(scores, labels)}) {
            double[] calibrated = Arrays.stream(scores).map(fitted::probability).toArray();
            assertTrue(Calibration.expectedCalibrationError(calibrated, labels, 15) < before / 2);
        }
    }

    @Test
    void whatCannotBeFittedIsRefusedWithTheReason() {
        double[] two = {1, 2};
        assertTrue(message(two, true, true).contains("of 2 facts 2 are true"));
        assertTrue(message(two, false, false).contains("of 2 facts 0 are true"));
        assertTrue(message(new double[0]).contains("of 0 facts 0 are true"));
        assertTrue(message(two, true).contains("2 scores but 1 labels"));
        assertTrue(message(new double[] {1, Double.NaN}, true, false).contains("score 1 is not a number"));
        assertTrue(
                message(new double[] {1, Double.POSITIVE_INFINITY}, true, false).contains("Infinity"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Calibration.expectedCalibrationError(new double[] {1.01}, new boolean[1], 15));
        assertThrows(
                IllegalArgumentException.class,
                () -> Calibration.expectedCalibrationError(new double[1], new boolean[2], 15));
        assertThrows(
                IllegalArgumentException.class,
                () -> Calibration.expectedCalibrationError(new double[1], new boolean[1], 0));
    }

    private static String message(double[] given, boolean... truth) {
        String platt = assertThrows(IllegalArgumentException.class, () -> Calibration.platt(given, truth))
                .getMessage();
        assertEquals(
                platt,
                assertThrows(IllegalArgumentException.class, () -> Calibration.isotonic(given, truth))
                        .getMessage());
        return platt;
    }
}
