/**
 * How far an explanation can be believed, measured by training again.
 *
 * <p>{@link io.github.whylink.influence.faithfulness.RemovalExperiment} removes the facts that an explanation names and
 * asks whether the prediction suffers (PD) or falls (TC);
 * {@link io.github.whylink.influence.faithfulness.LeaveOneOut} removes single facts and
 * {@link io.github.whylink.influence.faithfulness.RankCorrelation} compares the true effects with the claimed ones;
 * {@link io.github.whylink.influence.faithfulness.LinearDatamodelingScore} leaves out many at once. All
 * start from {@link io.github.whylink.influence.faithfulness.TopPrediction}s, and every retraining matches the seed, the
 * order of the facts and the negatives of the training that is explained.
 */
package io.github.whylink.influence.faithfulness;
