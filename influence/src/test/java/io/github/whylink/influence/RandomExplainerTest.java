package io.github.whylink.influence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.testing.RandomFacts;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomExplainerTest {
    private final Facts facts = RandomFacts.of(300, 40, 3, 1);

    @Test
    void everyFactIsACandidateWhereverItIs() {
        FactInfluences explained = new RandomExplainer(facts, 5).explain(new Link(1, 2, 3));
        assertEquals(facts.count(), explained.count());
        for (int i = 0; i < explained.count(); i++) {
            assertTrue(explained.influence(i) > 0 && explained.influence(i) <= 1);
        }
    }

    @Test
    void theOrderDependsOnTheLinkAndTheSeed() {
        int[] ranked = new RandomExplainer(facts, 5).explain(new Link(1, 2, 3)).ranked();
        assertFalse(Arrays.equals(
                ranked, new RandomExplainer(facts, 5).explain(new Link(1, 2, 4)).ranked()));
        assertFalse(Arrays.equals(
                ranked, new RandomExplainer(facts, 6).explain(new Link(1, 2, 3)).ranked()));
    }
}
