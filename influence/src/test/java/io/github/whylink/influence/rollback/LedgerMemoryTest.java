package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.whylink.embedding.testing.Allocation;
import io.github.whylink.embedding.testing.Tolerance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerMemoryTest {
    @ParameterizedTest
    @CsvSource({"1000, 64, 128", "5000, 3, 3", "10, 1000, 1"})
    void aLedgerTakesWhatIsEstimated(int facts, int entityWidth, int relationWidth) {
        long measured = Allocation.of(() -> InfluenceLedger.zeros(facts, entityWidth, relationWidth));
        long estimate = InfluenceLedger.bytes(facts, entityWidth, relationWidth);
        assertEquals(1.0, (double) estimate / measured, Tolerance.MEMORY_ESTIMATE, estimate + " for " + measured);
    }
}
