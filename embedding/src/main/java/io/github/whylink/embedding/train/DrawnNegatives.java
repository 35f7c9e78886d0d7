package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Side;
import java.util.Arrays;

/**
 * Names the negatives of facts to one thread, as the sampler does, and remembers the draw that the facts of a batch share:
 * they are mostly asked for in a row, and a draw of its own would cost each of them O(entities).
 */
final class DrawnNegatives {
    private final NegativeSampler sampler;
    private final SharedSampler shared;
    private final int entityCount;
    private int[] permutation;
    private int[] swapped;
    private int[] drawn;
    private int drawnEpoch;
    private int drawnBatch;

    DrawnNegatives(Examples examples) {
        sampler = examples.sampler();
        shared = sampler instanceof SharedSampler of ? of : null;
        entityCount = examples.facts().entityCount();
    }

    /** How many entities {@link #of} names at most. */
    int limit() {
        return sampler.limit();
    }

    /** As {@link NegativeSampler#sample}, to the bit. */
    int of(int fact, int epoch, int batch, Side side, int[] out) {
        if (shared == null) {
            return sampler.sample(fact, epoch, batch, side, out);
        }
        if (drawn == null || epoch != drawnEpoch || batch != drawnBatch) {
            draw(epoch, batch);
        }
        System.arraycopy(drawn, 0, out, 0, drawn.length);
        return shared.without(fact, side, out);
    }

    private void draw(int epoch, int batch) {
        if (drawn == null) {
            permutation = new int[entityCount];
            Arrays.setAll(permutation, i -> i);
            swapped = new int[shared.limit()];
            drawn = new int[shared.limit()];
        }
        shared.draw(epoch, batch, permutation, swapped, drawn);
        drawnEpoch = epoch;
        drawnBatch = batch;
    }
}
