/**
 * What a trained model says: {@link io.github.whylink.embedding.ranking.RankingEvaluation} measures it on held-out
 * facts, {@link io.github.whylink.embedding.ranking.LinkPredictor} finds the best answers to a query and their
 * probabilities.
 */
package io.github.whylink.embedding.ranking;
