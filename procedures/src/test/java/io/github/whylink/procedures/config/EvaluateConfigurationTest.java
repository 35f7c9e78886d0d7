package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.ranking.Filtering;
import io.github.whylink.embedding.ranking.Ties;
import io.github.whylink.procedures.config.EvaluateConfiguration.Which;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EvaluateConfigurationTest {
    @Test
    void byDefaultHeldOutFactsAreRankedFiltered() {
        assertEquals(
                new EvaluateConfiguration(
                        Which.HELD_OUT,
                        Filtering.FILTERED,
                        Ties.REALISTIC,
                        4,
                        Map.of("facts", "heldOut", "filtered", true, "ties", "realistic", "concurrency", 4L)),
                EvaluateConfiguration.of(Map.of()));
    }

    @Test
    void everythingCanBeChosen() {
        assertEquals(
                new EvaluateConfiguration(
                        Which.TRAINING,
                        Filtering.RAW,
                        Ties.PESSIMISTIC,
                        1,
                        Map.of("facts", "training", "filtered", false, "ties", "pessimistic", "concurrency", 1L)),
                EvaluateConfiguration.of(
                        Map.of("facts", "TRAINING", "filtered", false, "ties", "pessimistic", "concurrency", 1L)));
    }

    @Test
    void unknownNamesAreCorrected() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> EvaluateConfiguration.of(Map.of("facts", "heldout ", "ties", "optimist")))
                .getMessage();
        assertTrue(message.startsWith("whylink.evaluate: the configuration has 2 problems"), message);
        assertTrue(message.contains("did you mean 'heldOut'?"), message);
        assertTrue(message.contains("did you mean 'optimistic'?"), message);
    }
}
