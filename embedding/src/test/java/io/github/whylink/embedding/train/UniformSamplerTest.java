package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UniformSamplerTest {
    /** Ten facts about tail 3 in a graph of 9 entities. */
    private static final Facts FACTS = Facts.of(
            9, 10, new int[10], new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, new int[] {3, 3, 3, 3, 3, 3, 3, 3, 3, 3});

    private int[] draw(int fact, int epoch, Side side, int count) {
        int[] out = new int[count];
        assertEquals(count, new UniformSampler(FACTS, null, 5, count).sample(fact, epoch, 0, side, out));
        return out;
    }

    @Test
    void everyEntityButThePositiveIsDrawnEquallyOften() {
        int[] counts = new int[9];
        for (int entity : draw(1, 0, Side.TAIL, 80_000)) {
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
        assertArrayEquals(draw(7, 2, Side.HEAD, 20), draw(7, 2, Side.HEAD, 20));
        assertFalse(Arrays.equals(draw(7, 2, Side.HEAD, 20), draw(7, 2, Side.TAIL, 20)), "sides draw independently");
        assertFalse(Arrays.equals(draw(7, 2, Side.HEAD, 20), draw(7, 3, Side.HEAD, 20)), "epochs draw independently");
        assertFalse(Arrays.equals(draw(7, 2, Side.HEAD, 20), draw(8, 2, Side.HEAD, 20)), "facts draw independently");
    }

    @Test
    void aSingleEntityHasNoNegatives() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new UniformSampler(Facts.of(1, 1, new int[] {0}, new int[] {0}, new int[] {0}), null, 5, 1));
    }
}
