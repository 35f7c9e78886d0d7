package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.testing.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossContractTest {
    private final Random random = new Random(3);

    /** Every loss with its defaults, and with each of its settings where it matters. */
    static List<Loss> all() {
        return Stream.concat(
                        LossSettings.names().stream().map(LossSettings::of),
                        Stream.of(
                                new LossSettings("softmax", 1f, 0.1f, 1f),
                                new LossSettings("logistic", 1f, 0.1f, 1f),
                                new LossSettings("margin", 0.3f, 0f, 1f),
                                new LossSettings("selfAdversarial", 2f, 0f, 0.5f),
                                new LossSettings("selfAdversarial", 0f, 0f, 0f)))
                .map(LossSettings::create)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void coefficientsAreTheFiniteDifferencesOfTheLoss(Loss loss) {
        float step = 1e-2f;
        for (int repeat = 0; repeat < 50; repeat++) {
            float[] scores = scores(6);
            float[] coefficients = new float[6];
            loss.coefficients(scores, 6, coefficients);
            float[] at = scores.clone();
            for (int i = 0; i < scores.length; i++) {
                float value = scores[i];
                scores[i] = value + step;
                double above = lossWithWeightsOf(at, loss, scores);
                scores[i] = value - step;
                double below = lossWithWeightsOf(at, loss, scores);
                scores[i] = value;
                boolean kink = loss instanceof Margin margin && nearKink(margin.margin(), scores, i, 3 * step);
                if (!kink) {
                    assertEquals((above - below) / (2 * step), coefficients[i], Tolerance.FINITE_DIFFERENCE);
                }
            }
        }
    }

    /** Of the coefficients as they are, with the weights that the self-adversarial loss does not differentiate. */
    @ParameterizedTest
    @MethodSource("all")
    void theDerivativeIsTheFiniteDifferenceOfTheCoefficients(Loss loss) {
        float step = 1e-2f;
        for (int repeat = 0; repeat < 50; repeat++) {
            float[] scores = scores(6);
            float[] diagonal = scores(6);
            float[] left = scores(6);
            float[] right = scores(6);
            loss.derivative(scores, 6, diagonal, left, right);
            float[] above = new float[6];
            float[] below = new float[6];
            for (int k = 0; k < scores.length; k++) {
                float value = scores[k];
                scores[k] = value + step;
                loss.coefficients(scores, 6, above);
                scores[k] = value - step;
                loss.coefficients(scores, 6, below);
                scores[k] = value;
                if (loss instanceof Margin margin && nearKink(margin.margin(), scores, k, 3 * step)) {
                    continue;
                }
                for (int j = 0; j < scores.length; j++) {
                    float derivative = (j == k ? diagonal[k] : 0f) - left[j] * right[k];
                    assertEquals((above[j] - below[j]) / (2 * step), derivative, Tolerance.SECOND_DIFFERENCE);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theDerivativeLooksAtTheCountedScoresOnlyAndIsFinite(Loss loss) {
        float[] scores = {-500f, 500f, 0f, Float.NaN};
        float[] diagonal = {7f, 7f, 7f, 7f};
        float[] left = diagonal.clone();
        float[] right = diagonal.clone();
        loss.derivative(scores, 3, diagonal, left, right);
        for (float[] part : List.of(diagonal, left, right)) {
            assertTrue(Float.isFinite(part[0]) && Float.isFinite(part[1]) && Float.isFinite(part[2]));
            assertEquals(7f, part[3]);
        }
        loss.derivative(scores, 1, diagonal, left, right);
        assertTrue(Float.isFinite(diagonal[0] - left[0] * right[0]));
    }

    /** A count below the length leaves the rest of both arrays alone. */
    @ParameterizedTest
    @MethodSource("all")
    void onlyTheCountedScoresMatter(Loss loss) {
        float[] scores = scores(6);
        float[] exact = new float[4];
        double expected = loss.coefficients(Arrays.copyOf(scores, 4), 4, exact);
        float[] longer = {0f, 0f, 0f, 0f, 7f, 7f};
        assertEquals(expected, loss.coefficients(scores, 4, longer));
        assertArrayEquals(exact, Arrays.copyOf(longer, 4));
        assertArrayEquals(new float[] {7f, 7f}, Arrays.copyOfRange(longer, 4, 6));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBetterPositiveNeverCostsMore(Loss loss) {
        float[] scratch = new float[3];
        double worse = loss.coefficients(new float[] {0.1f, 0.2f, 0.3f}, 3, scratch);
        double better = loss.coefficients(new float[] {0.5f, 0.2f, 0.3f}, 3, scratch);
        assertTrue(better < worse);
    }

    @ParameterizedTest
    @MethodSource("all")
    void scoresInTheHundredsGiveFiniteLosses(Loss loss) {
        float[] coefficients = new float[3];
        assertTrue(Double.isFinite(loss.coefficients(new float[] {-500f, 500f, 0f}, 3, coefficients)));
        for (float c : coefficients) {
            assertTrue(Float.isFinite(c));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aScoreThatIsNotANumberIsNotHidden(Loss loss) {
        assertTrue(Double.isNaN(loss.coefficients(new float[] {0f, Float.NaN}, 2, new float[2])));
        assertTrue(Double.isNaN(loss.coefficients(new float[] {Float.NaN, 0f}, 2, new float[2])));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aPositiveWithoutNegativesHasAFiniteLoss(Loss loss) {
        for (float score : new float[] {-300f, -1f, 0f, 2f, 300f}) {
            float[] coefficients = {Float.NaN};
            double value = loss.coefficients(new float[] {score}, 1, coefficients);
            assertTrue(Double.isFinite(value) && value >= 0, loss + " is " + value);
            assertTrue(Float.isFinite(coefficients[0]) && coefficients[0] <= 0.1f);
        }
    }

    @Test
    void softmaxOfEqualScoresIsTheLogarithmOfTheirNumber() {
        float[] coefficients = new float[4];
        assertEquals(Math.log(4), new SoftmaxCrossEntropy().coefficients(new float[4], 4, coefficients), 1e-12);
        assertEquals(-0.75f, coefficients[0], 1e-6f);
        assertEquals(0.25f, coefficients[3], 1e-6f);
    }

    @Test
    void smoothedSoftmaxIsTheCrossEntropyWithTheSmoothedTarget() {
        float[] scores = {0.4f, -1.2f, 0.9f, 2f};
        double[] target = {0.8 + 0.05, 0.05, 0.05, 0.05};
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        double expected = 0;
        for (int j = 0; j < 4; j++) {
            expected -= target[j] * (scores[j] - Math.log(sum));
        }
        assertEquals(
                expected,
                new SoftmaxCrossEntropy(0.2f).coefficients(scores, 4, new float[4]),
                Tolerance.FLOAT_ARITHMETIC);
    }

    @Test
    void smoothedLogisticLossIsTheCrossEntropyWithTheSmoothedTargets() {
        float[] scores = {0.4f, -1.2f, 0.9f, 2f};
        double[] target = {0.7, 0.1, 0.1, 0.1};
        double expected = 0;
        for (int j = 0; j < 4; j++) {
            double probability = 1 / (1 + Math.exp(-scores[j]));
            expected -= target[j] * Math.log(probability) + (1 - target[j]) * Math.log(1 - probability);
        }
        assertEquals(expected, new Logistic(0.3f).coefficients(scores, 4, new float[4]), Tolerance.FLOAT_ARITHMETIC);
    }

    /** RotatE, equations 5 and 6, in double precision. */
    @Test
    void theSelfAdversarialLossIsTheFormulaOfThePaper() {
        float[] scores = {-3f, -5f, -2f, -7f};
        double[] weights = {Math.exp(0.5 * -5), Math.exp(0.5 * -2), Math.exp(0.5 * -7)};
        double sum = weights[0] + weights[1] + weights[2];
        double expected = -Math.log(sigmoid(4 - 3));
        for (int j = 0; j < 3; j++) {
            expected -= weights[j] / sum * Math.log(sigmoid(-scores[j + 1] - 4));
        }
        assertEquals(
                expected,
                new SelfAdversarial(4f, 0.5f).coefficients(scores, 4, new float[4]),
                Tolerance.FLOAT_ARITHMETIC);
    }

    @Test
    void aTemperatureOf0WeighsAllNegativesAlike() {
        float[] coefficients = new float[3];
        new SelfAdversarial(0f, 0f).coefficients(new float[] {0f, 0f, 40f}, 3, coefficients);
        assertArrayEquals(new float[] {-0.5f, 0.25f, 0.5f}, coefficients, 1e-6f);
    }

    @Test
    void onlyLossesWithATargetPerCandidateShareNegatives() {
        assertTrue(LossSettings.of("softmax").create().sharesNegatives());
        assertTrue(LossSettings.of("logistic").create().sharesNegatives());
        assertFalse(LossSettings.of("margin").create().sharesNegatives());
        assertFalse(LossSettings.of("selfAdversarial").create().sharesNegatives());
    }

    @Test
    void everyLossIsFoundByItsNameWhateverTheCase() {
        for (String name : LossSettings.names()) {
            assertEquals(
                    name,
                    LossSettings.of(name.toUpperCase(Locale.ROOT)).create().name());
        }
    }

    @Test
    void anUnknownLossIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> LossSettings.of("hinge"));
        assertTrue(refused.getMessage().contains("softmax"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"margin", "selfAdversarial"})
    void smoothingALossWithoutATargetIsRefusedWithTheReason(String name) {
        var refused = assertThrows(IllegalArgumentException.class, () -> new LossSettings(name, 1f, 0.1f, 1f));
        assertTrue(refused.getMessage().contains("no target to smooth"), refused.getMessage());
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        List<Runnable> wrong = List.of(
                () -> new LossSettings("softmax", -1f, 0f, 1f),
                () -> new LossSettings("softmax", Float.NaN, 0f, 1f),
                () -> new LossSettings("margin", 0f, 0f, 1f),
                () -> new LossSettings("softmax", 1f, 1f, 1f),
                () -> new LossSettings("softmax", 1f, -0.1f, 1f),
                () -> new LossSettings("selfAdversarial", 1f, 0f, -1f),
                () -> new LossSettings("selfAdversarial", 1f, 0f, Float.POSITIVE_INFINITY));
        for (Runnable make : wrong) {
            assertThrows(IllegalArgumentException.class, make::run);
        }
    }

    private float[] scores(int count) {
        float[] scores = new float[count];
        for (int i = 0; i < count; i++) {
            scores[i] = (float) random.nextGaussian();
        }
        return scores;
    }

    /** The loss; with the weights of the self-adversarial one, which are constants to its derivative, at other scores. */
    private static double lossWithWeightsOf(float[] at, Loss loss, float[] scores) {
        if (!(loss instanceof SelfAdversarial adversarial)) {
            return loss.coefficients(scores, scores.length, new float[scores.length]);
        }
        double sum = 0;
        for (int j = 1; j < at.length; j++) {
            sum += Math.exp(adversarial.adversarialTemperature() * at[j]);
        }
        double value = -Math.log(sigmoid(adversarial.margin() + scores[0]));
        for (int j = 1; j < at.length; j++) {
            double weight = Math.exp(adversarial.adversarialTemperature() * at[j]) / sum;
            value -= weight * Math.log(sigmoid(-scores[j] - adversarial.margin()));
        }
        return value;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static boolean nearKink(float margin, float[] scores, int changed, float distance) {
        for (int j = 1; j < scores.length; j++) {
            if ((changed == 0 || changed == j) && Math.abs(margin - scores[0] + scores[j]) < distance) {
                return true;
            }
        }
        return false;
    }
}
