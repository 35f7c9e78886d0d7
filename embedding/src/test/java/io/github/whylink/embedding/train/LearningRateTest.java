package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateTest {
    private static final long TOTAL = 100;

    static List<String> schedules() {
        return LearningRate.schedules();
    }

    @Test
    void aConstantRateStays() {
        assertEquals(3f, LearningRate.constant(3f).at(0, TOTAL));
        assertEquals(3f, LearningRate.constant(3f).at(1_000_000, TOTAL));
    }

    @Test
    void aRateDecaysInStairs() {
        LearningRate rate = new LearningRate(1f, 0.5f, 10);
        assertEquals(1f, rate.at(9, TOTAL));
        assertEquals(0.5f, rate.at(10, TOTAL));
        assertEquals(0.25f, rate.at(29, TOTAL));
    }

    @Test
    void aLinearRateFallsTo0AtTheEnd() {
        LearningRate rate = new LearningRate("linear", 2f, 1f, 1, 0);
        assertEquals(2f, rate.at(0, TOTAL));
        assertEquals(1.5f, rate.at(25, TOTAL));
        assertEquals(0.02f, rate.at(99, TOTAL));
        assertEquals(0f, rate.at(TOTAL, TOTAL));
        assertEquals(0f, rate.at(2 * TOTAL, TOTAL));
    }

    @Test
    void aCosineFallsSlowlyThenFastThenSlowly() {
        LearningRate rate = new LearningRate("cosine", 2f, 1f, 1, 0);
        assertEquals(2f, rate.at(0, TOTAL));
        assertEquals((float) (1 + Math.cos(Math.PI / 4)), rate.at(25, TOTAL), 1e-6f);
        assertEquals(1f, rate.at(50, TOTAL), 1e-6f);
        assertEquals(0f, rate.at(TOTAL, TOTAL));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void anyScheduleStartsAfterAWarmUpThatRisesLinearly(String schedule) {
        LearningRate cold = new LearningRate(schedule, 2f, 0.5f, 7, 10);
        LearningRate warm = new LearningRate(schedule, 2f, 0.5f, 7, 0);
        assertEquals(0.2f, cold.at(0, TOTAL));
        assertEquals(1f, cold.at(4, TOTAL));
        assertEquals(2f, cold.at(9, TOTAL));
        for (long step = 10; step <= TOTAL; step++) {
            assertEquals(warm.at(step - 10, TOTAL - 10), cold.at(step, TOTAL), "step " + step);
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aTrainingMayEndWithinItsWarmUp(String schedule) {
        LearningRate rate = new LearningRate(schedule, 2f, 0.5f, 7, 10);
        assertEquals(1f, rate.at(4, 5));
        assertTrue(Float.isFinite(rate.at(10, 10)));
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aRateNeverRisesAfterTheWarmUp(String schedule) {
        LearningRate rate = new LearningRate(schedule, 0.1f, 0.9f, 3, 5);
        for (long step = 5; step < TOTAL; step++) {
            assertTrue(rate.at(step + 1, TOTAL) <= rate.at(step, TOTAL), "step " + step);
        }
    }

    @Test
    void anUnknownScheduleIsRefusedWithTheKnownOnes() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new LearningRate("exponential", 1f, 1f, 1, 0));
        assertTrue(refused.getMessage().contains("cosine"), refused.getMessage());
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        List<Runnable> wrong = List.of(
                () -> LearningRate.constant(0f),
                () -> LearningRate.constant(Float.NaN),
                () -> LearningRate.constant(Float.POSITIVE_INFINITY),
                () -> new LearningRate(1f, 0f, 1),
                () -> new LearningRate(1f, 1.1f, 1),
                () -> new LearningRate(1f, 1f, 0),
                () -> new LearningRate("constant", 1f, 1f, 1, -1));
        for (Runnable make : wrong) {
            assertThrows(IllegalArgumentException.class, make::run);
        }
    }
}
