package io.github.whylink.influence.rollback;

import java.util.Arrays;

/** The best k of the facts offered so far: a heap whose root is the worst of them. O(log k) per fact that enters. */
final class MostInfluential {
    private final int[] facts;
    private final double[] influences;
    private int count;

    /** At least k facts have this influence or more, though not all of them need to have been offered. */
    private double floor = Double.NEGATIVE_INFINITY;

    MostInfluential(int k) {
        facts = new int[k];
        influences = new double[k];
    }

    /** How many facts there is room for. */
    int capacity() {
        return facts.length;
    }

    /** Whether a fact with at most this influence could still enter. */
    boolean mayTake(double influenceAtMost) {
        // Written so that a bound that is not a number keeps its fact in.
        return !(influenceAtMost < floor)
                && (count < facts.length || (count > 0 && !(influenceAtMost < influences[0])));
    }

    /**
     * Learns of facts that will be offered that they have at least these influences.
     *
     * @param influencesAtLeast of as many different facts, not numbers where nothing is known. Sorted afterwards.
     */
    void expect(double[] influencesAtLeast) {
        int known = 0;
        for (double influence : influencesAtLeast) {
            if (!Double.isNaN(influence)) {
                influencesAtLeast[known++] = influence;
            }
        }
        if (facts.length > 0 && known >= facts.length) {
            Arrays.sort(influencesAtLeast, 0, known);
            floor = Math.max(floor, influencesAtLeast[known - facts.length]);
        }
    }

    void offer(int fact, double influence) {
        if (count < facts.length) {
            int child = count++;
            while (child > 0 && precedes(facts[(child - 1) / 2], influences[(child - 1) / 2], fact, influence)) {
                set(child, facts[(child - 1) / 2], influences[(child - 1) / 2]);
                child = (child - 1) / 2;
            }
            set(child, fact, influence);
        } else if (count > 0 && precedes(fact, influence, facts[0], influences[0])) {
            sink(fact, influence);
        }
    }

    /** Puts a fact in the place of the root, or further down. */
    private void sink(int fact, double influence) {
        int place = 0;
        while (true) {
            int child = 2 * place + 1;
            if (child >= count) {
                break;
            }
            if (child + 1 < count
                    && precedes(facts[child], influences[child], facts[child + 1], influences[child + 1])) {
                child++;
            }
            if (!precedes(fact, influence, facts[child], influences[child])) {
                break;
            }
            set(place, facts[child], influences[child]);
            place = child;
        }
        set(place, fact, influence);
    }

    private void set(int place, int fact, double influence) {
        facts[place] = fact;
        influences[place] = influence;
    }

    /** The order of {@link io.github.whylink.influence.FactInfluences#ranked}. */
    private static boolean precedes(int fact, double influence, int other, double otherInfluence) {
        int byInfluence = Double.compare(otherInfluence, influence);
        return byInfluence < 0 || (byInfluence == 0 && fact < other);
    }

    /** Takes all out, from the first. */
    TopInfluences ranked(double probability, int candidates, int refined, int rescored) {
        int[] rankedFacts = new int[count];
        double[] rankedInfluences = new double[count];
        while (count > 0) {
            int last = count - 1;
            rankedFacts[last] = facts[0];
            rankedInfluences[last] = influences[0];
            count--;
            if (count > 0) {
                sink(facts[count], influences[count]);
            }
        }
        return new TopInfluences(rankedFacts, rankedInfluences, probability, candidates, refined, rescored);
    }
}
