package io.github.whylink.embedding.tune;

import java.util.List;
import java.util.Optional;

/**
 * What a search came to.
 *
 * @param trials in the order in which they ended
 * @param best the one with the highest validation MRR, of several the one with the fewest epochs, then the first; empty if
 *     none finished. Its configuration trains, on the same facts, exactly the parameters that were measured.
 */
public record TuningResult(List<Trial> trials, Optional<Trial> best) {}
