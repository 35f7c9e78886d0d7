package io.github.whylink.influence.rollback;

/**
 * The most influential facts for a link, from the first: each with its exact influence, and none left out that has more.
 */
public final class TopInfluences {
    private final int[] facts;
    private final double[] influences;
    private final double probability;
    private final int candidates;
    private final int refined;
    private final int rescored;

    TopInfluences(int[] facts, double[] influences, double probability, int candidates, int refined, int rescored) {
        this.facts = facts;
        this.influences = influences;
        this.probability = probability;
        this.candidates = candidates;
        this.refined = refined;
        this.rescored = rescored;
    }

    /** Number of facts: as many as were asked for, or as there are candidates. */
    public int count() {
        return facts.length;
    }

    /** Index of the i-th fact, from the most influential; equal influences in the order of the facts. */
    public int fact(int i) {
        return facts[i];
    }

    /** Probability of the link with the i-th fact minus probability without it. */
    public double influence(int i) {
        return influences[i];
    }

    /** The probability of the link as the model is. */
    public double probability() {
        return probability;
    }

    /** How many facts share a row with the link. */
    public int candidates() {
        return candidates;
    }

    /** How many candidates the first bound left open, so that a second one was computed. */
    public int refined() {
        return refined;
    }

    /** For how many candidates all entities were scored again. */
    public int rescored() {
        return rescored;
    }
}
