package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.testing.Tolerance;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossContractTest {
    private final Random random = new Random(3);

    static List<Loss> all() {
        return Losses.names().stream().map(name -> Losses.named(name, 1f)).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void coefficientsAreTheFiniteDifferencesOfTheLoss(Loss loss) {
        float step = 1e-2f;
        for (int repeat = 0; repeat < 50; repeat++) {
            float[] scores = new float[6];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = (float) random.nextGaussian();
            }
            float[] coefficients = new float[6];
            loss.coefficients(scores, 6, coefficients);
            float[] scratch = new float[6];
            for (int i = 0; i < scores.length; i++) {
                float value = scores[i];
                scores[i] = value + step;
                double above = loss.coefficients(scores, 6, scratch);
                scores[i] = value - step;
                double below = loss.coefficients(scores, 6, scratch);
                scores[i] = value;
                boolean kink = loss instanceof Margin && nearKink(scores, i, 3 * step);
                if (!kink) {
                    assertEquals((above - below) / (2 * step), coefficients[i], Tolerance.FINITE_DIFFERENCE);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBetterPositiveNeverCostsMore(Loss loss) {
        float[] scratch = new float[3];
        double worse = loss.coefficients(new float[] {0.1f, 0.2f, 0.3f}, 3, scratch);
        double better = loss.coefficients(new float[] {0.9f, 0.2f, 0.3f}, 3, scratch);
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
    }

    @Test
    void softmaxOfEqualScoresIsTheLogarithmOfTheirNumber() {
        float[] coefficients = new float[4];
        assertEquals(Math.log(4), new SoftmaxCrossEntropy().coefficients(new float[4], 4, coefficients), 1e-12);
        assertEquals(-0.75f, coefficients[0], 1e-6f);
        assertEquals(0.25f, coefficients[3], 1e-6f);
    }

    @Test
    void anUnknownLossIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Losses.named("hinge", 1f));
        assertTrue(refused.getMessage().contains("softmax"));
    }

    private static boolean nearKink(float[] scores, int changed, float distance) {
        for (int j = 1; j < scores.length; j++) {
            if ((changed == 0 || changed == j) && Math.abs(1f - scores[0] + scores[j]) < distance) {
                return true;
            }
        }
        return false;
    }
}
