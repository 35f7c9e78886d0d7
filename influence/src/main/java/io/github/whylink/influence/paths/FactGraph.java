package io.github.whylink.influence.paths;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;

/**
 * Facts as a graph to walk on: from an entity a fact of relation r is left by step r along its direction, or by step
 * {@code relations + r} against it. The steps at an entity stand in a random order that is the same for all, so that any
 * run of them is a fair sample. O(facts) to build; about 80 bytes per fact.
 */
public final class FactGraph {
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

    /** The places of steps of one kind stand side by side, in the random order: first those of kind k at {@code kindPlaces[k]}. */
    private final int[] grouped;

    private final int[] kindPlaces;

    /** First place of the steps between two entities, which stand side by side in {@link #between}; -1 for none. */
    private final long[] pairs;

    private final int[] pairStarts;
    private final int[] between;

    /** Tells without touching the large table that most pairs have nothing between them. */
    private final long[] filter = new long[1 << (FILTER_BITS - 6)];

    /** Indexes facts. O(facts · log(steps at an entity)). */
    public FactGraph(Facts facts) {
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
        grouped = new int[2 * n];
        kindPlaces = new int[2 * n];
        for (int e = 0; e < entities; e++) {
            long[] sorted = new long[degree(e)];
            for (int i = 0; i < sorted.length; i++) {
                sorted[i] = (long) steps[starts[e] + i] << 32 | (starts[e] + i);
            }
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                int step = (int) (sorted[i] >>> 32);
                if (i == 0 || step != kindSteps[kind - 1]) {
                    kindPlaces[kind] = starts[e] + i;
                    kindSteps[kind++] = step;
                }
                kindCounts[kind - 1]++;
                grouped[starts[e] + i] = (int) sorted[i];
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

    /** What the steps walk on. */
    public Facts facts() {
        return facts;
    }

    /** How many different steps there can be. */
    public int stepCount() {
        return 2 * relations;
    }

    /** The step that leads back. */
    public int back(int step) {
        return step < relations ? step + relations : step - relations;
    }

    /** The first place of the steps that leave an entity; those of the next entity begin where they end. */
    public int start(int entity) {
        return starts[entity];
    }

    /** Steps that leave an entity: its facts, those with itself twice. */
    public int degree(int entity) {
        return starts[entity + 1] - starts[entity];
    }

    /** The step at a place. */
    public int step(int place) {
        return steps[place];
    }

    /** Where the step leads. */
    public int destination(int place) {
        return ends[place];
    }

    /** The fact that the step walks on. */
    public int fact(int place) {
        return walked[place];
    }

    /** The slot of the steps from one entity to another, or -1 if there is none. */
    public int pairSlot(int from, int to) {
        long pair = pair(from, to);
        long mixed = mix(pair);
        int bit = (int) (mixed >>> (64 - FILTER_BITS));
        if ((filter[bit >>> 6] & 1L << bit) == 0) {
            return -1;
        }
        int slot = slot(pair, mixed);
        return pairs[slot] < 0 ? -1 : slot;
    }

    /** The first of the steps of a slot, see {@link #between}. */
    public int pairStart(int slot) {
        return pairStarts[slot];
    }

    /** Behind the last of the steps of a slot. */
    public int pairEnd(int slot) {
        return pairStarts[slot + 1];
    }

    /** The place of a step between two entities. */
    public int between(int i) {
        return between[i];
    }

    /** The first of the different steps at an entity; see {@link #kindStep} and {@link #kindCount}. */
    public int kindStart(int entity) {
        return kinds[entity];
    }

    /** Behind the last of the different steps at an entity. */
    public int kindEnd(int entity) {
        return kinds[entity + 1];
    }

    /** One of the different steps at an entity. */
    public int kindStep(int kind) {
        return kindSteps[kind];
    }

    /** How often it can be taken from there. */
    public int kindCount(int kind) {
        return kindCounts[kind];
    }

    /** How often a step can be taken from an entity. O(log of its different steps). */
    public int count(int entity, int step) {
        int kind = kind(entity, step);
        return kind < 0 ? 0 : kindCounts[kind];
    }

    /** Where a step stands among {@link #kindStep}, or a number below 0 if it cannot be taken from an entity. */
    public int kind(int entity, int step) {
        return Arrays.binarySearch(kindSteps, kinds[entity], kinds[entity + 1], step);
    }

    /** The place of the i-th of the {@link #kindCount} equal steps. */
    public int place(int kind, int i) {
        return grouped[kindPlaces[kind] + i];
    }
}
