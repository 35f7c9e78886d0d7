/**
 * One class per verb, each with a method that tells the whole story from the call to the rows:
 * {@link io.github.whylink.procedures.workflow.Training}, {@link io.github.whylink.procedures.workflow.TrainingEstimate},
 * {@link io.github.whylink.procedures.workflow.Cancellation}, {@link io.github.whylink.procedures.workflow.Prediction},
 * {@link io.github.whylink.procedures.workflow.TypePrediction}, {@link io.github.whylink.procedures.workflow.LinkSearch},
 * {@link io.github.whylink.procedures.workflow.LinkWriting}, {@link io.github.whylink.procedures.workflow.LinkScore},
 * {@link io.github.whylink.procedures.workflow.Explanation}, {@link io.github.whylink.procedures.workflow.Verification},
 * {@link io.github.whylink.procedures.workflow.NecessarySet}, {@link io.github.whylink.procedures.workflow.Evaluation},
 * {@link io.github.whylink.procedures.workflow.Faithfulness}, {@link io.github.whylink.procedures.workflow.GraphAudit},
 * {@link io.github.whylink.procedures.workflow.WhatIf}, {@link io.github.whylink.procedures.workflow.Forgetfulness},
 * {@link io.github.whylink.procedures.workflow.Correction}, {@link io.github.whylink.procedures.workflow.Embedding}, {@link io.github.whylink.procedures.workflow.Reversion},
 * {@link io.github.whylink.procedures.workflow.ModelListing} and
 * {@link io.github.whylink.procedures.workflow.Removal}. They order the steps; how a step is done is told where they
 * call.
 *
 * <p>What explains has more steps in common: an {@code Inquiry} is a predicted link with the training of its model,
 * {@code Attribution} asks a method what facts did and returns it as {@code Evidence}, and {@code Retrainings} finds out
 * what would be without them. A {@code Change} is a model that is about to be changed while nobody else does anything to it.
 */
package io.github.whylink.procedures.workflow;
