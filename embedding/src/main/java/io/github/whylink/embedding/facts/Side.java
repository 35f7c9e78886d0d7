package io.github.whylink.embedding.facts;

/** The end of a fact that is asked for, or replaced to make a negative. */
public enum Side {
    HEAD,
    TAIL
}
