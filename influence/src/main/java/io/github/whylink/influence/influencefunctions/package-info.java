/**
 * Influence functions (Koh and Liang, ICML 2017, arXiv 1703.04730).
 *
 * <p>{@link io.github.whylink.influence.influencefunctions.InfluenceFunctionExplainer} solves a damped system with the
 * Hessian of the loss on the rows around a link, a {@link io.github.whylink.influence.influencefunctions.TargetBlock}, and
 * multiplies the solution with the gradient of each fact. The Hessian comes from
 * {@link io.github.whylink.influence.influencefunctions.BlockCurvature}, the system is solved by
 * {@link io.github.whylink.influence.influencefunctions.DampedSolver}.
 */
package io.github.whylink.influence.influencefunctions;
