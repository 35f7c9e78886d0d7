package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UniformSamplerTest {
    private final UniformSampler sampler = new UniformSampler(5, 9);

    private int[] draw(long key, int epoch, int side, int count) {
        int[] out = new int[count];
        sampler.sample(key, epoch, side, 3, out);
        return out;
    }

    @Test
    void everyEntityButThePositiveIsDrawnEquallyOften() {
        int[] counts = new int[9];
        for (int entity : draw(1, 0, 1, 80_000)) {
            counts[entity]++;
        }
        assertEquals(0, counts[3]);
        for (int entity = 0; entity < 9; entity++) {
            if (entity != 3) {
                // Six standard deviations of a binomial count around 10,000.
                assertTrue(Math.abs(counts[entity] - 10_000) < 570, Arrays.toString(counts));
            }
        }
    }

    @Test
    void drawsAreAFunctionOfTheirArguments() {
        assertArrayEquals(draw(7, 2, 0, 20), draw(7, 2, 0, 20));
        assertFalse(Arrays.equals(draw(7, 2, 0, 20), draw(7, 2, 1, 20)), "sides draw independently");
        assertFalse(Arrays.equals(draw(7, 2, 0, 20), draw(7, 3, 0, 20)), "epochs draw independently");
        assertFalse(Arrays.equals(draw(7, 2, 0, 20), draw(8, 2, 0, 20)), "facts draw independently");
    }

    @Test
    void aSingleEntityHasNoNegatives() {
        assertThrows(IllegalArgumentException.class, () -> new UniformSampler(1, 1));
    }
}
