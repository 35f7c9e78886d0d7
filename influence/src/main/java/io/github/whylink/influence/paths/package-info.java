/**
 * Chains of facts. {@link io.github.whylink.influence.paths.FactGraph} makes facts a graph to walk on,
 * {@link io.github.whylink.influence.paths.RuleConfidence} says how surely a path of some steps means a relation, and
 * {@link io.github.whylink.influence.paths.PathExplainer} explains a link by the
 * {@link io.github.whylink.influence.paths.Chain chains} that close it.
 */
package io.github.whylink.influence.paths;
