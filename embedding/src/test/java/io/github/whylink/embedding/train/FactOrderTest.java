package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.testing.RandomFacts;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FactOrderTest {
    private final Facts facts = RandomFacts.of(100, 20, 4, 9);
    private final FactOrder order = new FactOrder(facts, 3);

    @Test
    void eachEpochHasAnOrderOfItsOwn() {
        int[] first = order.of(0).clone();
        assertFalse(Arrays.equals(first, order.of(1)));
        assertArrayEquals(first, order.of(0));
        assertArrayEquals(
                IntStream.range(0, facts.count()).toArray(),
                Arrays.stream(first).sorted().toArray());
    }

    @Test
    void batchesAreRunsOfTheOrder() {
        int[] ordered = order.of(5).clone();
        int[] batches = order.batches(5, 7);
        for (int i = 0; i < ordered.length; i++) {
            assertEquals(i / 7, batches[ordered[i]]);
        }
    }
}
