package io.github.whylink.influence;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The influence of facts on one predicted link: probability with the fact minus probability without it, as the explainer
 * estimates it.
 */
public final class FactInfluences {
    private final int[] facts;
    private final double[] influences;

    /**
     * Wraps parallel columns without copying them.
     *
     * @param facts indexes, ascending
     * @param influences one per fact
     */
    public FactInfluences(int[] facts, double[] influences) {
        if (facts.length != influences.length) {
            throw new IllegalArgumentException(
                    "%d facts, but %d influences".formatted(facts.length, influences.length));
        }
        this.facts = facts;
        this.influences = influences;
    }

    /** Of methods for which every fact is a candidate. {@code influences} has one number per fact and is not copied. */
    public static FactInfluences ofAll(double[] influences) {
        return new FactInfluences(IntStream.range(0, influences.length).toArray(), influences);
    }

    /** The same for several links at once, the influences on each being a row. */
    public static FactInfluences[] ofAll(double[][] influences) {
        return Arrays.stream(influences).map(FactInfluences::ofAll).toArray(FactInfluences[]::new);
    }

    /** Number of candidate facts. */
    public int count() {
        return facts.length;
    }

    /** Index of the i-th candidate fact. */
    public int fact(int i) {
        return facts[i];
    }

    /** Influence of the i-th candidate fact. */
    public double influence(int i) {
        return influences[i];
    }

    /** Positions of the candidates from the most influential; equal influences in the order of the facts. */
    public int[] ranked() {
        return IntStream.range(0, facts.length)
                .boxed()
                .sorted((a, b) -> Double.compare(influences[b], influences[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The facts of the k largest influences, as far as these are positive. */
    public BitSet strongest(int k) {
        BitSet strongest = new BitSet();
        int[] ranked = ranked();
        for (int i = 0; i < Math.min(k, ranked.length) && influences[ranked[i]] > 0; i++) {
            strongest.set(facts[ranked[i]]);
        }
        return strongest;
    }

    /** The sum of the positive influences: what all supporting facts together are credited with. */
    public double support() {
        double sum = 0;
        for (double influence : influences) {
            sum += Math.max(0, influence);
        }
        return sum;
    }

    /** How the explained number is expected to change when some facts are left out together: minus the sum of their influences. */
    public double changeWithout(BitSet removed) {
        double sum = 0;
        for (int i = 0; i < facts.length; i++) {
            if (removed.get(facts[i])) {
                sum -= influences[i];
            }
        }
        return sum;
    }
}
