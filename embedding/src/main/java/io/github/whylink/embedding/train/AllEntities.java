package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;

/** All entities but the fact's own answer and, where they are filtered, the known ones; nothing is random. */
final class AllEntities implements NegativeSampler {
    private final Facts facts;
    private final KnownFacts known;

    AllEntities(Facts facts, KnownFacts known) {
        this.facts = facts;
        this.known = known;
    }

    @Override
    public int limit() {
        return facts.entityCount();
    }

    @Override
    public int sample(int fact, int epoch, int batch, Side side, int[] out) {
        for (int entity = 0; entity < facts.entityCount(); entity++) {
            out[entity] = entity;
        }
        return SharedSampler.without(facts, known, fact, side, out, facts.entityCount());
    }
}
