package io.github.whylink.procedures.config;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.tune.Range;
import io.github.whylink.embedding.tune.SearchSpace;
import io.github.whylink.embedding.tune.TunedConfiguration;
import io.github.whylink.embedding.tune.TuningBudget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What {@code whylink.tune} is asked: what to train on, how long to search, and what is to be searched. A key of
 * {@code whylink.train} with a value has that value, one with a list or a range is searched there, and the others are searched as
 * {@link SearchSpace#standard} says.
 *
 * @param budget when the search ends
 * @param topK how many rows at most
 * @param fixed what to train on, and the keys with a value; of the others it has nothing to say
 * @param declared the values, lists and ranges of the user, by key
 * @param background whether the call returns before the search
 * @param sudo whether to search even if what comes out seems not to fit into memory
 */
public record TuneConfiguration(
        TuningBudget budget,
        int topK,
        TrainConfiguration fixed,
        Map<String, Object> declared,
        boolean background,
        boolean sudo) {
    /** These are about all trainings of a search alike. */
    private static final Set<String> ALIKE = Set.of("randomSeed", "concurrency");

    /** Keys of a map that are not searched, but belong into the configuration that comes out. */
    private static final List<String> KEPT = List.of(
            "nodeLabels",
            "relationshipTypes",
            "relationshipProperties",
            "relationshipWeightProperty",
            "heldOutFraction",
            "randomSeed",
            "concurrency",
            "influence",
            "influenceStorage");

    private static final int DRAWN_TO_CHECK = 100;

    private static final String RANGE = "a value, a list of values, or a range like {min: 1, max: 10, log: true}";

    /**
     * Reads the map of a call.
     *
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static TuneConfiguration of(Map<String, Object> configuration) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Object> ranges = new LinkedHashMap<>();
        List<String> twice = new ArrayList<>();
        if (configuration != null) {
            configuration.forEach((key, value) -> {
                String searched = searched(key);
                if (searched == null || !(value instanceof List || value instanceof Map)) {
                    values.put(key, value);
                } else if (ranges.put(searched, value) != null) {
                    twice.add(searched);
                }
            });
        }
        Map<String, Object> withMeaning = new LinkedHashMap<>(values);
        putMissing(withMeaning, besides(values));
        ConfigurationReader in = new ConfigurationReader("whylink.tune", withMeaning);
        if (in.has("ensembleSize")) {
            in.refuseKey(
                    "ensembleSize",
                    "'ensembleSize' is nothing to search: one model tells as much in less time; leave it out, and add it to the configuration that comes out");
        }
        if (in.has(TrainConfiguration.CONTINUE_FROM)) {
            in.refuseKey(
                    TrainConfiguration.CONTINUE_FROM,
                    "'continueFrom' is nothing to search: a training that goes on has the settings of the model that it goes on from, and those of a search begin anew; leave it out");
        }
        TrainConfiguration fixed = TrainConfiguration.read(in, true);
        TuningBudget budget = new TuningBudget(
                in.decimal("budgetSeconds", 1, 86_400, 60.0), in.integer("maxTrials", 1, 1_000_000, 1_000_000));
        int topK = in.integer("topK", 1, 10_000, 10);
        boolean background = in.flag("background");
        boolean sudo = in.flag("sudo");
        Map<String, Object> declared = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            String searched = searched(key);
            if (searched != null && declared.put(searched, fixed.toMap().get(searched)) != null) {
                twice.add(searched);
            }
        });
        ranges.forEach((key, range) -> {
            if (declared.put(key, range) != null) {
                twice.add(key);
            }
            readRange(in, key, range, values);
        });
        twice.forEach(key -> in.problem("'%s' is given more than once".formatted(key)));
        in.finish();
        return new TuneConfiguration(budget, topK, fixed, declared, background, sudo);
    }

    /** Notes what is wrong with a list or a range: each value of it must be one of {@code whylink.train}. */
    private static void readRange(ConfigurationReader in, String key, Object range, Map<String, Object> values) {
        List<Object> parts = new ArrayList<>();
        if (range instanceof List<?> list && !list.isEmpty()) {
            parts.addAll(list);
        } else if (range instanceof Map<?, ?> map && isRange(map)) {
            parts.add(map.get("min"));
            parts.add(map.get("max"));
        } else {
            in.wrongPart(key, range, RANGE);
            return;
        }
        for (Object part : parts) {
            Map<String, Object> alone = new LinkedHashMap<>();
            alone.put(key, part);
            if (key.equals("optimizer")) {
                values.forEach((other, value) -> {
                    if (other.equalsIgnoreCase("influence") || other.equalsIgnoreCase("batchSize")) {
                        alone.put(other, value);
                    }
                });
            }
            putMissing(alone, besides(alone));
            ConfigurationReader one = new ConfigurationReader("'%s'".formatted(key), alone);
            TrainConfiguration.read(one, true);
            try {
                one.finish();
            } catch (IllegalArgumentException e) {
                in.problem(e.getMessage());
                return;
            }
        }
        try {
            SearchSpace.defaults().with(Map.of(key, range));
        } catch (IllegalArgumentException e) {
            in.problem("'%s' cannot be searched there: %s".formatted(key, e.getMessage()));
        }
    }

    private static boolean isRange(Map<?, ?> map) {
        return map.get("min") instanceof Number
                && map.get("max") instanceof Number
                && (!map.containsKey("log") || map.get("log") instanceof Boolean)
                && map.size() == (map.containsKey("log") ? 3 : 2);
    }

    /** What has to stand beside some keys to give them a meaning, where the search decides about it. */
    private static Map<String, Object> besides(Map<String, Object> given) {
        Map<String, Object> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        keys.putAll(given);
        Map<String, Object> besides = new LinkedHashMap<>();
        if (keys.containsKey("margin") || keys.containsKey("adversarialTemperature")) {
            besides.put("loss", "selfAdversarial");
        }
        if (Stream.of("entityPenalty", "relationPenalty", "penaltyWeighting").anyMatch(keys::containsKey)) {
            besides.put("regularizer", "N3");
        }
        if ("bernoulli".equals(keys.get("negativeDistribution"))) {
            besides.put("negativeSides", "random");
        }
        if (keys.containsKey("optimizer")) {
            // Batches of one fact are not searched, and what holds of larger ones holds of all of these.
            besides.put("batchSize", 64L);
        } else {
            besides.put("influence", keys.getOrDefault("influence", true));
        }
        return besides;
    }

    private static void putMissing(Map<String, Object> map, Map<String, Object> others) {
        others.forEach((key, value) -> {
            if (map.keySet().stream().noneMatch(key::equalsIgnoreCase)) {
                map.put(key, value);
            }
        });
    }

    /** A key of the search as it is spelt there; null if it is none. */
    private static String searched(String key) {
        return SearchSpace.keys().stream()
                .filter(name -> name.equalsIgnoreCase(key) && !ALIKE.contains(name))
                .findFirst()
                .orElse(null);
    }

    /** Whether nodes' labels may decide about negatives, so that they have to be read. */
    public boolean needsClasses() {
        Object distribution = declared.getOrDefault("negativeDistribution", "");
        return distribution instanceof List<?> list ? list.contains("typed") : distribution.equals("typed");
    }

    /**
     * What is searched on some facts.
     *
     * @throws IllegalArgumentException if nothing in it goes together, or a key of the user has no meaning beside all that is
     *     searched
     */
    public SearchSpace space(Facts training) {
        SearchSpace space = SearchSpace.standard(training)
                .with(declared)
                .with("randomSeed", Range.oneOf(fixed.settings().seed()));
        List<String> without = new ArrayList<>(declared.keySet());
        for (int i = 0; i < DRAWN_TO_CHECK; i++) {
            without.removeAll(space.draw(fixed.settings().seed(), i).toMap().keySet());
        }
        if (!without.isEmpty()) {
            throw new IllegalArgumentException(
                    "whylink.tune: '%s' has no meaning beside anything that is searched; leave it out, or give the key that decides about it a value too"
                            .formatted(without.get(0)));
        }
        return space;
    }

    /** The configurations to look at before a search begins: the first ones that it will draw. */
    public List<TrainConfiguration> examples(SearchSpace space) {
        List<TrainConfiguration> examples = new ArrayList<>();
        for (int i = 0; i < DRAWN_TO_CHECK; i++) {
            examples.add(trainable(space.draw(fixed.settings().seed(), i)));
        }
        return examples;
    }

    /**
     * What {@code whylink.train} is to be given: the configuration of a trial with the selection of the search. Validation has
     * done its work, so that the model is trained on all facts that are not held out, for as many epochs as the trial.
     */
    public TrainConfiguration trainable(TunedConfiguration tuned) {
        Map<String, Object> map = new LinkedHashMap<>(tuned.toMap());
        for (String key : KEPT) {
            Object value = fixed.toMap().get(key);
            if (value != null) {
                map.put(key, value);
            }
        }
        return TrainConfiguration.of("whylink.tune", map);
    }
}
