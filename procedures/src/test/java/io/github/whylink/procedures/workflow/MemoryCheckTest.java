package io.github.whylink.procedures.workflow;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.procedures.config.TrainConfiguration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MemoryCheckTest {
    private static final long GIGABYTE = 1L << 30;

    @Test
    void rowsStatesAndUpdatesAreCounted() {
        // DistMult: rows of 10; 1000 entities and 5 relations with one accumulator each; per fact 30 numbers.
        MemoryCheck check = check(Map.of("negativeSamples", 7L), 1000, 5, 1000);
        long rows = 4 * 2 * (1000 + 5) * 10;
        assertTrue(check.otherBytes() > rows && check.otherBytes() < 2 * rows, "" + check);
        long updates = 4 * 30 * 1000;
        assertTrue(check.ledgerBytes() > updates && check.ledgerBytes() < 1.5 * updates, "" + check);
        assertEquals(0, check(Map.of("influence", false), 1000, 5, 1000).ledgerBytes());
    }

    @Test
    void theBestRowsSoFarAreCountedWhereThereIsValidation() {
        long without = check(Map.of(), 100, 5, 1000).otherBytes();
        assertEquals(
                without + Parameters.bytes(100, 10, 5, 10),
                check(Map.of("validationFraction", 0.1), 100, 5, 1000).otherBytes());
    }

    @Test
    void membersOfAnEnsembleWaitUntilAllAreTrained() {
        MemoryCheck one = check(Map.of(), 100, 5, 1000);
        MemoryCheck four = check(Map.of("ensembleSize", 4L), 100, 5, 1000);
        assertEquals(one.otherBytes() + 2 * Parameters.bytes(100, 40, 5, 40), four.otherBytes());
        long ledger = InfluenceLedger.bytes(1000, 40, 40);
        assertEquals(ledger + ledger / 4, four.ledgerBytes());
    }

    @Test
    void largeNumbersDoNotOverflow() {
        MemoryCheck check =
                check(Map.of("scoringFunction", "RESCAL", "embeddingDimension", 4096L), 1 << 30, 5, 1 << 30);
        assertTrue(check.ledgerBytes() > 4L * 4096 * 4096 * (1 << 30) && check.otherBytes() > 0);
    }

    @Test
    void whatCannotFitIsRefusedAndInfluenceIsNamedIfItIsTheReason() {
        Map<String, Object> rescal = Map.of("scoringFunction", "RESCAL", "embeddingDimension", 128L);
        String message = assertThrows(IllegalArgumentException.class, () -> check(rescal, 1000, 5, 300_000)
                        .require(8 * GIGABYTE))
                .getMessage();
        assertTrue(
                message.contains("set 'influence' to false, as it records 16640 numbers for each of 300000"), message);
        assertTrue(message.contains("has at most 8192 MB"), message);
        long megabytes = InfluenceLedger.bytes(300_000, 128, 128 * 128) >> 20;
        assertTrue(message.contains("(%d MB of it to record influence)".formatted(megabytes)), message);

        Map<String, Object> without = new HashMap<>(rescal);
        without.put("influence", false);
        assertDoesNotThrow(() -> check(without, 1000, 5, 300_000).require(8 * GIGABYTE));
        String other = assertThrows(IllegalArgumentException.class, () -> check(without, 1000, 5, 300_000)
                        .require(100))
                .getMessage();
        assertFalse(other.contains("'influence'"), other);
    }

    private static MemoryCheck check(Map<String, Object> given, int entities, int relations, int facts) {
        Map<String, Object> configuration = new HashMap<>(Map.of("scoringFunction", "DistMult"));
        configuration.put("embeddingDimension", 10L);
        configuration.putAll(given);
        TrainConfiguration read = TrainConfiguration.of(configuration);
        return MemoryCheck.of(read, entities, relations, facts);
    }
}
