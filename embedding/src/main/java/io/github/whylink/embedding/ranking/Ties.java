package io.github.whylink.embedding.ranking;

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
}
