/**
 * One class per verb, each with a method that tells the whole story from the call to the rows:
 * {@link io.github.whylink.procedures.workflow.Training}, {@link io.github.whylink.procedures.workflow.Prediction},
 * {@link io.github.whylink.procedures.workflow.Explanation}, {@link io.github.whylink.procedures.workflow.Evaluation},
 * {@link io.github.whylink.procedures.workflow.ModelListing} and
 * {@link io.github.whylink.procedures.workflow.Removal}. They order the steps; how a step is done is told where they
 * call.
 */
package io.github.whylink.procedures.workflow;
