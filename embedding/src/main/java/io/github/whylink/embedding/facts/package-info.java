/**
 * What a model is trained on: {@link io.github.whylink.embedding.facts.Facts} as int columns, and
 * {@link io.github.whylink.embedding.facts.KnownFacts}, the index by which ranking and prediction leave out what is
 * known already. Entities and relations are plain numbers here; their names live where the graph lives.
 */
package io.github.whylink.embedding.facts;
