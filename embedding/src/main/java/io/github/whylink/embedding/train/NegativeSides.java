package io.github.whylink.embedding.train;

/** Which end of a fact is replaced. With both, the loss of a fact is the sum of the losses of the two sides. */
public enum NegativeSides {
    TAIL,
    HEAD,
    BOTH;

    boolean tail() {
        return this != HEAD;
    }

    boolean head() {
        return this != TAIL;
    }
}
