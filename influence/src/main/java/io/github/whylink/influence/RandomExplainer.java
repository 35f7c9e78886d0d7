package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import java.util.stream.IntStream;

/**
 * The random baseline: all facts of the training, in random order. What an explanation that knows nothing at all achieves;
 * {@link NeighbourhoodExplainer} at least knows where to look.
 */
public final class RandomExplainer implements Explainer {
    private final Facts facts;
    private final long seed;

    public RandomExplainer(Facts facts, long seed) {
        this.facts = facts;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "random";
    }

    /** The influences are random numbers in (0, 1]: only their order means something. */
    @Override
    public FactInfluences explain(Link link) {
        int[] all = IntStream.range(0, facts.count()).toArray();
        return NeighbourhoodExplainer.random(facts, all, link, seed);
    }
}
