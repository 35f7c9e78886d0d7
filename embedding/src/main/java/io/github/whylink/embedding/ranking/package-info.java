/**
 * What a trained model says, and how well.
 *
 * <p>{@link io.github.whylink.embedding.ranking.RankingEvaluation} ranks the true answers of held-out facts,
 * {@link io.github.whylink.embedding.ranking.LinkPredictor} finds the best answers to a query,
 * {@link io.github.whylink.embedding.ranking.BestLinks} the best links of the whole graph,
 * {@link io.github.whylink.embedding.ranking.MemberAnswers} what each of several models says by itself, and
 * {@link io.github.whylink.embedding.ranking.RelationChoice} which of some relations holds between two entities. Where false facts are known
 * too, {@link io.github.whylink.embedding.ranking.LabelledScores} scores both kinds,
 * {@link io.github.whylink.embedding.ranking.TripleClassification} tells them apart by a threshold for each relation, and
 * {@link io.github.whylink.embedding.ranking.Calibration} turns scores into probabilities, which
 * {@link io.github.whylink.embedding.ranking.RelationCalibrations} does for each relation.
 */
package io.github.whylink.embedding.ranking;
