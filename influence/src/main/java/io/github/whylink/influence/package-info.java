/**
 * Why a model predicts a link. An {@link io.github.whylink.influence.Explainer} gives every candidate fact its influence
 * on a predicted {@link io.github.whylink.influence.Link}, as {@link io.github.whylink.influence.FactInfluences}; the
 * candidates are the facts that share a row with the link, found by {@link io.github.whylink.influence.FactIndex}.
 *
 * <p>Gradient rollback lives in {@code rollback}, the experiments that say how far an explanation can be believed in
 * {@code faithfulness}, pictures in {@code drawing}. Nothing here knows names or a database.
 */
package io.github.whylink.influence;
