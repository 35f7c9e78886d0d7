package io.github.whylink.procedures.workflow;

/** Milliseconds from one lap to the next. */
final class Stopwatch {
    private long begun = System.nanoTime();

    long lap() {
        long now = System.nanoTime();
        long millis = (now - begun) / 1_000_000;
        begun = now;
        return millis;
    }
}
