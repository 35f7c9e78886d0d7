/**
 * Graph to facts, the last place that sees a node on the way into a training.
 *
 * <p>A {@link io.github.whylink.procedures.projection.Selection} says which relationships,
 * {@link io.github.whylink.procedures.projection.Relations} of which relation each is a fact, and a
 * {@link io.github.whylink.procedures.projection.Projection} is what was read, with the way back from numbers to the
 * graph, and {@link io.github.whylink.procedures.projection.HeldOutSplit} keeps some facts back to measure the model.
 * {@link io.github.whylink.procedures.projection.InternalIds} is the one place that touches the server's numeric ids.
 */
package io.github.whylink.procedures.projection;
