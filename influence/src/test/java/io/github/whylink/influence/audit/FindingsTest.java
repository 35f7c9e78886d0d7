package io.github.whylink.influence.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FindingsTest {
    /** What is said of the only fact of a report whose signals all have one value. */
    private static String message(float value, Signal... signals) {
        Map<Signal, float[]> values = new EnumMap<>(Signal.class);
        for (Signal signal : signals) {
            values.put(signal, new float[] {value});
        }
        AuditReport report =
                new AuditReport(new int[1], new double[1], new double[1], 0, new EnumMap<>(Signal.class), 0.5, values);
        return new Findings(report).message(0, "Ann", "WORKS_IN", "Rome");
    }

    @Test
    void whereNoPathWasAskedForNothingIsSaidOfPaths() {
        String nothing = "nothing about it alone is striking";
        assertEquals(nothing, message(0, Signal.HEAD_USES));
        assertEquals(nothing, message(3, Signal.PATHS));
        assertEquals(nothing, message(0, Signal.PATHS, Signal.REVERSE, Signal.TWO_HOPS));
    }

    @Test
    void aFactThatNothingImpliesIsAlone() {
        assertEquals(
                "no path of other facts implies it", message(0, Signal.REVERSE, Signal.TWO_HOPS, Signal.THREE_HOPS));
    }

    @Test
    void whatSpeaksForAFactIsToldWhereverItWasAskedFor() {
        assertEquals(
                "nothing about it alone is striking. In its favour: another relationship between Ann and Rome usually comes"
                        + " with it",
                message(0.9f, Signal.REVERSE));
    }
}
