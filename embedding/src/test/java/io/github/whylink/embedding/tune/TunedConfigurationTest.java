package io.github.whylink.embedding.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TunedConfigurationTest {
    @Test
    void settingsBecomeAMapAndTheSameSettingsAgain() {
        for (TrainingSettings settings : List.of(
                TrainingSettings.of(ScoringFunctions.named("RotatE"), 12)
                        .epochs(7)
                        .batchSize(3)
                        .negatives(new Negatives(Regime.PER_FACT, 9, NegativeSides.RANDOM, Sampling.BERNOULLI, true))
                        .loss(new LossSettings("selfAdversarial", 9.1f, 0f, 0.3f).create())
                        .dropout(new Dropout(0.1f, 0.2f))
                        .optimizer(
                                new OptimizerSettings("SGD", new LearningRate("step", 0.07f, 0.9f, 50, 11), 0f, 2.5f))
                        .initialScale(0.03f)
                        .seed(-5_000_000_000L)
                        .concurrency(3)
                        .build(),
                TrainingSettings.of(ScoringFunctions.named("ComplEx", true), 12)
                        .negatives(new Negatives(Regime.SHARED, 33, NegativeSides.BOTH, Sampling.UNIFORM, true))
                        .loss(new LossSettings("logistic", 1f, 0.15f, 1f).create())
                        .regularizer(new Regularizer("N3", 0.1f, 0.02f, false))
                        .optimizer(
                                new OptimizerSettings("RowAdagrad", new LearningRate("cosine", 0.3f, 1f, 1, 5), 0.01f))
                        .build(),
                TrainingSettings.of(ScoringFunctions.named("DistMult"), 12)
                        .negatives(Negatives.all(Regime.K_VS_ALL, NegativeSides.TAIL))
                        .loss(new LossSettings("softmax", 1f, 0.1f, 1f).create())
                        .optimizer(new OptimizerSettings("Adam", LearningRate.constant(0.001f), 0f))
                        .build(),
                TrainingSettings.of(ScoringFunctions.named("TransE-L1"), 12)
                        .loss(new LossSettings("margin", 2.2f, 0f, 1f).create())
                        .build())) {
            Map<String, Object> map = TunedConfiguration.of(settings).toMap();

            assertEquals(settings, TunedConfiguration.of(map).settings());
            assertEquals(map, TunedConfiguration.of(map).toMap());
        }
    }

    @Test
    void theMapHoldsNumbersAsAUserWritesThemAndOnlyKeysThatMeanSomething() {
        Map<String, Object> map = TunedConfiguration.of(Map.of(
                        "scoringFunction",
                        "distmult",
                        "negativeSampling",
                        "1vsAll",
                        "learningRate",
                        0.3,
                        "maxEpochs",
                        5))
                .toMap();

        assertEquals("DistMult", map.get("scoringFunction"));
        assertEquals(0.3, map.get("learningRate"));
        assertEquals(5L, map.get("maxEpochs"));
        assertFalse(map.containsKey("negativeSamples"));
        assertFalse(map.containsKey("margin"));
        assertTrue(map.values().stream()
                .allMatch(
                        v -> v instanceof String || v instanceof Long || v instanceof Double || v instanceof Boolean));
    }

    @Test
    void whatIsMisspeltIsAnsweredWithANearName() {
        assertTrue(message(Map.of("learningRates", 0.1)).contains("did you mean 'learningRate'?"));
        assertTrue(message(Map.of("negativeSampling", "1vsAl")).contains("did you mean '1vsAll'?"));
        assertTrue(message(Map.of("zzzzzzzz", 1)).contains("there are 'scoringFunction', "));
    }

    @Test
    void whatIsOfAWrongTypeOutOfRangeOrWithoutMeaningIsRefusedByName() {
        assertTrue(message(Map.of("batchSize", "many")).contains("'batchSize' must be a whole number"));
        assertTrue(message(Map.of("batchSize", 2.5)).contains("'batchSize' must be a whole number"));
        assertTrue(message(Map.of("loss", "softmax", "margin", 3)).contains("'margin' has no meaning"));
        assertTrue(message(Map.of("learningRate", -1)).contains("learning rate must be above 0"));
        assertTrue(message(Map.of("reciprocalRelations", true, "negativeSides", "tail"))
                .contains("'negativeSides' 'both'"));
        assertTrue(message(Map.of("maxEpochs", 5_000_000_000L)).contains("'maxEpochs' is out of range"));
    }

    private static String message(Map<String, ?> map) {
        return assertThrows(IllegalArgumentException.class, () -> TunedConfiguration.of(map))
                .getMessage();
    }
}
