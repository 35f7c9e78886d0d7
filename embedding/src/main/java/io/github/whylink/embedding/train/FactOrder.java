package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.HeapBytes;
import java.util.Arrays;

/**
 * The order of the facts in each epoch: ascending by a hash of (seed, epoch, key), so that two facts keep their relative
 * order whatever other facts there are.
 */
public final class FactOrder {
    /** Keeps the order of the facts apart from the negatives and the initial rows, which use the same seed. */
    private static final long STREAM = 0x6F726465726F6661L;

    /** Bits of a hash that one pass of the sort looks at. */
    private static final int RADIX_BITS = 11;

    private final Facts facts;
    private final long seed;
    private final int[] hashes;
    private final int[] order;
    private final int[] reordered;
    private final int[] digitStarts = new int[1 << RADIX_BITS];

    public FactOrder(Facts facts, long seed) {
        this.facts = facts;
        this.seed = seed ^ STREAM;
        hashes = new int[facts.count()];
        order = new int[facts.count()];
        reordered = new int[facts.count()];
    }

    /** Bytes of an instance. */
    static long bytes(int factCount) {
        return 3 * HeapBytes.ofFloats(factCount);
    }

    /** Fact indexes in the order of an epoch; valid until the next call. O(n). */
    public int[] of(int epoch) {
        for (int i = 0; i < order.length; i++) {
            hashes[i] = (int) (CounterHash.hash(seed, epoch, facts.key(i), 0) >>> 32);
            order[i] = i;
        }
        return sortedByHash();
    }

    /**
     * For each fact the number of its batch in an epoch, from 0. O(n).
     *
     * @param batchSize facts per step
     */
    public int[] batches(int epoch, int batchSize) {
        int[] ordered = of(epoch);
        int[] batches = new int[ordered.length];
        for (int i = 0; i < ordered.length; i++) {
            batches[ordered[i]] = i / batchSize;
        }
        return batches;
    }

    /** Radix sort of indexes by their hashes as signed numbers, equal hashes in the order of the indexes. O(n). */
    private int[] sortedByHash() {
        int[] from = order;
        int[] to = reordered;
        for (int shift = 0; shift < Integer.SIZE; shift += RADIX_BITS) {
            Arrays.fill(digitStarts, 0);
            for (int hash : hashes) {
                digitStarts[digit(hash, shift)]++;
            }
            int sum = 0;
            for (int digit = 0; digit < digitStarts.length; digit++) {
                int count = digitStarts[digit];
                digitStarts[digit] = sum;
                sum += count;
            }
            for (int index : from) {
                to[digitStarts[digit(hashes[index], shift)]++] = index;
            }
            int[] swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    private static int digit(int hash, int shift) {
        return ((hash ^ Integer.MIN_VALUE) >>> shift) & ((1 << RADIX_BITS) - 1);
    }
}
