package io.github.whylink.influence.rollback;

import java.util.Arrays;

/** Facts whose influence is not known yet, each with a guess and an upper bound of it. */
final class OpenFacts {
    private int[] facts;
    private double[] guesses;
    private double[] bounds;
    private int count;

    OpenFacts(int capacity) {
        facts = new int[capacity];
        guesses = new double[capacity];
        bounds = new double[capacity];
    }

    /** Removes all, and keeps the room. */
    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    int fact(int i) {
        return facts[i];
    }

    double bound(int i) {
        return bounds[i];
    }

    double guess(int i) {
        return guesses[i];
    }

    void set(int i, double guess, double bound) {
        guesses[i] = guess;
        bounds[i] = bound;
    }

    void add(int fact, double guess, double bound) {
        if (count == facts.length) {
            facts = Arrays.copyOf(facts, 2 * count + 16);
            guesses = Arrays.copyOf(guesses, facts.length);
            bounds = Arrays.copyOf(bounds, facts.length);
        }
        facts[count] = fact;
        guesses[count] = guess;
        bounds[count++] = bound;
    }

    void addAll(OpenFacts others) {
        for (int i = 0; i < others.count; i++) {
            add(others.facts[i], others.guesses[i], others.bounds[i]);
        }
    }

    /** Removes the facts that cannot be among the best any more. */
    void removeUnlessTakenBy(MostInfluential best) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (best.mayTake(bounds[i])) {
                move(i, kept++);
            }
        }
        count = kept;
    }

    /** Removes n facts of the highest guesses, or all if there are fewer, and returns them, from the highest. */
    OpenFacts takeMostPromising(int n) {
        return take(n, guesses);
    }

    /** Removes n facts of the highest bounds, or all if there are fewer, and returns them, from the highest. */
    OpenFacts takeHighest(int n) {
        return take(n, bounds);
    }

    private OpenFacts take(int n, double[] values) {
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i, values[i]);
        }
        int taken = Math.min(n, count);
        if (taken < count) {
            moveSmallest(keys, taken);
        }
        Arrays.sort(keys, 0, taken);
        OpenFacts highest = new OpenFacts(taken);
        boolean[] gone = new boolean[count];
        for (int i = 0; i < taken; i++) {
            int place = (int) keys[i];
            gone[place] = true;
            highest.add(facts[place], guesses[place], bounds[place]);
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (!gone[i]) {
                move(i, kept++);
            }
        }
        count = kept;
        return highest;
    }

    private void move(int from, int to) {
        facts[to] = facts[from];
        guesses[to] = guesses[from];
        bounds[to] = bounds[from];
    }

    /** Ascends as the value, in float precision, descends; the place stands in the lower half. */
    private static long key(int i, double value) {
        int bits = Float.floatToIntBits((float) value);
        int ascending = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
        return ((long) ~ascending << 32) | i;
    }

    /** Hoare's quickselect: moves the n smallest to the front. O(length) expected. */
    private static void moveSmallest(long[] keys, int n) {
        int low = 0;
        int high = keys.length - 1;
        while (low < high) {
            long pivot = keys[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (keys[i] < pivot) {
                    i++;
                }
                while (keys[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long swapped = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = swapped;
                }
            }
            if (n - 1 <= j) {
                high = j;
            } else if (n - 1 >= i) {
                low = i;
            } else {
                return;
            }
        }
    }
}
