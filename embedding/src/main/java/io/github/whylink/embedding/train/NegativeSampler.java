package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Side;

/** Names the entities that a fact is held against. Immutable; any number of threads may draw at once. */
public interface NegativeSampler {
    /** How many entities {@link #sample} names at most. */
    int limit();

    /**
     * Names the entities, as a pure function of the arguments and the training's facts.
     *
     * @param fact index of the fact
     * @param epoch counts from 0
     * @param batch number of the batch in the epoch, from 0
     * @param side the end of the fact that is replaced
     * @param out at least {@link #limit} long. Modified.
     * @return how many were named; none of them is the entity that is replaced
     */
    int sample(int fact, int epoch, int batch, Side side, int[] out);
}
