package io.github.whylink.influence.audit;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The values of signals: a column per signal, a row per fact; NaN where a fact has no value. */
final class SignalTable {
    private final Map<Signal, float[]> columns = new EnumMap<>(Signal.class);

    SignalTable(Set<Signal> signals, int facts) {
        for (Signal signal : signals) {
            float[] column = new float[facts];
            Arrays.fill(column, Float.NaN);
            columns.put(signal, column);
        }
    }

    boolean has(Signal signal) {
        return columns.containsKey(signal);
    }

    boolean needs(Signal.Source source) {
        return columns.keySet().stream().anyMatch(signal -> signal.source() == source);
    }

    /** The values of a signal, to be read and written; null if it was not asked for. */
    float[] column(Signal signal) {
        return columns.get(signal);
    }

    void set(Signal signal, int fact, double value) {
        float[] column = columns.get(signal);
        if (column != null) {
            column[fact] = (float) value;
        }
    }

    Set<Signal> signals() {
        return columns.keySet();
    }
}
