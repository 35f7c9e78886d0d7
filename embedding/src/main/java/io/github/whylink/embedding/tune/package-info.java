/**
 * The search for good settings. A {@link io.github.whylink.embedding.tune.SearchSpace} declares a range for each key of a
 * training's configuration and draws from them; a {@link io.github.whylink.embedding.tune.TunedConfiguration} is one such
 * map and the settings that it means; {@link io.github.whylink.embedding.tune.Tuner} trains random draws for a few epochs,
 * goes on with the best third for three times as many, and ends with its budget of seconds.
 *
 * <p>Keys are named as those of {@code whylink.train}, so that the best configuration can be pasted there.
 */
package io.github.whylink.embedding.tune;
