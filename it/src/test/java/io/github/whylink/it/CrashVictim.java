package io.github.whylink.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A database in a process of its own that trains, over and over, until it is killed; and that, started again, says what is
 * left. Each thing it does it says before and after, on standard output.
 */
final class CrashVictim {
    /** What a model is trained with, so that each has other bits, another form or another part of the graph. */
    private static final List<String> CONFIGURATIONS = List.of(
            "maxEpochs: 1, randomSeed: 1",
            "maxEpochs: 2, randomSeed: 2, influenceStorage: 'float32'",
            "maxEpochs: 1, randomSeed: 3, influence: false",
            "maxEpochs: 1, randomSeed: 4, relationshipTypes: ['KNOWS', 'LIKES']");

    private static final String GRAPH =
            """
            UNWIND range(0, 999) AS i CREATE (n:Person {number: i, whylink: 'mine'})
            WITH collect(n) AS people UNWIND range(0, 5999) AS i
            WITH people[i % 1000] AS a, people[(i * 7919 + i / 1000 * 31) % 1000] AS b, i
            FOREACH (x IN CASE i % 3 WHEN 0 THEN [1] ELSE [] END | CREATE (a)-[:KNOWS {since: i}]->(b))
            FOREACH (x IN CASE i % 3 WHEN 1 THEN [1] ELSE [] END | CREATE (a)-[:LIKES {since: i}]->(b))
            FOREACH (x IN CASE i % 3 WHEN 2 THEN [1] ELSE [] END | CREATE (a)-[:MEETS {since: i}]->(b))
            """;

    private static final String TRAIN =
            "CALL whylink.train('m', {overwrite: true, embeddingDimension: 16, negativeSamples: 4, heldOutFraction: 0.0, %s})";

    private final EmbeddedDatabase database;

    private CrashVictim(EmbeddedDatabase database) {
        this.database = database;
    }

    /**
     * Runs.
     *
     * @param arguments folder of the database, the plugin's jar, and what to begin with: which configuration, or "references" to
     *     say what each of them answers
     */
    public static void main(String[] arguments) throws IOException {
        ChildJvm.endWithParent();
        CrashVictim victim = new CrashVictim(new EmbeddedDatabase(Path.of(arguments[0]), Path.of(arguments[1])));
        if (arguments[2].equals("references")) {
            victim.references();
        } else {
            victim.trainUntilKilled(Integer.parseInt(arguments[2]));
        }
    }

    /** The graph, and what each configuration answers when nothing disturbs its training. */
    private void references() {
        database.run(GRAPH);
        say("graph", graph());
        for (int i = 0; i < CONFIGURATIONS.size(); i++) {
            train(i);
            say("reference", i + " " + answers() + " " + properties());
        }
        database.run("CALL whylink.models.drop('m')");
        say("references", "done");
        System.exit(0);
    }

    private void trainUntilKilled(int first) {
        say("graph", graph());
        say("state", state());
        if (state().equals("incomplete")) {
            database.run("CALL whylink.models.drop('m')");
        } else if (!state().equals("none")) {
            say("answers", answers());
            if (first % 2 == 0) {
                // What an odd one leaves is for the next training to remove.
                database.run("CALL whylink.models.drop('m', {onlyUnfinished: true})");
                say("cleaned", state() + " " + answers() + " " + properties());
            }
        }
        say("graph", graph());
        say("ready", "");
        for (int i = first; ; i++) {
            int configuration = i % CONFIGURATIONS.size();
            say("begins", String.valueOf(configuration));
            train(configuration);
            say("trained", configuration + " " + answers() + " " + properties());
            if (i % 7 == 6) {
                say("begins", "drop");
                database.run("CALL whylink.models.drop('m')");
                say("dropped", graph());
            }
        }
    }

    private void train(int configuration) {
        database.run(TRAIN.formatted(CONFIGURATIONS.get(configuration)));
    }

    private String state() {
        List<Map<String, Object>> rows = database.run("CALL whylink.models('m') YIELD state");
        return rows.isEmpty() ? "none" : (String) rows.get(0).get("state");
    }

    /** A number that every score of some predictions and every influence of an explanation went into. */
    private String answers() {
        List<Object> all = new ArrayList<>();
        all.add(
                database.run(
                        """
                        MATCH (s:Person) WHERE s.number % 250 = 0
                        CALL whylink.predict.targets('m', {source: s, type: 'KNOWS', topK: 5000, includeKnown: true})
                        YIELD rank, target, score
                        RETURN s.number AS source, rank, target.number AS target, score ORDER BY source, rank
                        """));
        if (Boolean.TRUE.equals(
                database.run("CALL whylink.models('m') YIELD influence").get(0).get("influence"))) {
            all.add(
                    database.run(
                            """
                            MATCH (s:Person {number: 0})
                            CALL whylink.predict.targets('m', {source: s, type: 'KNOWS', topK: 1}) YIELD target AS t
                            CALL whylink.explain('m', {source: s, type: 'KNOWS', target: t, topK: 10000})
                            YIELD rank, fact, influence
                            RETURN rank, fact.since AS fact, influence ORDER BY rank
                            """));
        }
        return Integer.toHexString(all.hashCode());
    }

    /** A number that every value that the model keeps under keys for its users went into, and the keys of the others. */
    private String properties() {
        int hash = 0;
        for (Map<String, Object> row : database.run(
                "MATCH (n:Person) RETURN n.number AS id, n.whylink_m AS value, [k IN keys(n) WHERE k STARTS WITH 'whylink_' AND k <> 'whylink_m'] AS others "
                        + "UNION ALL MATCH (:Person)-[r]->(:Person) RETURN r.since AS id, r.whylink_m_influence AS value, "
                        + "[k IN keys(r) WHERE k STARTS WITH 'whylink_' AND NOT k ENDS WITH '_rollback' AND k <> 'whylink_m_influence'] AS others")) {
            Object value = row.get("value");
            int values = value instanceof float[] floats
                    ? Arrays.hashCode(floats)
                    : String.valueOf(value).hashCode();
            hash += (row.get("id").hashCode() * 31 + values) * 31
                    + row.get("others").hashCode();
        }
        return Integer.toHexString(hash);
    }

    /** A number that all nodes, facts and properties that are not Whylink's went into. */
    private String graph() {
        long hash = 0;
        long count = 0;
        for (Map<String, Object> row : database.run(
                "MATCH (n) WHERE NOT n:_WhylinkModel AND NOT n:_WhylinkRelation RETURN head(labels(n)) AS what, n.number AS a, n.number AS b, properties(n) AS properties "
                        + "UNION ALL MATCH (a)-[r]->(b) WHERE type(r) <> '_WHYLINK_RELATION' RETURN type(r) AS what, a.number AS a, b.number AS b, properties(r) AS properties")) {
            Map<String, Object> foreign = new TreeMap<>();
            ((Map<?, ?>) row.get("properties")).forEach((key, value) -> {
                if (!((String) key).startsWith("whylink_")) {
                    foreign.put((String) key, value);
                }
            });
            hash += List.of(row.get("what"), row.get("a"), row.get("b"), foreign)
                            .hashCode()
                    * 0x9E3779B97F4A7C15L;
            count++;
        }
        return count + ":" + Long.toHexString(hash);
    }

    private static void say(String what, String value) {
        System.out.println(what + " " + value);
        System.out.flush();
    }
}
