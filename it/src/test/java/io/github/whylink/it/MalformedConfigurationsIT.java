package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.Transaction;

/**
 * Whatever a map holds, a procedure says what is wrong with which key, or does what it was asked: thousands of maps that
 * are wrong by chance, for every procedure that takes one. The keys come from {@code SHOW PROCEDURES}.
 */
final class MalformedConfigurationsIT {
    private static final int MAPS = 10_500;
    private static final long SEED = 20260731;

    /** What a call that succeeds has to be given, small enough to be done in no time. {@code @} stands for a value of the graph. */
    private static final Map<String, Map<String, Object>> VALID = new TreeMap<>(Map.ofEntries(
            Map.entry("whylink.audit", Map.of("topK", 2L)),
            Map.entry("whylink.audit.duplicates", Map.of("topK", 2L)),
            Map.entry("whylink.audit.impact", Map.of("fact", "@fact", "topK", 2L)),
            Map.entry("whylink.train", Map.of("maxEpochs", 1L, "embeddingDimension", 2L)),
            Map.entry(
                    "whylink.train.estimate",
                    Map.of("maxEpochs", 1L, "embeddingDimension", 2L, "relationshipWeightProperty", "trust")),
            Map.entry(
                    "whylink.tune",
                    Map.of(
                            "budgetSeconds",
                            1L,
                            "maxTrials",
                            1L,
                            "maxEpochs",
                            1L,
                            "embeddingDimension",
                            2L,
                            "validationFraction",
                            0.3)),
            Map.entry("whylink.evaluate", Map.of("facts", "all")),
            Map.entry("whylink.evaluate.faithfulness", Map.of("queries", 1L, "facts", 1L, "seeds", 0L)),
            Map.entry("whylink.explain", Map.of("source", "@source", "type", "CITIZEN_OF", "target", "@target")),
            Map.entry("whylink.explain.fact", Map.of("topK", 2L)),
            Map.entry("whylink.explain.graph", Map.of("source", "@source", "type", "CITIZEN_OF", "target", "@target")),
            Map.entry(
                    "whylink.explain.verify",
                    Map.of("source", "@source", "type", "CITIZEN_OF", "target", "@target", "seeds", 0L)),
            Map.entry(
                    "whylink.explain.necessary",
                    Map.of("source", "@source", "type", "CITIZEN_OF", "target", "@target", "maxFacts", 2L)),
            Map.entry(
                    "whylink.explain.sufficient",
                    Map.of("source", "@source", "type", "CITIZEN_OF", "target", "@target", "entities", 3L)),
            Map.entry("whylink.models.drop", Map.of("failIfMissing", false)),
            Map.entry("whylink.predict.links", Map.of("topK", 2L)),
            Map.entry("whylink.predict.sources", Map.of("type", "CITIZEN_OF", "target", "@target")),
            Map.entry("whylink.predict.targets", Map.of("source", "@source", "type", "CITIZEN_OF")),
            Map.entry("whylink.predict.types", Map.of("source", "@source", "target", "@target")),
            Map.entry("whylink.report", Map.of("examples", 1L)),
            Map.entry("whylink.predict.value", Map.of("source", "@source", "type", "LIVES_IN", "target", "@target")),
            Map.entry("whylink.predict.write", Map.of("writeType", "POSSIBLE", "topK", 2L)),
            Map.entry(
                    "whylink.correct",
                    Map.of("source", "@source", "type", "CITIZEN_OF", "target", "@target", "dryRun", false)),
            Map.entry("whylink.embed", Map.of("maxEpochs", 1L)),
            Map.entry("whylink.forget", Map.of("facts", "@fact")),
            Map.entry("whylink.models.revert", Map.of("discard", false)),
            Map.entry("whylink.whatif", Map.of("remove", "@fact", "topK", 1L))));

    private static final List<String> CHANGING =
            List.of("whylink.correct", "whylink.embed", "whylink.forget", "whylink.models.revert");

    /** Complaints of ours, and nothing else, may reach the user. */
    private static final Pattern OURS = Pattern.compile(
            "Failed to invoke procedure `whylink[a-z.]*`: Caused by: java\\.lang\\.(IllegalArgumentException|IllegalStateException): .*",
            Pattern.DOTALL);

    /** Complaints about what the graph says to a map that is right. */
    private static final Pattern OF_THE_GRAPH = Pattern.compile(
            "there is no model 'missing'|is not the model's best answer but has rank|there is no change of model"
                    + "|leaves nothing to validate with|no training of the search came to an end within");

    private static final Set<String> TAKEN_AT_ITS_WORD = Set.of("background", "sudo");

    private static final Pattern KEY = Pattern.compile("(?:^|; )([a-zA-Z]+) :: ");

    private final Random random = new Random(SEED);
    private EmbeddedDatabase database;

    /** A map, and what was done to it. */
    private record Malformed(Map<String, Object> map, List<String> touched, boolean surelyWrong) {}

    @Test
    void everyMapIsRefusedByItsKeysOrDone() throws IOException {
        try (EmbeddedDatabase started = new EmbeddedDatabase(Server.temporaryDirectory(), Server.pluginJar())) {
            database = started;
            database.run(SmallGraphs.TOWNS);
            database.run("MATCH (p)-[r:LIVES_IN]->() SET r.since = 2000 + size(p.name) % 2");
            database.run("MATCH ()-[r]->() SET r.trust = 1.5");
            database.run(
                    "CALL whylink.train('m', {maxEpochs: 2, embeddingDimension: 4, randomSeed: 7, relationshipProperties: {LIVES_IN: 'since'}})");
            List<Map<String, Object>> before = graph();
            trainChangeable();
            Map<String, List<String>> keys = keys();
            assertEquals(VALID.keySet(), keys.keySet(), "every procedure with a configuration is tried");
            int refused = 0;
            List<String> names = List.copyOf(VALID.keySet());
            List<String> complaints = new ArrayList<>();
            for (int i = 0; i < MAPS; i++) {
                String name = names.get(i % names.size());
                refused += tried(name, keys.get(name), complaints) ? 1 : 0;
            }
            assertEquals(
                    List.of(), complaints.subList(0, Math.min(20, complaints.size())), complaints.size() + " in all");
            assertTrue(refused > MAPS / 2, refused + " of " + MAPS + " refused");
            database.run("CALL whylink.models.drop('changeable')");
            assertEquals(before, graph(), "nothing is left behind");
        }
    }

    private void trainChangeable() {
        database.run("CALL whylink.train('changeable', {maxEpochs: 2, embeddingDimension: 4, randomSeed: 7})");
    }

    /** Tries one map; false if the procedure did what it was asked. */
    private boolean tried(String name, List<String> keys, List<String> complaints) {
        List<Malformed> used = new ArrayList<>();
        try {
            database.within(transaction -> {
                used.add(malformed(transaction, name, keys));
                call(transaction, name, used.get(0).map);
            });
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            boolean namesAKey = OF_THE_GRAPH.matcher(message).find()
                    || used.get(0).touched.stream().anyMatch(key -> message.toLowerCase(Locale.ROOT)
                            .contains("'" + shortened(key).toLowerCase(Locale.ROOT)));
            if (!OURS.matcher(message).matches() || !namesAKey || message.length() > 5_000) {
                complaints.add("%s %s: %s".formatted(name, text(used.get(0)), head(message)));
            }
            return true;
        }
        if (used.get(0).surelyWrong) {
            complaints.add("%s %s was done".formatted(name, text(used.get(0))));
        }
        if (name.equals("whylink.train")) {
            database.run("CALL whylink.models.drop('new')");
        } else if (name.equals("whylink.predict.write")) {
            database.run("MATCH ()-[r {model: 'm'}]->() DELETE r");
        } else if (CHANGING.contains(name)) {
            database.run("CALL whylink.models.drop('changeable')");
            trainChangeable();
        }
        return false;
    }

    private static void call(Transaction transaction, String name, Map<String, Object> map) {
        String fact = name.equals("whylink.explain.fact") ? "$fact, " : "";
        String model = CHANGING.contains(name)
                ? "changeable"
                : name.equals("whylink.train") ? "new" : name.equals("whylink.models.drop") ? "missing" : "m";
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("map", map);
        parameters.put("fact", relationship(transaction, "KNOWS"));
        transaction
                .execute(
                        name.equals("whylink.tune")
                                ? "CALL whylink.tune($map)"
                                : "CALL %s('%s', %s$map)".formatted(name, model, fact),
                        parameters)
                .resultAsString();
    }

    private Malformed malformed(Transaction transaction, String name, List<String> keys) {
        Map<String, Object> map = new LinkedHashMap<>();
        VALID.get(name).forEach((key, value) -> map.put(key, inGraph(transaction, value)));
        List<String> touched = new ArrayList<>();
        boolean surelyWrong = false;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            String key = keys.get(random.nextInt(keys.size()));
            if (touched.contains(key)) {
                continue;
            }
            switch (random.nextInt(8)) {
                case 0 -> {
                    String near = nearMiss(key);
                    boolean isAKey = keys.stream().anyMatch(near::equalsIgnoreCase);
                    map.put(near, odd(transaction));
                    touched.add(near);
                    surelyWrong |= !isAKey;
                }
                case 1 -> {
                    map.put(key.toUpperCase(Locale.ROOT), odd(transaction));
                    map.put(key.toLowerCase(Locale.ROOT), odd(transaction));
                    touched.add(key);
                    surelyWrong = true;
                }
                case 2 -> {
                    map.put(key, Map.of("nested", Arrays.asList(1L, null, Map.of("deeper", odd(transaction) == null))));
                    touched.add(key);
                    surelyWrong = true;
                }
                case 3 -> {
                    String unheard = List.of("", " ", "Schlüssel", "🔑", "k".repeat(5_000), "a.b", "'", "%s", "\u0000")
                            .get(random.nextInt(9));
                    map.put(unheard, odd(transaction));
                    touched.add(unheard);
                    surelyWrong = true;
                }
                default -> {
                    map.put(key, odd(transaction));
                    touched.add(key);
                }
            }
        }
        // What would go on after the call, or without looking at the memory, cannot be tried so often.
        map.replaceAll((key, value) ->
                TAKEN_AT_ITS_WORD.contains(key.toLowerCase(Locale.ROOT)) && Boolean.TRUE.equals(value) ? "yes" : value);
        return new Malformed(map, touched, surelyWrong);
    }

    private String nearMiss(String key) {
        int at = random.nextInt(key.length());
        return switch (random.nextInt(3)) {
            case 0 -> key.substring(0, at) + key.substring(at + 1);
            case 1 -> key.substring(0, at) + 'x' + key.substring(at);
            default -> key + ' ';
        };
    }

    private Object odd(Transaction transaction) {
        Object[] values = {
            null,
            true,
            false,
            -1L,
            0L,
            1L,
            2L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            (long) Integer.MAX_VALUE + 1,
            0.5,
            1.0,
            1.5,
            -0.0,
            1e308,
            Double.MIN_VALUE,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            "",
            " ",
            "0",
            "10",
            "*",
            "KNOWS",
            "Person",
            "softmax",
            "unrolled",
            "verify",
            "İ",
            "Ω≈ç√∫ 💥",
            "\u0000",
            "%s %d",
            "x".repeat(20_000),
            List.of(),
            Arrays.asList((Object) null),
            List.of(List.of()),
            List.of("*"),
            List.of("KNOWS", "KNOWS"),
            List.of("KNOWS", 1L),
            List.of("Person", "Pérson"),
            nested(60),
            List.of(Double.NaN),
            Map.of(),
            Map.of("source", "target"),
            transaction.findNodes(Label.label("Country")).stream().findFirst().orElseThrow(),
            transaction.findNodes(Label.label("_WhylinkModel")).stream()
                    .findFirst()
                    .orElseThrow(),
            relationship(transaction, "LIVES_IN"),
            relationship(transaction, "_WHYLINK_RELATION"),
            List.of(relationship(transaction, "LIVES_IN")),
            List.of(relationship(transaction, "_WHYLINK_RELATION")),
            LocalDate.of(2026, 2, 28),
            Duration.ofDays(1),
            new byte[] {1, 2},
            new double[] {Double.NaN},
            new String[] {"KNOWS"},
        };
        return values[random.nextInt(values.length)];
    }

    private static Object nested(int depth) {
        return depth == 0 ? "deep" : List.of(nested(depth - 1));
    }

    private static Object inGraph(Transaction transaction, Object value) {
        if (value.equals("@source")) {
            return named(transaction, "dora");
        }
        if (value.equals("@fact")) {
            return transaction
                    .execute(
                            "MATCH ()-[fact]->() WHERE fact.whylink_m_rollback IS NOT NULL RETURN fact ORDER BY id(fact) LIMIT 1")
                    .next()
                    .get("fact");
        }
        return value.equals("@target") ? named(transaction, "Germany") : value;
    }

    private static Node named(Transaction transaction, String name) {
        return (Node) transaction
                .execute("MATCH (n {name: $name}) RETURN n", Map.of("name", name))
                .next()
                .get("n");
    }

    private static Relationship relationship(Transaction transaction, String type) {
        return transaction.findRelationships(RelationshipType.withName(type)).stream()
                .findFirst()
                .orElseThrow();
    }

    /** The keys that each procedure describes. */
    private Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new TreeMap<>();
        for (Map<String, Object> row :
                database.run("SHOW PROCEDURES YIELD name, argumentDescription WHERE name STARTS WITH 'whylink'")) {
            for (Object argument : (List<?>) row.get("argumentDescription")) {
                Map<?, ?> described = (Map<?, ?>) argument;
                if (described.get("name").equals("configuration")) {
                    keys.put(
                            (String) row.get("name"),
                            KEY.matcher((String) described.get("description"))
                                    .results()
                                    .map(found -> found.group(1))
                                    .toList());
                }
            }
        }
        return keys;
    }

    /** All that there is, and what it has. */
    private List<Map<String, Object>> graph() {
        return database.run(
                """
                MATCH (n) RETURN elementId(n) AS id, labels(n) AS is, [k IN keys(n) | [k, toStringOrNull(n[k])]] AS has ORDER BY id
                UNION ALL
                MATCH ()-[r]->() RETURN elementId(r) AS id, [type(r)] AS is, [k IN keys(r) | [k, toStringOrNull(r[k])]] AS has ORDER BY id
                """);
    }

    private static String shortened(String key) {
        return key.substring(0, Math.min(40, key.length()));
    }

    private static String text(Malformed used) {
        return head(used.map.toString());
    }

    private static String head(String text) {
        return text.substring(0, Math.min(500, text.length()));
    }
}
