package io.github.whylink.influence.paths;

import java.util.List;

/**
 * A path of facts from the head of a link to its tail, and how surely paths of its type mean such a link.
 *
 * @param facts indexes, in the order in which they are walked on from the head
 * @param rule what paths of this type say of the relation of the link
 * @param chance that a walker who starts at the head and takes steps of this type comes along here: the product of
 *     {@code 1 / ways to take the step}, which tells a path through a hub from one that leads nowhere else
 */
public record Chain(List<Integer> facts, RuleConfidence.Rule rule, double chance) {}
