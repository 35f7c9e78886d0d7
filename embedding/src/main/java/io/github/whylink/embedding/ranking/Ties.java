package io.github.whylink.embedding.ranking;

import java.util.function.IntPredicate;

/**
 * Which rank the true answer gets among candidates with exactly its score.
 *
 * <p>With {@code g} candidates above it and {@code e} others equal. Source: Berrendorf, Faerman, Vermue and Tresp, "On
 * the ambiguity of rank-based evaluation of entity alignment or link prediction methods", arXiv 2002.06914.
 */
public enum Ties {
    /** {@code 1 + g + e/2}: the mean of the other two. A constant score gets what chance would. */
    REALISTIC,
    /** {@code 1 + g}: the true answer comes first. A constant score looks perfect. */
    OPTIMISTIC,
    /** {@code 1 + g + e}: the true answer comes last. */
    PESSIMISTIC;

    double rank(int above, int equal) {
        return switch (this) {
            case REALISTIC -> 1 + above + equal / 2.0;
            case OPTIMISTIC -> 1.0 + above;
            case PESSIMISTIC -> 1.0 + above + equal;
        };
    }

    /**
     * Ranks one answer among all entities. O(entities).
     *
     * @param scores of all entities as the answer; those that are not numbers count as above every number
     * @param excluded which of them are no competitors; the answer itself never is one
     * @return from 1
     */
    public double rank(float[] scores, int answer, IntPredicate excluded) {
        float truth = scores[answer];
        int above = 0;
        int equal = 0;
        for (int e = 0; e < scores.length; e++) {
            if (scores[e] < truth || e == answer || excluded.test(e)) {
                continue;
            }
            if (scores[e] == truth) {
                equal++;
            } else {
                above++;
            }
        }
        return rank(above, equal);
    }
}
