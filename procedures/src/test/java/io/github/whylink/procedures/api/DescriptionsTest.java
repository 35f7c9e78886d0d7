package io.github.whylink.procedures.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.LossSettings;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.influence.audit.Signal;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.procedures.config.AuditConfiguration;
import io.github.whylink.procedures.config.CorrectConfiguration;
import io.github.whylink.procedures.config.DropConfiguration;
import io.github.whylink.procedures.config.DuplicatesConfiguration;
import io.github.whylink.procedures.config.EmbedConfiguration;
import io.github.whylink.procedures.config.EvaluateConfiguration;
import io.github.whylink.procedures.config.ExplainConfiguration;
import io.github.whylink.procedures.config.FaithfulnessConfiguration;
import io.github.whylink.procedures.config.ForgetConfiguration;
import io.github.whylink.procedures.config.ImpactConfiguration;
import io.github.whylink.procedures.config.LinksConfiguration;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.config.NecessaryConfiguration;
import io.github.whylink.procedures.config.PredictConfiguration;
import io.github.whylink.procedures.config.ReportConfiguration;
import io.github.whylink.procedures.config.RevertConfiguration;
import io.github.whylink.procedures.config.SufficientConfiguration;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.config.TuneConfiguration;
import io.github.whylink.procedures.config.TypesConfiguration;
import io.github.whylink.procedures.config.ValueConfiguration;
import io.github.whylink.procedures.config.VerifyConfiguration;
import io.github.whylink.procedures.config.WhatIfConfiguration;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;

final class DescriptionsTest {
    private static final Map<String, Keys> TRAIN = entries(Descriptions.TRAIN);

    private static final Pattern KEY = Pattern.compile("\\b([a-z][A-Za-z]*) :: ");

    private static final Relationship FACT = stub(Relationship.class);

    @Test
    void everyKeyOfTrainIsDescribedInItsOrder() {
        List<String> keys = new ArrayList<>(TrainConfiguration.KEYS);
        keys.add(TrainConfiguration.CONTINUE_FROM);
        keys.addAll(TrainConfiguration.CALL_KEYS);
        assertEquals(keys, new ArrayList<>(TRAIN.keySet()));
    }

    @Test
    void everyDefaultOfTrainIsTheOneThatIsUsed() {
        Map<String, Object> used = new LinkedHashMap<>();
        // Each of these gives a meaning to keys that have none otherwise, and chooses no other default of theirs.
        for (Map<String, Object> choice : List.<Map<String, Object>>of(
                Map.of("loss", "selfAdversarial"),
                Map.of("regularizer", "L2"),
                Map.of("validationFraction", 0.5),
                Map.of())) {
            used.putAll(TrainConfiguration.of(choice).toMap());
        }
        // Not echoed where there is none.
        assertEquals("null", TRAIN.get("relationshipWeightProperty").byDefault());
        assertEquals(TrainConfiguration.KEYS.size() - 1, used.size());
        TrainConfiguration.CALL_KEYS.forEach(
                key -> assertEquals("false", TRAIN.get(key).byDefault(), key));
        used.forEach((key, value) -> {
            Keys entry = TRAIN.get(key);
            assertEquals(shown(value), entry.byDefault(), key);
            assertEquals(typeOf(value), entry.type(), key);
        });
    }

    private static String shown(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(DescriptionsTest::shown).collect(Collectors.joining(", ", "[", "]"))
                : value instanceof String ? "'" + value + "'" : String.valueOf(value);
    }

    private static String typeOf(Object value) {
        return value instanceof List
                ? "LIST<STRING>"
                : value instanceof String
                        ? "STRING"
                        : value instanceof Boolean
                                ? "BOOLEAN"
                                : value instanceof Long ? "INTEGER" : value instanceof Map ? "MAP" : "FLOAT";
    }

    @Test
    void theReferencePageHasTheTypesAndDefaultsOfTrain() throws IOException {
        Map<String, List<String>> page = new LinkedHashMap<>();
        for (String line : page().lines()
                .dropWhile(line -> !line.startsWith("|---"))
                .skip(1)
                .toList()) {
            if (!line.startsWith("| ")) {
                break;
            }
            String[] cells = line.substring(2).split(" *\\| *", 4);
            String[] keys = cells[0].split(", ", -1);
            String[] defaults = cells[2].split(", ", -1);
            for (int i = 0; i < keys.length; i++) {
                String byDefault = defaults[defaults.length == 1 ? 0 : i].replace("`", "");
                page.put(
                        keys[i].replace("`", ""),
                        List.of(cells[1].replace("LIST of STRING", "LIST<STRING>"), byDefault));
            }
        }
        assertEquals(TRAIN.keySet(), page.keySet());
        TRAIN.forEach((key, entry) -> {
            String type = page.get(key).get(0);
            assertTrue(type.isEmpty() || type.equals(entry.type()), () -> key + " :: " + type);
            assertEquals(entry.byDefault(), page.get(key).get(1), key);
        });
    }

    @Test
    void theReferencePageNamesEveryKey() throws IOException, IllegalAccessException {
        String page = page();
        Set<String> missing = new TreeSet<>();
        for (Field description : Descriptions.class.getDeclaredFields()) {
            // Private ones are parts of others.
            if (!Modifier.isPrivate(description.getModifiers())
                    && description.get(null) instanceof String text
                    && text.contains(" :: ")) {
                Matcher key = KEY.matcher(text);
                while (key.find()) {
                    String name = key.group(1);
                    if (!Pattern.compile("[`{]" + name + "(`|: )").matcher(page).find()) {
                        missing.add(name);
                    }
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    @Test
    void everyNameThatCanBeChosenIsDescribed() {
        Map.of(
                        "scoringFunction", ScoringFunctions.names(),
                        "loss", LossSettings.names(),
                        "optimizer", OptimizerSettings.names(),
                        "regularizer", Regularizer.names(),
                        "learningRateSchedule", LearningRate.schedules(),
                        "negativeSampling", Negatives.regimeNames(),
                        "negativeSides", List.of("both", "tail", "head", "random"),
                        "influenceStorage", LedgerCodec.Form.names(),
                        "negativeDistribution", List.of("uniform", "bernoulli", "typed"),
                        "penaltyWeighting", List.of("perFact", "perRow"))
                .forEach((key, names) -> names.forEach(name -> assertTrue(
                        TRAIN.get(key).meaning().matches(".*\\b\\Q" + name + "\\E\\b.*"), () -> key + " " + name)));
    }

    /** Every other configuration by its description: how a map is read, to what is echoed. */
    private static final Map<String, Function<Map<String, Object>, Map<String, Object>>> OTHERS =
            Map.<String, Function<Map<String, Object>, Map<String, Object>>>ofEntries(
                    entry(Descriptions.EVALUATE, map -> EvaluateConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.REPORT, map -> ReportConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.AUDIT, map -> AuditConfiguration.of(map).effective()),
                    entry(Descriptions.FAITHFULNESS, map -> FaithfulnessConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.PREDICT_TARGETS, map -> PredictConfiguration.of(Side.TAIL, map)
                            .effective()),
                    entry(Descriptions.PREDICT_SOURCES, map -> PredictConfiguration.of(Side.HEAD, map)
                            .effective()),
                    entry(Descriptions.PREDICT_TYPES, map -> TypesConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.PREDICT_VALUE, map -> ValueConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.PREDICT_LINKS, map -> LinksConfiguration.forRows(map)
                            .effective()),
                    entry(Descriptions.PREDICT_WRITE, map -> LinksConfiguration.forWriting(map)
                            .effective()),
                    entry(Descriptions.EXPLAIN, map -> ExplainConfiguration.forRows(map)
                            .effective()),
                    entry(Descriptions.EXPLAIN_FACT, map -> ExplainConfiguration.forFact(FACT, map)
                            .effective()),
                    entry(Descriptions.EXPLAIN_GRAPH, map -> ExplainConfiguration.forPicture(map)
                            .effective()),
                    entry(Descriptions.EXPLAIN_VERIFY, map -> VerifyConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.EXPLAIN_NECESSARY, map -> NecessaryConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.EXPLAIN_SUFFICIENT, map -> SufficientConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.EMBED, map -> EmbedConfiguration.of(map).effective()),
                    entry(Descriptions.FORGET, map -> ForgetConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.CORRECT, map -> CorrectConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.DUPLICATES, map -> DuplicatesConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.IMPACT, map -> ImpactConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.REVERT, map -> RevertConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.WHAT_IF, map -> WhatIfConfiguration.of(map)
                            .effective()),
                    entry(Descriptions.DROP, map -> DropConfiguration.of(map).effective()));

    private static final Map<String, Object> UNKNOWN = Map.of("quixotically", 1L);

    @Test
    void everyKeyOfTheOtherConfigurationsIsDescribed() {
        assertEquals(keys(Descriptions.TUNE), namedInTheRefusal(() -> TuneConfiguration.of(UNKNOWN)));
        OTHERS.forEach((description, reading) ->
                assertEquals(keys(description), namedInTheRefusal(() -> reading.apply(UNKNOWN)), description));
    }

    /** The message about a key that resembles none names them all. */
    private static Set<String> namedInTheRefusal(Executable reading) {
        String message = assertThrows(IllegalArgumentException.class, reading).getMessage();
        return Set.of(message.substring(message.indexOf("the keys are ") + "the keys are ".length())
                .split(", "));
    }

    @Test
    void everyDefaultOfTheOtherConfigurationsIsTheOneThatIsUsed() {
        Map<String, Object> required = Map.of(
                "source", stub(Node.class),
                "type", "KNOWS",
                "target", stub(Node.class),
                "fact", FACT,
                "facts", List.of(FACT),
                "remove", List.of(FACT),
                "writeType", "LIKELY");
        OTHERS.forEach((description, reading) -> {
            Map<String, Keys> entries = entries(description);
            Map<String, Object> given = new LinkedHashMap<>(required);
            given.keySet()
                    .removeIf(key -> entries.get(key) == null
                            || (entries.get(key).byDefault() != null && !ONE_OF_TWO.contains(key)));
            Map<String, Object> used = reading.apply(given);
            entries.forEach((key, entry) -> {
                Object value = used.get(key);
                if (entry.byDefault() == null || ONE_OF_TWO.contains(key)) {
                    assertTrue(value == null || value == required.get(key), () -> key + " in " + description);
                } else if (value == null) {
                    // Nothing, or what the model or another key decides about.
                    assertTrue(
                            !LITERAL.matcher(entry.byDefault()).matches()
                                    || entry.meaning().contains("only with"),
                            () -> key + " in " + description);
                } else {
                    assertEquals(typeOf(value), entry.type(), () -> key + " in " + description);
                    boolean literal = LITERAL.matcher(entry.byDefault()).matches();
                    String shown = shown(value);
                    if (literal) {
                        assertEquals(shown, entry.byDefault(), () -> key + " in " + description);
                    } else {
                        assertTrue(IN_WORDS.contains(key), () -> key + " in " + description);
                    }
                }
            });
        });
    }

    /** A default that is written as it is given. */
    private static final Pattern LITERAL = Pattern.compile("-?[0-9.]+|true|false|'[^']*'|\\[('[^']*'(, )?)*\\]");

    /** Keys that may be left out where another one is given. */
    private static final Set<String> ONE_OF_TWO = Set.of("remove");

    /** Keys with a value that other keys, the model or the machine decide about, so that the default is told in words. */
    private static final Set<String> IN_WORDS =
            Set.of("replayMemory", "tier", "method", "signals", "maxSteps", "maxFacts", "learningRate");

    /** A node or relationship of which nothing is asked but what it is, and the type. */
    private static <T> T stub(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                DescriptionsTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getType" -> RelationshipType.withName("KNOWS");
                    case "hashCode" -> 1;
                    case "equals" -> proxy == arguments[0];
                    default -> null;
                }));
    }

    private static Map.Entry<String, Function<Map<String, Object>, Map<String, Object>>> entry(
            String description, Function<Map<String, Object>, Map<String, Object>> reading) {
        return Map.entry(description, reading);
    }

    @Test
    void everySignalOfAnAuditIsDescribed() {
        Signal.names().forEach(name -> assertTrue(Descriptions.AUDIT.matches(".*\\b" + name + "\\b.*"), name));
    }

    private static Set<String> keys(String description) {
        return entries(description).keySet();
    }

    @Test
    void everyMethodOfExplainingIsDescribed() {
        for (String description : List.of(
                Descriptions.EXPLAIN,
                Descriptions.EXPLAIN_FACT,
                Descriptions.EXPLAIN_GRAPH,
                Descriptions.EXPLAIN_VERIFY,
                Descriptions.EXPLAIN_NECESSARY,
                Descriptions.EXPLAIN_SUFFICIENT,
                Descriptions.FAITHFULNESS)) {
            for (Method method : Method.values()) {
                assertTrue(description.contains(method.text()), () -> method.text() + " in " + description);
            }
        }
    }

    private static Map<String, Keys> entries(String description) {
        Map<String, Keys> entries = new LinkedHashMap<>();
        Keys.of(description).forEach(key -> entries.put(key.name(), key));
        return entries;
    }
}
