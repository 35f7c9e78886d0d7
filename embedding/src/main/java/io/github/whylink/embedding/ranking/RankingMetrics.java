package io.github.whylink.embedding.ranking;

/**
 * How well the true answers of queries are ranked.
 *
 * @param queries how many were ranked
 * @param mrr mean of 1/rank, in (0, 1], higher is better; NaN without queries
 * @param hits1 share of queries with a rank of at most 1
 * @param hits3 share of queries with a rank of at most 3
 * @param hits10 share of queries with a rank of at most 10
 * @param meanRank mean rank, from 1, lower is better
 */
public record RankingMetrics(int queries, double mrr, double hits1, double hits3, double hits10, double meanRank) {
    static RankingMetrics of(double[] ranks) {
        double reciprocal = 0;
        double sum = 0;
        int in1 = 0;
        int in3 = 0;
        int in10 = 0;
        for (double rank : ranks) {
            reciprocal += 1 / rank;
            sum += rank;
            in1 += rank <= 1 ? 1 : 0;
            in3 += rank <= 3 ? 1 : 0;
            in10 += rank <= 10 ? 1 : 0;
        }
        double n = ranks.length;
        return new RankingMetrics(ranks.length, reciprocal / n, in1 / n, in3 / n, in10 / n, sum / n);
    }
}
