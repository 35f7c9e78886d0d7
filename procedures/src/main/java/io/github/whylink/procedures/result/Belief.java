package io.github.whylink.procedures.result;

/**
 * What a model says of the link that an explanation is about.
 *
 * @param probability softmax over all entities as its target
 * @param calibrated the probability that it is true; null if the model was not calibrated
 * @param members how many models of an ensemble have it as their best answer; null for one model
 */
public record Belief(double probability, Double calibrated, Long members) {}
