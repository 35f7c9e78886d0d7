/**
 * Mending what a model gets wrong, or should not know, without training it again. {@link io.github.whylink.influence.correction.StepCorrection}
 * moves two rows until a link is the best answer to its query; {@link
 * io.github.whylink.influence.correction.RollbackCorrection} takes back what the facts that speak against the link did to
 * the model. {@link io.github.whylink.influence.correction.Forgetting} makes a model about what it would be without some facts.
 * All leave the model as it is and return an {@link io.github.whylink.influence.correction.EditedModel} beside it.
 */
package io.github.whylink.influence.correction;
