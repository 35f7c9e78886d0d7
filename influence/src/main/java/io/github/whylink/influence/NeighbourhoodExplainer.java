package io.github.whylink.influence;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;

/**
 * The neighbourhood baseline (NH): the facts that share a row with the link, in random order. What an explanation that
 * knows nothing but the neighbourhood achieves; a method that is not above it explains nothing.
 */
public final class NeighbourhoodExplainer implements Explainer {
    private final Facts facts;
    private final FactIndex index;
    private final long seed;

    public NeighbourhoodExplainer(Facts facts, FactIndex index, long seed) {
        this.facts = facts;
        this.index = index;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "neighbourhood";
    }

    /** The influences are random numbers in (0, 1]: only their order means something. */
    @Override
    public FactInfluences explain(Link link) {
        return random(facts, index.sharingARow(link), link, seed);
    }

    /** Gives each candidate a number in (0, 1] that is a function of seed, link and fact. */
    static FactInfluences random(Facts facts, int[] candidates, Link link, long seed) {
        double[] influences = new double[candidates.length];
        long linkKey = Facts.key(link.head(), link.relation(), link.tail());
        for (int i = 0; i < candidates.length; i++) {
            long hash = CounterHash.hash(seed, linkKey, facts.key(candidates[i]), 0);
            influences[i] = ((hash >>> 11) + 1) * 0x1p-53;
        }
        return new FactInfluences(candidates, influences);
    }
}
