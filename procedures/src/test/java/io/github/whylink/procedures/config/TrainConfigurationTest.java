package io.github.whylink.procedures.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.EarlyStopping;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.LedgerCodec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class TrainConfigurationTest {
    /** Between them they give every key a meaning. */
    private static final List<Map<String, Object>> MEANINGFUL = List.of(
            Map.of(),
            Map.of("loss", "margin", "margin", 2.5),
            Map.of("loss", "selfAdversarial", "margin", 0L, "negativeSides", "random"),
            Map.of("optimizer", "sgd", "nodeLabels", List.of("A", "B")),
            Map.of("optimizer", "rowadagrad", "maxGradientNorm", 1.5),
            Map.of("optimizer", "lazyadam", "batchSize", 8L, "influence", false),
            Map.of("regularizer", "n3", "entityPenalty", 0.05, "penaltyWeighting", "perRow"),
            Map.of("validationFraction", 0.1, "patience", 7L),
            Map.of("relationshipWeightProperty", "trust"),
            Map.of("negativeSampling", "1vsall", "reciprocalRelations", true, "scoringFunction", "rotate"),
            Map.of("negativeSampling", "KvsAll", "learningRateSchedule", "cosine", "warmupSteps", 10L),
            Map.of("negativeDistribution", "bernoulli", "negativeSides", "random", "filterNegatives", true));

    @Test
    void anEmptyMapGivesTheDefaults() {
        TrainConfiguration defaults = TrainConfiguration.of(Map.of());
        assertEquals(List.of("*"), defaults.nodeLabels());
        assertTrue(defaults.influence());
        assertTrue(defaults.earlyStopping().isEmpty());
        TrainingSettings settings = defaults.settings();
        assertEquals("ComplEx", settings.scoringFunction().name());
        assertFalse(settings.scoringFunction().reciprocal());
        assertEquals(32, settings.dimension());
        assertEquals(42, settings.seed());
        assertEquals(Negatives.perFact(64, NegativeSides.BOTH), settings.negatives());
        assertEquals(0.1f, settings.optimizer().learningRate().at(0, 10));
        assertEquals(0.1f, settings.optimizer().learningRate().at(100_000, 200_000));
        assertTrue(settings.regularizer().isNone());
    }

    @Test
    void theEchoedMapGivesTheSameConfigurationAgain() {
        for (Map<String, Object> given : MEANINGFUL) {
            TrainConfiguration read = TrainConfiguration.of(given);
            assertEquals(read.toMap(), TrainConfiguration.of(read.toMap()).toMap());
            given.keySet().forEach(key -> assertTrue(read.toMap().containsKey(key), key));
        }
    }

    @Test
    void everyKeyOfTheEchoedMapIsDocumentedInItsOrder() {
        TreeSet<String> echoed = new TreeSet<>();
        for (Map<String, Object> given : MEANINGFUL) {
            List<String> keys = List.copyOf(TrainConfiguration.of(given).toMap().keySet());
            assertEquals(TrainConfiguration.KEYS.stream().filter(keys::contains).toList(), keys);
            echoed.addAll(keys);
        }
        assertEquals(new TreeSet<>(TrainConfiguration.KEYS), echoed);
    }

    @Test
    void whatHasNoMeaningIsNotEchoed() {
        Map<String, Object> all =
                TrainConfiguration.of(Map.of("negativeSampling", "KvsAll")).toMap();
        for (String key : List.of(
                "negativeSamples", "negativeDistribution", "filterNegatives", "margin", "entityPenalty", "patience")) {
            assertFalse(all.containsKey(key), key);
        }
    }

    @Test
    void everyKeyReachesTheTrainer() {
        TrainingSettings settings = TrainConfiguration.of(Map.ofEntries(
                        Map.entry("scoringFunction", "RotatE"),
                        Map.entry("reciprocalRelations", true),
                        Map.entry("negativeSampling", "shared"),
                        Map.entry("negativeSamples", 7L),
                        Map.entry("filterNegatives", true),
                        Map.entry("loss", "selfAdversarial"),
                        Map.entry("margin", 6.0),
                        Map.entry("adversarialTemperature", 0.5),
                        Map.entry("regularizer", "L2"),
                        Map.entry("entityPenalty", 0.25),
                        Map.entry("relationPenalty", 0.125),
                        Map.entry("penaltyWeighting", "perRow"),
                        Map.entry("entityDropout", 0.5),
                        Map.entry("relationDropout", 0.25),
                        Map.entry("optimizer", "RowAdagrad"),
                        Map.entry("initialAccumulator", 0.5),
                        Map.entry("maxGradientNorm", 2.0),
                        Map.entry("learningRateSchedule", "linear"),
                        Map.entry("warmupSteps", 3L)))
                .settings();
        assertTrue(settings.scoringFunction().reciprocal());
        assertEquals(new Negatives(Regime.SHARED, 7, NegativeSides.BOTH, Sampling.UNIFORM, true), settings.negatives());
        assertEquals(new LossSettings("selfAdversarial", 6f, 0f, 0.5f).create(), settings.loss());
        assertEquals(new Regularizer("L2", 0.25f, 0.125f, false), settings.regularizer());
        assertEquals(new Dropout(0.5f, 0.25f), settings.dropout());
        assertEquals(
                new OptimizerSettings("RowAdagrad", new LearningRate("linear", 0.1f, 1f, 1, 3), 0.5f, 2f),
                settings.optimizer());
        assertEquals(
                new LossSettings("logistic", 1f, 0.25f, 1f).create(),
                TrainConfiguration.of(Map.of("loss", "logistic", "labelSmoothing", 0.25))
                        .settings()
                        .loss());
        assertEquals(
                Optional.of(new EarlyStopping(2, 9)),
                TrainConfiguration.of(Map.of("validationFraction", 0.2, "validateEvery", 2L, "patience", 9L))
                        .earlyStopping());
    }

    /** Whatever is combined, the user hears of it in the words of the keys, and never from the engine. */
    @Test
    void aCombinationIsReadIfAndOnlyIfTheEngineKnowsIt() {
        int refused = 0;
        int read = 0;
        for (Regime regime : Regime.values()) {
            for (NegativeSides sides : NegativeSides.values()) {
                for (Sampling sampling : Sampling.values()) {
                    for (String loss : LossSettings.names()) {
                        Map<String, Object> given = new HashMap<>();
                        given.put("negativeSampling", regime.text());
                        given.put("negativeSides", sides.name().toLowerCase(Locale.ROOT));
                        given.put("loss", loss);
                        if (!regime.all()) {
                            given.put("negativeDistribution", sampling.name().toLowerCase(Locale.ROOT));
                        }
                        if (engineKnows(regime, sides, regime.all() ? Sampling.UNIFORM : sampling, loss)) {
                            TrainConfiguration.of(given);
                            read++;
                        } else {
                            refuses(given, "cannot be: ");
                            refused++;
                        }
                    }
                }
            }
        }
        assertTrue(refused > 20 && read > 20, refused + " refused, " + read + " read");
    }

    private static boolean engineKnows(Regime regime, NegativeSides sides, Sampling sampling, String loss) {
        try {
            Negatives negatives = new Negatives(regime, 1, sides, sampling, false);
            TrainingSettings.of(ScoringFunctions.named("DistMult"), 1)
                    .negatives(negatives)
                    .loss(LossSettings.of(loss).create())
                    .build();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedWithKeysReasonAndRemedy() {
        refuses(
                Map.of("negativeSampling", "KvsAll", "loss", "margin"),
                "'negativeSampling' 'KvsAll' with 'loss' 'margin' cannot be: the loss 'margin' compares each answer with each negative");
        refuses(
                Map.of("negativeSampling", "shared", "negativeDistribution", "typed"),
                "'negativeSampling' 'shared' with 'negativeDistribution' 'typed' cannot be: ",
                "set 'negativeDistribution' to 'uniform' or 'negativeSampling' to 'perFact'");
        refuses(
                Map.of("negativeSampling", "1vsAll", "negativeSides", "random"),
                "'negativeSampling' '1vsAll' with 'negativeSides' 'random' cannot be: a random side is only for negatives per fact");
        refuses(
                Map.of("negativeDistribution", "bernoulli"),
                "'negativeDistribution' 'bernoulli' with 'negativeSides' 'both' cannot be: ",
                "set 'negativeSides' to 'random'");
        refuses(
                Map.of("reciprocalRelations", true, "negativeSides", "tail"),
                "'reciprocalRelations' true cannot be with 'negativeSides' 'tail'",
                "use 'both' or 'random'");
    }

    @Test
    void everyPairThatDoesNotGoTogetherIsReported() {
        refuses(
                Map.of(
                        "negativeSampling", "shared",
                        "negativeDistribution", "typed",
                        "negativeSides", "random",
                        "margin", 2.0,
                        "optimizer", "Adam",
                        "batchSize", 32L),
                "4 problems",
                "'negativeSampling' 'shared' with 'negativeDistribution' 'typed'",
                "'negativeSampling' 'shared' with 'negativeSides' 'random'",
                "'margin' is only for the losses",
                "'influence' must be false with 'optimizer' 'Adam' and 'batchSize' 32");
    }

    @Test
    void aWrongValueIsNoSecondProblemForTheKeysThatDependOnIt() {
        refuses(Map.of("loss", "margn", "margin", 2.0), "whylink.train: 'loss' must be one of");
        refuses(
                Map.of("negativeSides", "randm", "negativeDistribution", "bernoulli"),
                "whylink.train: 'negativeSides' must be one of");
    }

    @Test
    void numbersThatAreTooSmallForTheEngineAreRefusedInTheWordsOfTheKeys() {
        for (String key : List.of("learningRate", "initialScale", "maxGradientNorm")) {
            refuses(Map.of(key, 1e-300), "'" + key + "' must be a number that is not so near to 0");
        }
        refuses(Map.of("entityDropout", 1 - 1e-12), "'entityDropout' 0.999999999999 with");
    }

    @Test
    void keysAndNamesMatchWhateverTheirCase() {
        TrainConfiguration read =
                TrainConfiguration.of(Map.of("MAXEPOCHS", 3L, "optimizer", "adagrad", "loss", "Logistic"));
        assertEquals(3, read.settings().epochs());
        assertEquals("Adagrad", read.toMap().get("optimizer"));
        assertEquals("logistic", read.toMap().get("loss"));
    }

    @Test
    void oneStringIsAListOfOne() {
        assertEquals(
                List.of("KNOWS"),
                TrainConfiguration.of(Map.of("relationshipTypes", "KNOWS")).relationshipTypes());
    }

    @Test
    void wholeNumbersMayComeAsFloats() {
        assertEquals(
                7, TrainConfiguration.of(Map.of("maxEpochs", 7.0)).settings().epochs());
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
        refuses(Map.of("labelSmoothing", 1.0), "'labelSmoothing' must be a number from 0 and below 1, but is 1.0");
        refuses(Map.of("loss", "margin", "margin", 0L), "'margin' must be a number above 0 and at most 1000, but is 0");
    }

    @Test
    void valuesOfTheWrongTypeAreRefused() {
        refuses(Map.of("maxEpochs", 2.5), "'maxEpochs' must be a whole number from 1 to 100000, but is 2.5");
        refuses(Map.of("influence", "yes"), "'influence' must be true or false, but is 'yes'");
        refuses(Map.of("nodeLabels", List.of()), "'nodeLabels' must be a name or a list of names that is not empty");
        refuses(Map.of("nodeLabels", List.of(1L)), "'nodeLabels' must be");
        Map<String, Object> withNull = new HashMap<>();
        withNull.put("loss", null);
        refuses(withNull, "'loss' must be one of 'softmax', 'logistic', 'margin', 'selfAdversarial', but is null");
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
        refuses(
                Map.of("margin", 1.0),
                "'margin' is only for the losses 'margin' and 'selfAdversarial', but 'loss' is 'softmax'");
        refuses(
                Map.of("initialAccumulator", 1.0, "optimizer", "SGD"),
                "'initialAccumulator' is only for the optimizers 'Adagrad' and 'RowAdagrad', but 'optimizer' is 'SGD'");
        refuses(Map.of("labelSmoothing", 0.1, "loss", "margin"), "'labelSmoothing' is only for the losses 'softmax'");
        refuses(Map.of("adversarialTemperature", 1.0), "'adversarialTemperature' is only for the loss");
        refuses(Map.of("entityPenalty", 0.1), "'entityPenalty' is only for the regularizers 'L2' and 'N3'");
        refuses(Map.of("relationPenalty", 0.1), "'relationPenalty' is only for");
        refuses(Map.of("penaltyWeighting", "perRow"), "'penaltyWeighting' is only for");
        refuses(
                Map.of("learningRateDecay", 0.5, "learningRateSchedule", "cosine"),
                "'learningRateDecay' is only for 'learningRateSchedule' 'step'");
        refuses(Map.of("patience", 2L), "'patience' is only for a 'validationFraction' above 0");
        refuses(Map.of("validateEvery", 2L), "'validateEvery' is only for a 'validationFraction' above 0");
        refuses(
                Map.of("negativeSamples", 2L, "negativeSampling", "1vsAll"),
                "'negativeSamples' is only for 'negativeSampling' 'perFact' or 'shared'");
        refuses(Map.of("filterNegatives", false, "negativeSampling", "KvsAll"), "'filterNegatives' is only for");
    }

    @Test
    void influenceIsStoredInTheFormThatIsAskedFor() {
        assertEquals(LedgerCodec.Form.INT16, TrainConfiguration.of(Map.of()).influenceStorage());
        assertEquals(
                LedgerCodec.Form.INT8,
                TrainConfiguration.of(Map.of("influenceStorage", "INT8")).influenceStorage());
        refuses(
                Map.of("influenceStorage", "int18"),
                "'influenceStorage' must be one of",
                "float32",
                "did you mean 'int16'?");
        refuses(
                Map.of("influence", false, "influenceStorage", "int8"),
                "'influenceStorage' is only for 'influence' true, but 'influence' is false");
        assertFalse(TrainConfiguration.of(Map.of("influence", false)).toMap().containsKey("influenceStorage"));
    }

    @Test
    void influenceIsRefusedWhereItCannotBeExact() {
        refuses(Map.of("optimizer", "Adam", "batchSize", 2L), "'influence' must be false with 'optimizer' 'Adam'");
        assertTrue(TrainConfiguration.of(Map.of("optimizer", "Adam")).influence());
        assertFalse(TrainConfiguration.of(Map.of("optimizer", "Adam", "batchSize", 2L, "influence", false))
                .influence());
    }

    private static String refuses(Map<String, Object> configuration, String... expected) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> TrainConfiguration.of(configuration),
                        configuration::toString)
                .getMessage();
        for (String part : expected) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.startsWith("whylink.train: "), message);
        return message;
    }
}
