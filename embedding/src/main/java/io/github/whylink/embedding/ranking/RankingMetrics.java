package io.github.whylink.embedding.ranking;

/**
 * How well the true answers of queries are ranked. Without queries every mean is NaN.
 *
 * @param queries how many were ranked
 * @param mrr mean of 1/rank, in (0, 1], higher is better
 * @param hits1 share of queries with a rank of at most 1
 * @param hits3 share of queries with a rank of at most 3
 * @param hits10 share of queries with a rank of at most 10
 * @param meanRank mean rank, from 1, lower is better
 * @param adjustedMeanRankIndex {@code 1 - (MR - 1) / (E[MR] - 1)}, in [-1, 1]: 1 is perfect, 0 is what random scores
 *     get, however many candidates there are. The expected rank of a query with {@code c} candidates is {@code (c + 1) /
 *     2}. NaN if no query has a second candidate. Source: Berrendorf, Faerman, Vermue and Tresp, arXiv 2002.06914.
 */
public record RankingMetrics(
        int queries,
        double mrr,
        double hits1,
        double hits3,
        double hits10,
        double meanRank,
        double adjustedMeanRankIndex) {

    /** Adds ranks up, in the order in which they come. */
    static final class Sums {
        private int queries;
        private double reciprocal;
        private double rank;
        private double expectedRank;
        private int in1;
        private int in3;
        private int in10;

        /**
         * Adds one query.
         *
         * @param candidates how many entities competed, the true answer included
         */
        void add(double rankOfTruth, int candidates) {
            queries++;
            reciprocal += 1 / rankOfTruth;
            rank += rankOfTruth;
            expectedRank += (candidates + 1) / 2.0;
            in1 += rankOfTruth <= 1 ? 1 : 0;
            in3 += rankOfTruth <= 3 ? 1 : 0;
            in10 += rankOfTruth <= 10 ? 1 : 0;
        }

        RankingMetrics means() {
            double n = queries;
            return new RankingMetrics(
                    queries, reciprocal / n, in1 / n, in3 / n, in10 / n, rank / n, 1 - (rank - n) / (expectedRank - n));
        }
    }
}
