package io.github.whylink.embedding.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KernelTest {
    private final Random random = new Random(1);

    @Test
    void theExponentialIsWithinTwoInTenMillionOfTheExactOne() {
        for (float x = -87.33f; x < 88.72f; x += 0.0137f) {
            double exact = Math.exp(x);
            assertEquals(1, FloatExp.exp(x) / exact, 2e-7, "at " + x);
        }
    }

    @Test
    void theExponentialIsSoundAtItsEnds() {
        assertEquals(1f, FloatExp.exp(0f));
        assertTrue(Float.isNaN(FloatExp.exp(Float.NaN)));
        assertEquals(Float.POSITIVE_INFINITY, FloatExp.exp(89f));
        assertEquals(Float.POSITIVE_INFINITY, FloatExp.exp(Float.POSITIVE_INFINITY));
        assertTrue(FloatExp.exp(-1000f) < 1.3e-38f);
        assertTrue(FloatExp.exp(Float.NEGATIVE_INFINITY) < 1.3e-38f);
        assertTrue(Float.isFinite(FloatExp.exp(88.72f)));
    }

    @Test
    void manyDotProductsHaveTheBitsOfOne() {
        for (int width : new int[] {1, 3, 8, 33}) {
            float[][] rows = new float[11][];
            for (int j = 0; j < rows.length; j++) {
                rows[j] = RandomFacts.row(width, random);
            }
            float[] query = RandomFacts.row(width, random);
            float[] out = new float[11];
            Rows.dots(query, rows, 11, out);
            for (int j = 0; j < 11; j++) {
                double exact = 0;
                for (int i = 0; i < width; i++) {
                    exact += (double) query[i] * rows[j][i];
                }
                assertEquals(Rows.dot(query, rows[j]), out[j]);
                assertEquals(exact, out[j], Tolerance.FLOAT_ARITHMETIC);
            }
        }
    }

    @Test
    void hashesAreUniform() {
        double sum = 0;
        int[] buckets = new int[10];
        for (int i = 0; i < 100_000; i++) {
            long hash = CounterHash.hash(1, i, 2, 3);
            sum += CounterHash.symmetric(hash);
            buckets[CounterHash.bounded(hash, 10)]++;
        }
        assertEquals(0, sum / 100_000, 0.01);
        for (int count : buckets) {
            assertEquals(10_000, count, 600);
        }
    }
}
