/**
 * What suffices for a prediction: {@link io.github.whylink.influence.transplant.Transplant} gives facts of a link's head to
 * other entities, trains these entities' rows anew, and counts for how many the prediction then holds;
 * {@link io.github.whylink.influence.transplant.SufficientFacts} looks for few facts that are enough.
 */
package io.github.whylink.influence.transplant;
