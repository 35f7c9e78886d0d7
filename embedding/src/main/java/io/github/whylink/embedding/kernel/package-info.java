/**
 * Arithmetic that everything else stands on: {@link io.github.whylink.embedding.kernel.Rows} for float rows and
 * {@link io.github.whylink.embedding.kernel.CounterHash} for random numbers without state.
 *
 * <p>Two rules make results repeatable. A sum over a row always runs from the first element to the last with one
 * accumulator, so that a kernel may work on many rows at once but never changes a bit of any of them. And every random
 * number is a pure function of what it is for, so that it does not depend on which thread asks, or when.
 */
package io.github.whylink.embedding.kernel;
