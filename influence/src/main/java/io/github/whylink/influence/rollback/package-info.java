/**
 * Gradient rollback (Lawrence, Sztyler and Niepert, AAAI 2021, arXiv 2010.05516).
 *
 * <p>{@link io.github.whylink.influence.rollback.RollbackRecorder} watches a training and sums up what each fact did to
 * its own three rows; the {@link io.github.whylink.influence.rollback.InfluenceLedger} holds the sums, which
 * {@link io.github.whylink.influence.rollback.LedgerCodec} packs for the store;
 * {@link io.github.whylink.influence.rollback.RollbackExplainer} subtracts them again to see what a prediction would be
 * without a fact: for all candidates one by one, as {@code ExactRollback} defines it, or for the most influential only, with
 * the others ruled out by {@code PartitionBound} and {@code RelationReach}. {@link
 * io.github.whylink.influence.rollback.LeadRollback} chooses few facts together that hold a link above its rivals, and {@link
 * io.github.whylink.influence.rollback.TriedFacts} tries them out. {@link
 * io.github.whylink.influence.rollback.Stability} says what theory has to say about the error.
 */
package io.github.whylink.influence.rollback;
