/**
 * Influence by walking the training backwards.
 *
 * <p>{@link io.github.whylink.influence.unrolled.UnrolledExplainer} carries the gradient of a prediction from the last step
 * to the first; at each step it meets the facts that took it, and credits them with what their part of the step did to the
 * prediction in the end. A {@link io.github.whylink.influence.unrolled.Target} is the number that is explained, a probability or
 * the lead over another answer; {@link io.github.whylink.influence.unrolled.NecessaryFacts} are those that keep the lead. The training comes from {@link io.github.whylink.embedding.train.Replay}.
 */
package io.github.whylink.influence.unrolled;
