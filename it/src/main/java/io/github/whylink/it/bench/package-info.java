/**
 * The benchmarks, a program without Neo4j: {@link io.github.whylink.it.bench.Bench} lists the experiments, each of which
 * is one command class. Figures go to standard output, as {@code key=value} lines or, where they are compared, as a
 * table; progress goes to standard error.
 */
package io.github.whylink.it.bench;
