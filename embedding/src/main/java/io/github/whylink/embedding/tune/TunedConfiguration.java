package io.github.whylink.embedding.tune;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.Logistic;
import io.github.whylink.embedding.train.Loss;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.Margin;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.embedding.train.SelfAdversarial;
import io.github.whylink.embedding.train.SoftmaxCrossEntropy;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A training's configuration as a map and as settings, each of which gives the other.
 *
 * @param toMap every key that has a meaning beside the others, in the order of {@code whylink.train}, with values of type
 *     String, Boolean, Long and Double; must not be modified
 * @param settings what the map means
 */
public record TunedConfiguration(Map<String, Object> toMap, TrainingSettings settings) {
    /**
     * Reads a map; what it leaves out is as {@code whylink.train} has it by default.
     *
     * @param given keys whatever their case
     * @throws IllegalArgumentException naming what is unknown, of a wrong type or out of range, without meaning beside
     *     another key, or does not go together
     */
    public static TunedConfiguration of(Map<String, ?> given) {
        Map<String, Object> values = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            String known = Keys.named(key);
            if (values.put(known, Keys.checked(known, value)) != null) {
                throw new IllegalArgumentException("'%s' is given more than once".formatted(known));
            }
        });
        for (String key : values.keySet()) {
            if (!Keys.applies(key, values)) {
                throw new IllegalArgumentException(
                        "'%s' has no meaning beside the other keys; leave it out".formatted(key));
            }
        }
        return of(read(new Values(values)));
    }

    /** Writes settings down. Numbers without meaning, as the count of negatives against all, become those of a map. */
    public static TunedConfiguration of(TrainingSettings settings) {
        Map<String, Object> map = write(settings);
        map.keySet().removeIf(key -> !Keys.applies(key, map));
        return new TunedConfiguration(Collections.unmodifiableMap(map), read(new Values(map)));
    }

    /** The same with another {@code maxEpochs}. */
    public TunedConfiguration withEpochs(int epochs) {
        return of(settings.with().epochs(epochs).build());
    }

    /** The same with another {@code concurrency}, which changes no result. */
    public TunedConfiguration withConcurrency(int concurrency) {
        return of(settings.with().concurrency(concurrency).build());
    }

    private static TrainingSettings read(Values in) {
        boolean reciprocal = in.flag("reciprocalRelations");
        NegativeSides sides = NegativeSides.valueOf(in.name("negativeSides").toUpperCase(Locale.ROOT));
        if (reciprocal && (sides == NegativeSides.TAIL || sides == NegativeSides.HEAD)) {
            throw new IllegalArgumentException(
                    "'reciprocalRelations' true needs 'negativeSides' 'both' or 'random': the relation rows of the other side would never be trained");
        }
        LearningRate rate = new LearningRate(
                in.name("learningRateSchedule"),
                in.decimal("learningRate"),
                in.applies("learningRateDecay") ? in.decimal("learningRateDecay") : 1f,
                in.applies("learningRateDecaySteps") ? in.whole("learningRateDecaySteps") : 1,
                in.whole("warmupSteps"));
        float initialScale = in.decimal("initialScale");
        if (!(initialScale > 0 && Float.isFinite(initialScale))) {
            throw new IllegalArgumentException("'initialScale' must be above 0, but is " + initialScale);
        }
        return TrainingSettings.of(
                        ScoringFunctions.named(in.name("scoringFunction"), reciprocal), in.whole("embeddingDimension"))
                .epochs(in.whole("maxEpochs"))
                .batchSize(in.whole("batchSize"))
                .negatives(new Negatives(
                        Negatives.regime(in.name("negativeSampling")),
                        in.applies("negativeSamples") ? in.whole("negativeSamples") : 1,
                        sides,
                        in.applies("negativeDistribution")
                                ? Sampling.valueOf(
                                        in.name("negativeDistribution").toUpperCase(Locale.ROOT))
                                : Sampling.UNIFORM,
                        in.applies("filterNegatives") && in.flag("filterNegatives")))
                .loss(new LossSettings(
                                in.name("loss"),
                                in.applies("margin") ? in.decimal("margin") : 1f,
                                in.applies("labelSmoothing") ? in.decimal("labelSmoothing") : 0f,
                                in.applies("adversarialTemperature") ? in.decimal("adversarialTemperature") : 1f)
                        .create())
                .regularizer(
                        in.applies("entityPenalty")
                                ? new Regularizer(
                                        in.name("regularizer"),
                                        in.decimal("entityPenalty"),
                                        in.decimal("relationPenalty"),
                                        in.name("penaltyWeighting").equals("perFact"))
                                : Regularizer.NONE)
                .dropout(new Dropout(in.decimal("entityDropout"), in.decimal("relationDropout")))
                .optimizer(new OptimizerSettings(
                        in.name("optimizer"),
                        rate,
                        in.applies("initialAccumulator") ? in.decimal("initialAccumulator") : 0f,
                        in.decimal("maxGradientNorm")))
                .initialScale(initialScale)
                .seed((Long) in.value("randomSeed"))
                .concurrency(in.whole("concurrency"))
                .build();
    }

    private static Map<String, Object> write(TrainingSettings settings) {
        Negatives negatives = settings.negatives();
        Regularizer regularizer = settings.regularizer();
        OptimizerSettings optimizer = settings.optimizer();
        LearningRate rate = optimizer.learningRate();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("scoringFunction", settings.scoringFunction().name());
        map.put("reciprocalRelations", settings.scoringFunction().reciprocal());
        map.put("embeddingDimension", (long) settings.dimension());
        map.put("maxEpochs", (long) settings.epochs());
        map.put("batchSize", (long) settings.batchSize());
        map.put("negativeSampling", negatives.regime().text());
        map.put("negativeSamples", (long) negatives.count());
        map.put("negativeSides", lower(negatives.sides()));
        map.put("negativeDistribution", lower(negatives.sampling()));
        map.put("filterNegatives", negatives.filtered());
        putLoss(settings.loss(), map);
        map.put("regularizer", regularizer.name());
        map.put("entityPenalty", Keys.shortest(regularizer.entityWeight()));
        map.put("relationPenalty", Keys.shortest(regularizer.relationWeight()));
        map.put("penaltyWeighting", regularizer.frequencyWeighted() ? "perFact" : "perRow");
        map.put("entityDropout", Keys.shortest(settings.dropout().entities()));
        map.put("relationDropout", Keys.shortest(settings.dropout().relations()));
        map.put("optimizer", optimizer.name());
        map.put("initialAccumulator", Keys.shortest(optimizer.initialAccumulator()));
        map.put("maxGradientNorm", Keys.shortest(optimizer.maxGradientNorm()));
        map.put("learningRate", Keys.shortest(rate.initial()));
        map.put("learningRateSchedule", rate.schedule());
        map.put("learningRateDecay", Keys.shortest(rate.decay()));
        map.put("learningRateDecaySteps", (long) rate.decaySteps());
        map.put("warmupSteps", (long) rate.warmupSteps());
        map.put("initialScale", Keys.shortest(settings.initialScale()));
        map.put("randomSeed", settings.seed());
        map.put("concurrency", (long) settings.concurrency());
        return map;
    }

    private static void putLoss(Loss loss, Map<String, Object> map) {
        map.put("loss", loss.name());
        if (loss instanceof SoftmaxCrossEntropy softmax) {
            map.put("labelSmoothing", Keys.shortest(softmax.labelSmoothing()));
        } else if (loss instanceof Logistic logistic) {
            map.put("labelSmoothing", Keys.shortest(logistic.labelSmoothing()));
        } else if (loss instanceof Margin margin) {
            map.put("margin", Keys.shortest(margin.margin()));
        } else if (loss instanceof SelfAdversarial adversarial) {
            map.put("margin", Keys.shortest(adversarial.margin()));
            map.put("adversarialTemperature", Keys.shortest(adversarial.adversarialTemperature()));
        } else {
            throw new IllegalArgumentException("the loss '%s' has no keys".formatted(loss.name()));
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Checked values, with defaults for the rest. */
    private record Values(Map<String, Object> given) {
        boolean applies(String key) {
            return Keys.applies(key, given);
        }

        Object value(String key) {
            return Keys.value(key, given);
        }

        String name(String key) {
            return (String) value(key);
        }

        boolean flag(String key) {
            return (Boolean) value(key);
        }

        int whole(String key) {
            long value = (Long) value(key);
            if (value != (int) value) {
                throw new IllegalArgumentException("'%s' is out of range: %d".formatted(key, value));
            }
            return (int) value;
        }

        float decimal(String key) {
            return ((Double) value(key)).floatValue();
        }
    }
}
