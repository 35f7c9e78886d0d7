/**
 * Training. {@link io.github.whylink.embedding.train.Trainer} walks the facts epoch by epoch;
 * {@link io.github.whylink.embedding.train.ExampleGradient} is the loss gradient of one fact at given parameters and the
 * one place where it is defined; an {@link io.github.whylink.embedding.train.Optimizer} turns gradients into steps.
 *
 * <p>A {@link io.github.whylink.embedding.train.TrainingObserver} sees what each fact did to each row: influence is
 * recorded through it and training knows nothing about it. Removing a fact masks its slot and changes nothing else.
 */
package io.github.whylink.embedding.train;
