/**
 * TracIn (Pruthi, Liu, Kale and Sundararajan, NeurIPS 2020, arXiv 2002.08484).
 *
 * <p>{@link io.github.whylink.influence.tracin.TracInExplainer} trains once more from the seed, and at the end of each
 * epoch holds the gradient of every fact's loss against the gradient of the prediction. A fact held against itself gives its
 * self-influence, which finds wrong facts.
 */
package io.github.whylink.influence.tracin;
