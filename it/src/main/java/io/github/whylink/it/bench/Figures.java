package io.github.whylink.it.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Prints the figures of an experiment, one {@code key=value} a line. */
record Figures(PrintStream out) {
    void print(String key, double value) {
        out.printf(Locale.ROOT, "%s=%.4f%n", key, value);
    }

    void print(String key, long value) {
        out.printf(Locale.ROOT, "%s=%d%n", key, value);
    }
}
