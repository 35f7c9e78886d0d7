/**
 * Models of a fact's plausibility. {@link io.github.whylink.embedding.scoring.ScoringFunction} is the contract, one file
 * implements one model, {@link io.github.whylink.embedding.scoring.ScoringFunctions} lists them by name.
 * {@link io.github.whylink.embedding.scoring.Parameters} are the rows that training moves, and
 * {@link io.github.whylink.embedding.scoring.EmbeddingModel} joins both into something that answers queries.
 *
 * <p>A score is always "higher is more plausible".
 */
package io.github.whylink.embedding.scoring;
