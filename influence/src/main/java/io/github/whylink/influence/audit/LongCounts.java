package io.github.whylink.influence.audit;

import java.util.Arrays;

/** Sums by a number of 0 or more: open addressing, without boxing. 12 to 24 bytes per entry. */
final class LongCounts {
    private long[] keys = new long[1 << 10];
    private float[] sums = new float[1 << 10];
    private int size;

    LongCounts() {
        Arrays.fill(keys, -1L);
    }

    void add(long key, float amount) {
        int slot = slot(key);
        if (keys[slot] < 0) {
            keys[slot] = key;
            if (++size * 2 > keys.length) {
                grow();
                slot = slot(key);
            }
        }
        sums[slot] += amount;
    }

    /** The sum of a number, 0 where nothing was added. */
    float get(long key) {
        int slot = slot(key);
        return keys[slot] < 0 ? 0f : sums[slot];
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (keys[slot] >= 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        float[] oldSums = sums;
        keys = new long[oldKeys.length * 2];
        sums = new float[keys.length];
        Arrays.fill(keys, -1L);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] >= 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                sums[slot] = oldSums[i];
            }
        }
    }
}
