/**
 * What a call asks for: the map of the user becomes a validated, immutable record.
 *
 * <p>{@link io.github.whylink.procedures.config.TrainConfiguration} is the largest and knows the defaults of a training;
 * it can be turned back into the map that is echoed to the user. All of them read with a {@code ConfigurationReader},
 * which collects every problem before it complains, also what the trainer's own settings refuse. {@link io.github.whylink.procedures.config.ModelName} is where the
 * keys of all properties in the graph come from.
 */
package io.github.whylink.procedures.config;
