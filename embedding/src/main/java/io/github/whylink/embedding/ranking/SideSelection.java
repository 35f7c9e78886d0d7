package io.github.whylink.embedding.ranking;

/** Which of the two queries of a fact a figure is about. */
public enum SideSelection {
    /** (h, r, ?). */
    TAIL,
    /** (?, r, t). */
    HEAD,
    /** The two together. */
    BOTH
}
