package io.github.whylink.embedding.ranking;

/**
 * What the ranks of the queries of {@code n} facts are made of, in columns: at place {@code i} that of the tail query of
 * fact {@code i}, at place {@code n + i} that of its head query.
 */
final class Ranks {
    private final int[] above;
    private final int[] equal;
    private final int[] filteredAbove;
    private final int[] filteredEqual;
    private final int[] filteredCandidates;

    Ranks(int n) {
        above = new int[2 * n];
        equal = new int[2 * n];
        filteredAbove = new int[2 * n];
        filteredEqual = new int[2 * n];
        filteredCandidates = new int[2 * n];
    }

    /**
     * Sets what is counted over all entities.
     *
     * @param more how many candidates are above the true answer
     * @param same how many others have exactly its score
     */
    void setRaw(int place, int more, int same) {
        above[place] = more;
        equal[place] = same;
    }

    /**
     * Sets what is counted without the other known answers.
     *
     * @param more how many candidates are above the true answer
     * @param same how many others have exactly its score
     * @param candidates how many candidates there are, the true answer included
     */
    void setFiltered(int place, int more, int same, int candidates) {
        filteredAbove[place] = more;
        filteredEqual[place] = same;
        filteredCandidates[place] = candidates;
    }

    double rank(int place, Filtering filtering, Ties ties) {
        return filtering == Filtering.RAW
                ? ties.rank(above[place], equal[place])
                : ties.rank(filteredAbove[place], filteredEqual[place]);
    }

    int filteredCandidates(int place) {
        return filteredCandidates[place];
    }
}
