package io.github.whylink.embedding.train;

/** Draws the entities that replace one end of a fact to make negatives of it. */
public interface NegativeSampler {
    /**
     * Draws the replacements, as a pure function of the arguments.
     *
     * @param key the fact's key
     * @param epoch counts from 0
     * @param side 0 for the head, 1 for the tail, so that both sides draw independently
     * @param positive the entity that is replaced; never drawn
     * @param out as many as wanted. Modified: overwritten.
     */
    void sample(long key, int epoch, int side, int positive, int[] out);
}
