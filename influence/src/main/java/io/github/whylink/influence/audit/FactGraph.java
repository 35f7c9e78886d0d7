package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;

/**
 * Facts as a graph to walk on: from an entity a fact of relation r is left by step r along its direction, or by step
 * {@code relations + r} against it. The steps at an entity stand in a random order that is the same for all, so that any
 * run of them is a fair sample. O(facts) to build; about 60 bytes per fact.
 */
final class FactGraph {
    private static final int FILTER_BITS = 24;

    private final Facts facts;
    private final int relations;

    /** The steps from entity e stand at {@code starts[e]} to {@code starts[e + 1] - 1}. */
    private final int[] starts;

    private final int[] steps;
    private final int[] ends;
    private final int[] walked;

    /** The different steps at entity e, and how often: at {@code kinds[e]} to {@code kinds[e + 1] - 1}, ascending. */
    private final int[] kinds;

    private final int[] kindSteps;
    private final int[] kindCounts;

    /** First place of the steps between two entities, which stand side by side in {@link #between}; -1 for none. */
    private final long[] pairs;

    private final int[] pairStarts;
    private final int[] between;

    /** Tells without touching the large table that most pairs have nothing between them. */
    private final long[] filter = new long[1 << (FILTER_BITS - 6)];

    FactGraph(Facts facts) {
        this.facts = facts;
        relations = facts.relationCount();
        int entities = facts.entityCount();
        int n = facts.count();
        starts = new int[entities + 1];
        for (int f = 0; f < n; f++) {
            starts[facts.head(f) + 1]++;
            starts[facts.tail(f) + 1]++;
        }
        for (int e = 0; e < entities; e++) {
            starts[e + 1] += starts[e];
        }
        steps = new int[2 * n];
        ends = new int[2 * n];
        walked = new int[2 * n];
        int[] next = Arrays.copyOf(starts, entities);
        for (int f : shuffled()) {
            place(next[facts.head(f)]++, facts.relation(f), facts.tail(f), f);
            place(next[facts.tail(f)]++, relations + facts.relation(f), facts.head(f), f);
        }
        kinds = new int[entities + 1];
        kindSteps = new int[2 * n];
        kindCounts = new int[2 * n];
        int kind = 0;
        for (int e = 0; e < entities; e++) {
            int[] sorted = Arrays.copyOfRange(steps, starts[e], starts[e + 1]);
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                if (i == 0 || sorted[i] != sorted[i - 1]) {
                    kindSteps[kind++] = sorted[i];
                }
                kindCounts[kind - 1]++;
            }
            kinds[e + 1] = kind;
        }
        int capacity = Integer.highestOneBit(Math.max(4, 2 * n)) * 4;
        pairs = new long[capacity];
        Arrays.fill(pairs, -1L);
        pairStarts = new int[capacity + 1];
        between = new int[2 * n];
        indexPairs();
    }

    private int[] shuffled() {
        int n = facts.count();
        long[] order = new long[n];
        for (int f = 0; f < n; f++) {
            order[f] = CounterHash.hash(7, facts.key(f), 0, 0) << 32 | f;
        }
        Arrays.sort(order);
        return Arrays.stream(order).mapToInt(x -> (int) x).toArray();
    }

    private void place(int at, int step, int end, int fact) {
        steps[at] = step;
        ends[at] = end;
        walked[at] = fact;
    }

    private void indexPairs() {
        int[] counts = new int[pairs.length];
        for (int e = 0; e + 1 < starts.length; e++) {
            for (int i = starts[e]; i < starts[e + 1]; i++) {
                long pair = pair(e, ends[i]);
                long mixed = mix(pair);
                int slot = slot(pair, mixed);
                pairs[slot] = pair;
                counts[slot]++;
                int bit = (int) (mixed >>> (64 - FILTER_BITS));
                filter[bit >>> 6] |= 1L << bit;
            }
        }
        for (int slot = 0; slot < pairs.length; slot++) {
            pairStarts[slot + 1] = pairStarts[slot] + counts[slot];
            counts[slot] = pairStarts[slot];
        }
        for (int e = 0; e + 1 < starts.length; e++) {
            for (int i = starts[e]; i < starts[e + 1]; i++) {
                long pair = pair(e, ends[i]);
                between[counts[slot(pair, mix(pair))]++] = i;
            }
        }
    }

    private static long pair(int from, int to) {
        return (long) from << 32 | to;
    }

    private static long mix(long pair) {
        long x = pair * 0x9E3779B97F4A7C15L;
        x ^= x >>> 32;
        return x * 0xBF58476D1CE4E5B9L;
    }

    private int slot(long pair, long mixed) {
        int mask = pairs.length - 1;
        int slot = (int) (mixed >>> 20) & mask;
        while (pairs[slot] >= 0 && pairs[slot] != pair) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    Facts facts() {
        return facts;
    }

    /** How many different steps there can be. */
    int stepCount() {
        return 2 * relations;
    }

    /** The step that leads back. */
    int back(int step) {
        return step < relations ? step + relations : step - relations;
    }

    /** The first place of the steps that leave an entity; those of the next entity begin where they end. */
    int start(int entity) {
        return starts[entity];
    }

    /** Steps that leave an entity: its facts, those with itself twice. */
    int degree(int entity) {
        return starts[entity + 1] - starts[entity];
    }

    int step(int place) {
        return steps[place];
    }

    /** Where the step leads. */
    int destination(int place) {
        return ends[place];
    }

    /** The fact that the step walks on. */
    int fact(int place) {
        return walked[place];
    }

    /** The slot of the steps from one entity to another, or -1 if there is none. */
    int pairSlot(int from, int to) {
        long pair = pair(from, to);
        long mixed = mix(pair);
        int bit = (int) (mixed >>> (64 - FILTER_BITS));
        if ((filter[bit >>> 6] & 1L << bit) == 0) {
            return -1;
        }
        int slot = slot(pair, mixed);
        return pairs[slot] < 0 ? -1 : slot;
    }

    int pairStart(int slot) {
        return pairStarts[slot];
    }

    int pairEnd(int slot) {
        return pairStarts[slot + 1];
    }

    /** The place of a step between two entities. */
    int between(int i) {
        return between[i];
    }

    /** The first of the different steps at an entity; see {@link #kindStep} and {@link #kindCount}. */
    int kindStart(int entity) {
        return kinds[entity];
    }

    int kindEnd(int entity) {
        return kinds[entity + 1];
    }

    int kindStep(int kind) {
        return kindSteps[kind];
    }

    int kindCount(int kind) {
        return kindCounts[kind];
    }

    /** How often a step can be taken from an entity. O(log of its different steps). */
    int count(int entity, int step) {
        int at = Arrays.binarySearch(kindSteps, kinds[entity], kinds[entity + 1], step);
        return at < 0 ? 0 : kindCounts[at];
    }
}
