/**
 * Why a model predicts a link. An {@link io.github.whylink.influence.Explainer} gives every candidate fact its influence
 * on a predicted {@link io.github.whylink.influence.Link}, as {@link io.github.whylink.influence.FactInfluences}; the
 * candidates are all facts of the {@link io.github.whylink.influence.TrainedModel}, or those that share a row with the link,
 * found by {@link io.github.whylink.influence.FactIndex}. {@link io.github.whylink.influence.Explainers} knows them all.
 *
 * <p>Gradient rollback lives in {@code rollback}, the walk backwards through a training in {@code unrolled}, gradients at
 * its checkpoints in {@code tracin}, the curvature of its loss in {@code influencefunctions}, chains of facts in {@code paths}, what suffices for others in {@code transplant},
 * what several models have in common in {@code ensemble}; baselines are here. The experiments that say how far an explanation can be believed are in
 * {@code faithfulness}, pictures in {@code drawing}. Nothing here knows names or a database.
 */
package io.github.whylink.influence;
