/**
 * Pictures and pages. {@link io.github.whylink.influence.drawing.CurveSvg} draws the course of a training, {@link
 * io.github.whylink.influence.drawing.FaithfulnessSvg} what explanations say beside what training says, {@link
 * io.github.whylink.influence.drawing.ReportPage} writes all about a model on one page. Equal contents give equal bytes, and
 * nothing refers to anything outside.
 *
 * <p>Explanations: {@link io.github.whylink.influence.drawing.ExplanationPicture} says what is to be seen, {@link
 * io.github.whylink.influence.drawing.ExplanationSvg} draws it.
 *
 * <p>In between, {@link io.github.whylink.influence.drawing.ExplanationLayout} gives everything its place, without anything
 * that could overlap: a {@link io.github.whylink.influence.drawing.Box} for each node, an {@link
 * io.github.whylink.influence.drawing.Arrow} for each fact. {@link io.github.whylink.influence.drawing.Lettering} knows how
 * wide text is, whatever the script, and cuts what is too long.
 */
package io.github.whylink.influence.drawing;
