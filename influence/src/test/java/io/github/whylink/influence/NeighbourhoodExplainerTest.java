package io.github.whylink.influence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.testing.RandomFacts;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NeighbourhoodExplainerTest {
    private final Facts facts = RandomFacts.of(300, 10, 3, 1);
    private final FactIndex index = new FactIndex(facts);
    private final Link link = new Link(1, 2, 3);

    @Test
    void theOrderIsRandomButTheSameForTheSameSeed() {
        int[] ranked = new NeighbourhoodExplainer(facts, index, 5).explain(link).ranked();
        assertArrayEquals(
                ranked,
                new NeighbourhoodExplainer(facts, index, 5).explain(link).ranked());
        assertFalse(Arrays.equals(
                ranked,
                new NeighbourhoodExplainer(facts, index, 6).explain(link).ranked()));
    }

    @Test
    void everyNeighbourCountsAsSupporting() {
        FactInfluences explained = new NeighbourhoodExplainer(facts, index, 5).explain(link);
        assertEquals(index.sharingARow(link).length, explained.count());
        for (int i = 0; i < explained.count(); i++) {
            assertTrue(explained.influence(i) > 0 && explained.influence(i) <= 1);
        }
    }

    @Test
    void rankingIsFromTheMostInfluentialAndStableForTies() {
        FactInfluences influences = new FactInfluences(new int[] {4, 7, 8, 9}, new double[] {0.1, 0.3, -0.2, 0.3});
        assertArrayEquals(new int[] {1, 3, 0, 2}, influences.ranked());
        assertEquals(0.7, influences.support(), 1e-12);
    }
}
