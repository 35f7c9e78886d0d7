package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;

/**
 * The same entities for all facts of a batch, drawn without repetition by (seed, epoch, batch); a fact's own answer, and
 * known ones where they are filtered, are left out for that fact.
 */
final class SharedSampler implements NegativeSampler {
    /** Keeps the draws apart from others that use the same seed. */
    private static final long STREAM = 0x7368617265646E65L;

    private final Facts facts;
    private final KnownFacts known;
    private final long seed;
    private final int count;

    SharedSampler(Facts facts, KnownFacts known, long seed, int count) {
        this.facts = facts;
        this.known = known;
        this.seed = seed ^ STREAM;
        this.count = Math.min(count, facts.entityCount());
    }

    @Override
    public int limit() {
        return count;
    }

    /**
     * Draws the entities of a batch: a partial Fisher-Yates shuffle over a permutation that is put back afterwards.
     *
     * @param permutation 0, 1, 2, … up to the number of entities. Modified, but as before at the end.
     * @param swapped scratch, at least {@link #limit} long. Modified.
     * @param out at least {@link #limit} long. Modified.
     */
    void draw(int epoch, int batch, int[] permutation, int[] swapped, int[] out) {
        int n = permutation.length;
        for (int j = 0; j < count; j++) {
            int other = j + CounterHash.bounded(CounterHash.hash(seed, epoch, batch, j), n - j);
            int entity = permutation[other];
            permutation[other] = permutation[j];
            permutation[j] = entity;
            swapped[j] = other;
            out[j] = entity;
        }
        for (int j = count - 1; j >= 0; j--) {
            int entity = permutation[j];
            permutation[j] = permutation[swapped[j]];
            permutation[swapped[j]] = entity;
        }
    }

    @Override
    public int sample(int fact, int epoch, int batch, Side side, int[] out) {
        int[] permutation = new int[facts.entityCount()];
        Arrays.setAll(permutation, i -> i);
        draw(epoch, batch, permutation, new int[count], out);
        return without(fact, side, out);
    }

    /** Takes a fact's own answer and the known ones out of its batch's draw, keeping its order. */
    int without(int fact, Side side, int[] drawn) {
        return without(facts, known, fact, side, drawn, count);
    }

    /** Takes the fact's own answer and the known ones out of a list, keeping its order. */
    static int without(Facts facts, KnownFacts known, int fact, Side side, int[] entities, int count) {
        int positive = side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
        int[] answers = known == null ? null : UniformSampler.answers(known, facts, fact, side);
        int left = 0;
        for (int j = 0; j < count; j++) {
            int entity = entities[j];
            if (entity != positive && (answers == null || Arrays.binarySearch(answers, entity) < 0)) {
                entities[left++] = entity;
            }
        }
        return left;
    }
}
