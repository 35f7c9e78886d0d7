/**
 * Pictures of explanations. {@link io.github.whylink.influence.drawing.ExplanationPicture} says what is to be seen, {@link
 * io.github.whylink.influence.drawing.ExplanationSvg} draws it.
 *
 * <p>In between, {@link io.github.whylink.influence.drawing.ExplanationLayout} gives everything its place, without anything
 * that could overlap: a {@link io.github.whylink.influence.drawing.Box} for each node, an {@link
 * io.github.whylink.influence.drawing.Arrow} for each fact. {@link io.github.whylink.influence.drawing.Lettering} knows how
 * wide text is, whatever the script, and cuts what is too long.
 */
package io.github.whylink.influence.drawing;
