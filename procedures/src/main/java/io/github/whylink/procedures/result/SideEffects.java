package io.github.whylink.procedures.result;

/**
 * What a change of a model did to facts that it was not about.
 *
 * @param sampled how many held-out facts were ranked
 * @param mrr their mean reciprocal rank before; null if none was ranked
 * @param mrrAfter and after
 */
public record SideEffects(int sampled, Double mrr, Double mrrAfter) {}
