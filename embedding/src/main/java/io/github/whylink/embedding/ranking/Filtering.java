package io.github.whylink.embedding.ranking;

/** Which candidates the true answer of a query competes with. */
public enum Filtering {
    /** All entities but the other known answers of the query. */
    FILTERED,
    /** All entities. */
    RAW
}
