package io.github.whylink.it.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Takes the figures of an experiment.
 *
 * @param to takes key and value in words
 */
record Figures(BiConsumer<String, String> to) {
    /** Prints one {@code key=value} a line. */
    Figures(PrintStream out) {
        this((key, value) -> out.println(key + "=" + value));
    }

    void print(String key, double value) {
        to.accept(key, String.format(Locale.ROOT, "%.4f", value));
    }

    void print(String key, long value) {
        to.accept(key, Long.toString(value));
    }
}
