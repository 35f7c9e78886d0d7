package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class TrainConfigurationTest {
    @Test
    void anEmptyMapGivesTheDefaults() {
        TrainConfiguration defaults = TrainConfiguration.of(Map.of());
        assertEquals(List.of("*"), defaults.nodeLabels());
        assertEquals("ComplEx", defaults.scoringFunction());
        assertEquals(32, defaults.embeddingDimension());
        assertEquals(42, defaults.randomSeed());
        assertTrue(defaults.influence());
        TrainingSettings settings = defaults.settings();
        assertEquals(NegativeSides.BOTH, settings.negativeSides());
        assertEquals(0.1f, settings.optimizer().learningRate().at(0));
    }

    @Test
    void theEchoedMapGivesTheSameConfigurationAgain() {
        for (Map<String, Object> given : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("loss", "margin", "margin", 2.5),
                Map.of("optimizer", "sgd", "nodeLabels", List.of("A", "B")),
                Map.of("optimizer", "lazyadam", "batchSize", 8L, "influence", false))) {
            TrainConfiguration read = TrainConfiguration.of(given);
            assertEquals(read, TrainConfiguration.of(read.toMap()));
        }
    }

    @Test
    void everyKeyOfTheEchoedMapIsDocumented() {
        TreeSet<String> echoed =
                new TreeSet<>(TrainConfiguration.of(Map.of()).toMap().keySet());
        echoed.addAll(TrainConfiguration.of(Map.of("loss", "margin")).toMap().keySet());
        assertEquals(new TreeSet<>(TrainConfiguration.KEYS), echoed);
    }

    @Test
    void keysAndNamesMatchWhateverTheirCase() {
        TrainConfiguration read =
                TrainConfiguration.of(Map.of("MAXEPOCHS", 3L, "optimizer", "adagrad", "loss", "Logistic"));
        assertEquals(3, read.maxEpochs());
        assertEquals("Adagrad", read.optimizer());
        assertEquals("logistic", read.loss());
    }

    @Test
    void oneStringIsAListOfOne() {
        assertEquals(
                List.of("KNOWS"),
                TrainConfiguration.of(Map.of("relationshipTypes", "KNOWS")).relationshipTypes());
    }

    @Test
    void wholeNumbersMayComeAsFloats() {
        assertEquals(7, TrainConfiguration.of(Map.of("maxEpochs", 7.0)).maxEpochs());
    }

    @Test
    void aKeyGivenTwiceIsRefused() {
        refuses(Map.of("maxEpochs", 1L, "maxepochs", 2L), "given more than once");
    }

    @Test
    void valuesOutOfRangeAreRefusedWithTheRange() {
        refuses(
                Map.of("embeddingDimension", 4097L),
                "'embeddingDimension' must be a whole number from 1 to 4096, but is 4097");
        refuses(Map.of("learningRate", 0.0), "'learningRate' must be a number above 0 and at most 10, but is 0.0");
        refuses(Map.of("heldOutFraction", 0.6), "'heldOutFraction' must be a number from 0 to 0.5, but is 0.6");
        refuses(Map.of("learningRate", Double.NaN), "but is NaN");
    }

    @Test
    void valuesOfTheWrongTypeAreRefused() {
        refuses(Map.of("maxEpochs", 2.5), "'maxEpochs' must be a whole number from 1 to 100000, but is 2.5");
        refuses(Map.of("influence", "yes"), "'influence' must be true or false, but is 'yes'");
        refuses(
                Map.of("nodeLabels", List.of()),
                "'nodeLabels' must be a string or a list of strings that is not empty");
        refuses(Map.of("nodeLabels", List.of(1L)), "'nodeLabels' must be");
        Map<String, Object> withNull = new HashMap<>();
        withNull.put("loss", null);
        refuses(withNull, "'loss' must be one of 'softmax', 'logistic', 'margin', but is null");
    }

    @Test
    void misspeltKeysAndNamesAreCorrected() {
        refuses(Map.of("learningrat", 0.1), "unknown key 'learningrat': did you mean 'learningRate'?");
        refuses(Map.of("scoringFunction", "DistMul"), "did you mean 'DistMult'?");
        refuses(Map.of("quux", 1L), "unknown key 'quux': the keys are nodeLabels, relationshipTypes");
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        String message = refuses(Map.of("quux", 1L, "maxEpochs", 0L, "batchSize", 0L), "3 problems");
        for (String part : Arrays.asList("(1) ", "(2) ", "(3) ", "quux", "maxEpochs", "batchSize")) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void settingsWithoutMeaningAreRefused() {
        refuses(Map.of("margin", 1.0), "'margin' is only for the loss 'margin', but 'loss' is 'softmax'");
        refuses(
                Map.of("initialAccumulator", 1.0, "optimizer", "SGD"),
                "'initialAccumulator' is only for the optimizer 'Adagrad'");
    }

    @Test
    void influenceIsRefusedWhereItCannotBeExact() {
        refuses(Map.of("optimizer", "Adam", "batchSize", 2L), "'influence' must be false with 'optimizer' 'Adam'");
        assertTrue(TrainConfiguration.of(Map.of("optimizer", "Adam")).influence());
        assertFalse(TrainConfiguration.of(Map.of("optimizer", "Adam", "batchSize", 2L, "influence", false))
                .influence());
    }

    private static String refuses(Map<String, Object> configuration, String expected) {
        String message = assertThrows(IllegalArgumentException.class, () -> TrainConfiguration.of(configuration))
                .getMessage();
        assertTrue(message.contains(expected), message);
        assertTrue(message.startsWith("whylink.train: "), message);
        return message;
    }
}
