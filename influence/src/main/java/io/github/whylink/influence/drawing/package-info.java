/**
 * Pictures of explanations: {@link io.github.whylink.influence.drawing.ExplanationPicture} says what is to be seen,
 * {@link io.github.whylink.influence.drawing.ExplanationSvg} draws it.
 */
package io.github.whylink.influence.drawing;
