package io.github.whylink.embedding.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExponentialsTest {
    @Test
    void exponentialsAreThoseOfTheLibraryToTwelveDigits() {
        float[] x = new float[6_401];
        for (int j = 0; j < x.length; j++) {
            x[j] = -j / 100f;
        }
        double[] out = new double[x.length];
        Exponentials.exp(x, 0, x.length, out);
        for (int j = 0; j < x.length; j++) {
            assertEquals(1, out[j] / Math.exp(x[j]), 2e-13);
        }
    }

    @Test
    void whatIsFarBelowTheShiftIsNegligibleAndNaNStays() {
        double[] out = new double[3];
        Exponentials.exp(new float[] {Float.NEGATIVE_INFINITY, -1e30f, Float.NaN}, 5, 3, out);
        assertTrue(out[0] < 1e-27 && out[1] < 1e-27);
        assertTrue(Double.isNaN(out[2]));
    }

    @Test
    void sumAndMaximumAreOfTheFirstElements() {
        for (int count = 0; count < 10; count++) {
            double[] x = new double[12];
            float[] y = new float[12];
            double sum = 0;
            float max = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < x.length; j++) {
                x[j] = j + 1;
                y[j] = (7 * j) % 12;
                sum += j < count ? x[j] : 0;
                max = j < count ? Math.max(max, y[j]) : max;
            }
            assertEquals(sum, Exponentials.sum(x, count));
            assertEquals(max, Exponentials.max(y, count));
        }
    }
}
