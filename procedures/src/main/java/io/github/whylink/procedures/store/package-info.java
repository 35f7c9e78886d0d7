/**
 * Model to properties and back.
 *
 * <p>{@link io.github.whylink.procedures.store.ModelWriter} writes in
 * {@link io.github.whylink.procedures.store.InnerTransactions} and marks the model as ready at the very end,
 * {@link io.github.whylink.procedures.store.ModelRemover} takes everything away again.
 * {@link io.github.whylink.procedures.store.ModelVersions} tells how a new version takes the place of one that answers.
 * {@link io.github.whylink.procedures.store.ModelChange} makes one in which only some rows differ, and undoes it.
 * {@link io.github.whylink.procedures.store.ModelNodes} knows which models there are, as
 * {@link io.github.whylink.procedures.store.StoredModel}; their rows come into memory as
 * {@link io.github.whylink.procedures.store.LoadedModel}, through
 * {@link io.github.whylink.procedures.store.ModelCache}, and of the updates only those of
 * {@link io.github.whylink.procedures.store.CandidateFacts}. Which facts of the graph a model has seen and which were held
 * out is told by {@link io.github.whylink.procedures.store.ModelFacts}; its whole training is made again as
 * {@link io.github.whylink.procedures.store.StoredTraining}, and one that goes on from a model begins with
 * {@link io.github.whylink.procedures.store.Predecessor}. {@link io.github.whylink.procedures.store.Newcomers} are nodes that a model
 * does not know yet.
 */
package io.github.whylink.procedures.store;
