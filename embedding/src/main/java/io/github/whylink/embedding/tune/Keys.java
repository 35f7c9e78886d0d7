package io.github.whylink.embedding.tune;

import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of a training's configuration: what type each has, what it is where nobody says, and when it has a meaning.
 * Adding one is a line in {@link #table}, in {@link TunedConfiguration}'s two directions, and in {@link #applies} where it
 * has no meaning beside some others.
 */
final class Keys {
    /** Type of the values of a key. */
    enum Kind {
        /** One of some names. */
        NAME("one of the names"),
        FLAG("true or false"),
        WHOLE("a whole number"),
        DECIMAL("a number");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** Names are matched whatever their case; empty where the key takes no name. */
    private record Key(Kind kind, List<String> names, Object byDefault) {}

    /** A key that decides about others stands before them. */
    private static final Map<String, Key> TABLE = table();

    private Keys() {}

    private static Map<String, Key> table() {
        Map<String, Key> keys = new LinkedHashMap<>();
        keys.put("scoringFunction", name(ScoringFunctions.names(), "ComplEx"));
        keys.put("reciprocalRelations", flag());
        keys.put("embeddingDimension", whole(32));
        keys.put("maxEpochs", whole(30));
        keys.put("batchSize", whole(1));
        keys.put("negativeSampling", name(Negatives.regimeNames(), "perFact"));
        keys.put("negativeSamples", whole(64));
        keys.put("negativeSides", name(List.of("both", "tail", "head", "random"), "both"));
        keys.put("negativeDistribution", name(List.of("uniform", "bernoulli", "typed"), "uniform"));
        keys.put("filterNegatives", flag());
        keys.put("loss", name(LossSettings.names(), "softmax"));
        keys.put("margin", decimal(1));
        keys.put("labelSmoothing", decimal(0));
        keys.put("adversarialTemperature", decimal(1));
        keys.put("regularizer", name(Regularizer.names(), "none"));
        keys.put("entityPenalty", decimal(0.01));
        keys.put("relationPenalty", decimal(0.01));
        keys.put("penaltyWeighting", name(List.of("perFact", "perRow"), "perFact"));
        keys.put("entityDropout", decimal(0));
        keys.put("relationDropout", decimal(0));
        keys.put("optimizer", name(OptimizerSettings.names(), "Adagrad"));
        keys.put("initialAccumulator", decimal(0.1));
        keys.put("maxGradientNorm", decimal(0));
        keys.put("learningRate", decimal(0.1));
        keys.put("learningRateSchedule", name(LearningRate.schedules(), "step"));
        keys.put("learningRateDecay", decimal(1));
        keys.put("learningRateDecaySteps", whole(1000));
        keys.put("warmupSteps", whole(0));
        keys.put("initialScale", decimal(0.1));
        keys.put("randomSeed", whole(42));
        keys.put("concurrency", whole(4));
        return keys;
    }

    /** All keys, those that decide about others before them. */
    static List<String> all() {
        return List.copyOf(TABLE.keySet());
    }

    /**
     * Returns a key as it is spelt here, whatever the case.
     *
     * @throws IllegalArgumentException naming a near key, or else all of them
     */
    static String named(String key) {
        return match(key, TABLE.keySet(), "unknown key '%s'".formatted(key));
    }

    static Kind kind(String key) {
        return TABLE.get(key).kind();
    }

    /** The value of a key in a map, or else its default. */
    static Object value(String key, Map<String, Object> values) {
        return values.getOrDefault(key, TABLE.get(key).byDefault());
    }

    /**
     * Returns a value in the type of its key: String as it is spelt here, Boolean, Long or Double.
     *
     * @throws IllegalArgumentException if it is of another type or no name of the key
     */
    static Object checked(String key, Object value) {
        Key found = TABLE.get(key);
        switch (found.kind()) {
            case NAME -> {
                if (value instanceof String text) {
                    return match(text, found.names(), "unknown value '%s' of '%s'".formatted(text, key));
                }
            }
            case FLAG -> {
                if (value instanceof Boolean) {
                    return value;
                }
            }
            case WHOLE -> {
                if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
                    return number.longValue();
                }
            }
            case DECIMAL -> {
                if (value instanceof Float number) {
                    return shortest(number);
                }
                if (value instanceof Number number) {
                    return number.doubleValue();
                }
            }
        }
        throw new IllegalArgumentException("'%s' must be %s, but is %s"
                .formatted(
                        key,
                        found.names().isEmpty() ? found.kind().text : found.kind().text + " " + found.names(),
                        value instanceof String text ? "'" + text + "'" : value));
    }

    /**
     * Tells whether a key has a meaning beside the values before it; {@code whylink.train} refuses it otherwise.
     *
     * @param values what is given so far; defaults stand for the rest
     */
    static boolean applies(String key, Map<String, Object> values) {
        return switch (key) {
            case "negativeSamples", "negativeDistribution" ->
                !Negatives.regime(text("negativeSampling", values)).all();
            case "filterNegatives" -> !text("negativeSampling", values).equals("KvsAll");
            case "margin" ->
                text("loss", values).equals("margin") || text("loss", values).equals("selfAdversarial");
            case "labelSmoothing" ->
                text("loss", values).equals("softmax") || text("loss", values).equals("logistic");
            case "adversarialTemperature" -> text("loss", values).equals("selfAdversarial");
            case "entityPenalty", "relationPenalty", "penaltyWeighting" ->
                !text("regularizer", values).equals("none");
            case "initialAccumulator" -> text("optimizer", values).endsWith("Adagrad");
            case "learningRateDecay", "learningRateDecaySteps" ->
                text("learningRateSchedule", values).equals("step");
            default -> true;
        };
    }

    /** The number that a user would write for a float, which becomes the same float again. */
    static double shortest(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private static String text(String key, Map<String, Object> values) {
        return (String) value(key, values);
    }

    private static String match(String wanted, Collection<String> names, String problem) {
        return names.stream()
                .filter(name -> name.equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(problem + Nearest.hint(wanted, names)));
    }

    private static Key name(List<String> names, String byDefault) {
        return new Key(Kind.NAME, names, byDefault);
    }

    private static Key flag() {
        return new Key(Kind.FLAG, List.of(), false);
    }

    private static Key whole(long byDefault) {
        return new Key(Kind.WHOLE, List.of(), byDefault);
    }

    private static Key decimal(double byDefault) {
        return new Key(Kind.DECIMAL, List.of(), byDefault);
    }
}
