/**
 * Training. {@link io.github.whylink.embedding.train.Trainer} walks the facts epoch by epoch;
 * {@link io.github.whylink.embedding.train.ExampleGradient} is the loss gradient of one fact at given parameters and the
 * one place where it is defined, and {@link io.github.whylink.embedding.train.ExampleCurvature} how it moves with the
 * parameters; an {@link io.github.whylink.embedding.train.Optimizer} turns gradients into steps.
 *
 * <p>The steps of a training are taken by one of three: {@code SingleFacts} (one fact, negatives of its own), {@code
 * ExampleBatches} (many facts, each with negatives of its own) and {@code BlockBatches} (many facts against the same
 * candidates, by matrix products). {@link io.github.whylink.embedding.train.Negatives} says which, {@link
 * io.github.whylink.embedding.train.Examples} names each fact's negatives, and {@code FactTerms} is what a fact does with its
 * own rows in any of them.
 *
 * <p>A {@link io.github.whylink.embedding.train.TrainingObserver} sees what each fact did to each of its rows: influence is
 * recorded through it and training knows nothing about it. Removing a fact masks its slot and changes nothing else.
 */
package io.github.whylink.embedding.train;
