/**
 * What models of a graph have in common, whatever their seed.
 *
 * <p>{@link io.github.whylink.influence.ensemble.Ensemble} trains several models that differ by their seeds alone and asks
 * them together: mean scores, how many of them agree on the best answer, and the mean influence of a fact with its spread.
 */
package io.github.whylink.influence.ensemble;
