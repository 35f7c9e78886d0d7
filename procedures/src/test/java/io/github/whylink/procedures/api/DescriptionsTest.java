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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;

final class DescriptionsTest {
    /** What the description says of a key: its type, its default and the rest, as they stand there. */
    private record Entry(String type, String byDefault, String rest) {}

    private static final Map<String, Entry> TRAIN = entries();

    private static final Pattern KEY = Pattern.compile("\\b([a-z][A-Za-z]*) :: ");

    /** A relationship of which only the type is asked. */
    private static final Relationship FACT = (Relationship) Proxy.newProxyInstance(
            DescriptionsTest.class.getClassLoader(),
            new Class<?>[] {Relationship.class},
            (proxy, method, arguments) ->
                    method.getName().equals("getType") ? RelationshipType.withName("KNOWS") : null);

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
        assertEquals("null", TRAIN.get("relationshipWeightProperty").byDefault);
        assertEquals(TrainConfiguration.KEYS.size() - 1, used.size());
        TrainConfiguration.CALL_KEYS.forEach(key -> assertEquals("false", TRAIN.get(key).byDefault, key));
        used.forEach((key, value) -> {
            Entry entry = TRAIN.get(key);
            String shown = value instanceof List<?> list
                    ? "['" + list.get(0) + "']"
                    : value instanceof String ? "'" + value + "'" : String.valueOf(value);
            assertEquals(shown, entry.byDefault, key);
            String type = value instanceof List
                    ? "LIST<STRING>"
                    : value instanceof String
                            ? "STRING"
                            : value instanceof Boolean
                                    ? "BOOLEAN"
                                    : value instanceof Long ? "INTEGER" : value instanceof Map ? "MAP" : "FLOAT";
            assertEquals(type, entry.type, key);
        });
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
            assertTrue(type.isEmpty() || type.equals(entry.type), () -> key + " :: " + type);
            assertEquals(entry.byDefault, page.get(key).get(1), key);
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
                        TRAIN.get(key).rest.matches(".*\\b\\Q" + name + "\\E\\b.*"), () -> key + " " + name)));
    }

    @Test
    void everyKeyOfTheOtherConfigurationsIsDescribed() {
        Map.<String, Consumer<Map<String, Object>>>ofEntries(
                        entry(Descriptions.EVALUATE, EvaluateConfiguration::of),
                        entry(Descriptions.AUDIT, AuditConfiguration::of),
                        entry(Descriptions.FAITHFULNESS, FaithfulnessConfiguration::of),
                        entry(Descriptions.PREDICT_TARGETS, map -> PredictConfiguration.of(Side.TAIL, map)),
                        entry(Descriptions.PREDICT_SOURCES, map -> PredictConfiguration.of(Side.HEAD, map)),
                        entry(Descriptions.PREDICT_TYPES, TypesConfiguration::of),
                        entry(Descriptions.PREDICT_VALUE, ValueConfiguration::of),
                        entry(Descriptions.PREDICT_LINKS, LinksConfiguration::forRows),
                        entry(Descriptions.PREDICT_WRITE, LinksConfiguration::forWriting),
                        entry(Descriptions.EXPLAIN, ExplainConfiguration::forRows),
                        entry(Descriptions.EXPLAIN_FACT, map -> ExplainConfiguration.forFact(FACT, map)),
                        entry(Descriptions.EXPLAIN_GRAPH, ExplainConfiguration::forPicture),
                        entry(Descriptions.EXPLAIN_VERIFY, VerifyConfiguration::of),
                        entry(Descriptions.EXPLAIN_NECESSARY, NecessaryConfiguration::of),
                        entry(Descriptions.EXPLAIN_SUFFICIENT, SufficientConfiguration::of),
                        entry(Descriptions.EMBED, EmbedConfiguration::of),
                        entry(Descriptions.FORGET, ForgetConfiguration::of),
                        entry(Descriptions.CORRECT, CorrectConfiguration::of),
                        entry(Descriptions.DUPLICATES, DuplicatesConfiguration::of),
                        entry(Descriptions.IMPACT, ImpactConfiguration::of),
                        entry(Descriptions.TUNE, TuneConfiguration::of),
                        entry(Descriptions.REVERT, RevertConfiguration::of),
                        entry(Descriptions.WHAT_IF, WhatIfConfiguration::of),
                        entry(Descriptions.DROP, DropConfiguration::of))
                .forEach((description, reading) -> {
                    // The message about a key that resembles none names them all.
                    String message = assertThrows(
                                    IllegalArgumentException.class, () -> reading.accept(Map.of("quixotically", 1L)))
                            .getMessage();
                    Set<String> read =
                            Set.of(message.substring(message.indexOf("the keys are ") + "the keys are ".length())
                                    .split(", "));
                    assertEquals(read, keys(description), description);
                });
    }

    private static Map.Entry<String, Consumer<Map<String, Object>>> entry(
            String description, Consumer<Map<String, Object>> reading) {
        return Map.entry(description, reading);
    }

    @Test
    void everySignalOfAnAuditIsDescribed() {
        Signal.names().forEach(name -> assertTrue(Descriptions.AUDIT.matches(".*\\b" + name + "\\b.*"), name));
    }

    private static Set<String> keys(String description) {
        return Arrays.stream(description.split("; (?=[a-zA-Z]+ :: )", -1))
                .map(entry -> entry.split(" :: ", 2)[0])
                .collect(Collectors.toSet());
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

    private static Map<String, Entry> entries() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        // There are semicolons within brackets too.
        for (String entry : Descriptions.TRAIN.split("; (?=[a-zA-Z]+ :: )", -1)) {
            String[] keyAndRest = entry.split(" :: ", 2);
            String[] typeAndRest = keyAndRest[1].split(" = ", 2);
            String[] defaultAndRest = typeAndRest[1].split(" \\(", 2);
            entries.put(
                    keyAndRest[0],
                    new Entry(typeAndRest[0], defaultAndRest[0], defaultAndRest.length > 1 ? defaultAndRest[1] : ""));
        }
        return entries;
    }
}
