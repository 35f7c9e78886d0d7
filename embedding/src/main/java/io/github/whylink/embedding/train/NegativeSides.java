package io.github.whylink.embedding.train;

/**
 * Which end of a fact is replaced. With both, the loss of a fact is the sum of the losses of the two sides; with random,
 * one side is drawn for each fact and epoch.
 */
public enum NegativeSides {
    TAIL,
    HEAD,
    BOTH,
    RANDOM
}
