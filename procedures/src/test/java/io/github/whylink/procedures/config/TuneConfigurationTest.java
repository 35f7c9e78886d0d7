package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.tune.SearchSpace;
import io.github.whylink.embedding.tune.TunedConfiguration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TuneConfigurationTest {
    /** More entities than are few, in one fact. */
    private static final Facts FACTS = Facts.of(2_000, 1, new int[] {0}, new int[1], new int[] {1});

    @Test
    void whatIsDrawnTrainsByTheSameSettings() {
        TuneConfiguration request = TuneConfiguration.of(Map.of("nodeLabels", "Person", "randomSeed", 7L));
        SearchSpace space = request.space(FACTS);
        for (int i = 0; i < 300; i++) {
            TunedConfiguration drawn = space.draw(7, i).withConcurrency(1);
            TrainConfiguration trained = request.trainable(drawn);

            assertEquals(
                    drawn.toMap(),
                    TunedConfiguration.of(trained.settings()).withConcurrency(1).toMap());
            assertEquals(trained.toMap(), TrainConfiguration.of(trained.toMap()).toMap());
            assertEquals(List.of("Person"), trained.nodeLabels());
            assertEquals(7, trained.settings().seed());
            assertEquals(0, trained.validationFraction());
            assertTrue(trained.influence());
        }
    }

    @Test
    void aValueIsKeptAListIsSearchedAndARangeIsSearched() {
        TuneConfiguration request = TuneConfiguration.of(Map.of(
                "SCORINGFUNCTION",
                "transe",
                "embeddingDimension",
                List.of(5L, 9L),
                "learningRate",
                Map.of("min", 0.1, "max", 0.2),
                "margin",
                3L));
        SearchSpace space = request.space(FACTS);
        Set<Object> dimensions = new HashSet<>();
        Set<Object> margins = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Map<String, Object> drawn = space.draw(42, i).toMap();
            assertEquals("TransE", drawn.get("scoringFunction"));
            dimensions.add(drawn.get("embeddingDimension"));
            margins.add(drawn.getOrDefault("margin", 3.0));
            double rate = (Double) drawn.get("learningRate");
            assertTrue(rate >= 0.1 && rate <= 0.2, "" + rate);
        }
        assertEquals(Set.of(5L, 9L), dimensions);
        assertEquals(Set.of(3.0), margins);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        String message = refused(Map.of(
                "budgetSeconds",
                0L,
                "embeddingDimension",
                List.of(16L, 5_000L),
                "learningRate",
                Map.of("from", 1),
                "optimizer",
                "Adam",
                "maxEpochs",
                Map.of("min", 9L, "max", 3L),
                "loss",
                Arrays.asList("softmax", null),
                "ensembleSize",
                3L,
                "continueFrom",
                "m",
                "patience",
                3L));
        for (String part : List.of(
                "has 9 problems",
                "'budgetSeconds' must be a number from 1 to 86400, but is 0",
                "'embeddingDimension' must be a whole number from 1 to 4096, but is 5000",
                "'learningRate' must be a value, a list of values, or a range like {min: 1, max: 10, log: true}, but has {from: 1}",
                "'influence' must be false with 'optimizer' 'Adam'",
                "'maxEpochs' cannot be searched there: a range must not end before it begins",
                "'loss' must be one of",
                "'ensembleSize' is nothing to search",
                "'continueFrom' is nothing to search",
                "unknown key 'patience'")) {
            assertTrue(message.contains(part), () -> part + " in " + message);
        }
    }

    @Test
    void aKeyIsGivenOnce() {
        assertTrue(refused(Map.of("loss", "softmax", "LOSS", List.of("margin")))
                .contains("'loss' is given more than once"));
        assertTrue(refused(Map.of("loss", "softmax", "LOSS", "margin")).contains("given more than once"));
        assertTrue(refused(Map.of("Loss", List.of("softmax"), "LOSS", List.of("margin")))
                .contains("'loss' is given more than once"));
    }

    @Test
    void anOptimizerThatCannotBeAttributedNeedsNoInfluence() {
        assertFalse(TuneConfiguration.of(Map.of("optimizer", List.of("Adam", "Adagrad"), "influence", false))
                .fixed()
                .influence());
        assertTrue(refused(Map.of("optimizer", List.of("Adam", "Adagrad"))).contains("'influence' must be false"));
    }

    @Test
    void aKeyWithoutMeaningBesideWhatIsSearchedIsRefusedWhenTheSpaceIsKnown() {
        TuneConfiguration request = TuneConfiguration.of(Map.of("learningRateDecay", 0.5));
        String message = assertThrows(IllegalArgumentException.class, () -> request.space(FACTS))
                .getMessage();
        assertTrue(message.contains("'learningRateDecay' has no meaning"), message);
        TuneConfiguration.of(Map.of("learningRateDecay", 0.5, "learningRateSchedule", "step"))
                .space(FACTS);
    }

    private static String refused(Map<String, Object> map) {
        return assertThrows(IllegalArgumentException.class, () -> TuneConfiguration.of(map))
                .getMessage();
    }
}
