package io.github.whylink.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A database in a process of its own that trains models and changes them, over and over, until it is killed; and that, started
 * again, says what is left. Each thing it does it says before and after, on standard output.
 */
final class CrashVictim {
    /** What a model is trained with, so that each has other bits, another form or another part of the graph. */
    private static final List<String> CONFIGURATIONS = List.of(
            "maxEpochs: 1, randomSeed: 1",
            "maxEpochs: 2, randomSeed: 2, influenceStorage: 'float32'",
            "maxEpochs: 1, randomSeed: 3, influence: false",
            "maxEpochs: 1, randomSeed: 4, relationshipTypes: ['KNOWS', 'LIKES']");

    /** The program that trains a model and then changes it in all ways; those before it train one each. */
    static final int CHANGES = CONFIGURATIONS.size();

    private static final String TRAIN =
            "CALL whylink.train('m', {overwrite: true, embeddingDimension: 16, negativeSamples: 4, heldOutFraction: 0.0, %s})";

    /** Something that is done to the model, from what it was before to what has this name. */
    private record Step(String name, List<String> statements) {
        static Step of(String name, String... statements) {
            return new Step(name, List.of(statements));
        }
    }

    /** Each begins with a training, so that it may follow on anything. */
    private static final List<List<Step>> PROGRAMS = programs();

    private static List<List<Step>> programs() {
        List<List<Step>> programs = new ArrayList<>();
        for (int i = 0; i < CONFIGURATIONS.size(); i++) {
            programs.add(List.of(Step.of("training" + i, TRAIN.formatted(CONFIGURATIONS.get(i)))));
        }
        programs.add(List.of(
                Step.of(
                        "early",
                        "MATCH (n:Late) REMOVE n:Member",
                        TRAIN.formatted("maxEpochs: 2, randomSeed: 5, nodeLabels: 'Member'")),
                Step.of("embedded", "MATCH (n:Late) SET n:Member", "CALL whylink.embed('m', {maxEpochs: 5})"),
                Step.of(
                        "forgetful",
                        "MATCH (a:Person)-[r:KNOWS]->() WHERE a.number < 20 WITH collect(r) AS facts CALL whylink.forget('m', {facts: facts}) YIELD written RETURN written"),
                Step.of(
                        "corrected",
                        "MATCH (s:Person {number: 3}) CALL whylink.predict.targets('m', {source: s, type: 'KNOWS', topK: 2}) YIELD rank, target WITH s, rank, target WHERE rank = 2 "
                                + "CALL whylink.correct('m', {source: s, type: 'KNOWS', target: target, dryRun: false}) YIELD written RETURN written"),
                Step.of("reverted", "CALL whylink.models.revert('m')"),
                Step.of("continued", "CALL whylink.train('m', {overwrite: true, continueFrom: 'm', maxEpochs: 1})")));
        return programs;
    }

    /** Some come late to what the last program is about. */
    private static final String GRAPH =
            """
            UNWIND range(0, 999) AS i CREATE (n:Person:Member {number: i, whylink: 'mine'})
            FOREACH (x IN CASE i % 50 WHEN 7 THEN [1] ELSE [] END | SET n:Late)
            WITH collect(n) AS people UNWIND range(0, 5999) AS i
            WITH people[i % 1000] AS a, people[(i * 7919 + i / 1000 * 31) % 1000] AS b, i
            FOREACH (x IN CASE i % 3 WHEN 0 THEN [1] ELSE [] END | CREATE (a)-[:KNOWS {since: i}]->(b))
            FOREACH (x IN CASE i % 3 WHEN 1 THEN [1] ELSE [] END | CREATE (a)-[:LIKES {since: i}]->(b))
            FOREACH (x IN CASE i % 3 WHEN 2 THEN [1] ELSE [] END | CREATE (a)-[:MEETS {since: i}]->(b))
            """;

    private final EmbeddedDatabase database;

    private CrashVictim(EmbeddedDatabase database) {
        this.database = database;
    }

    /**
     * Runs.
     *
     * @param arguments folder of the database, the plugin's jar, and what to begin with: which program, or "references" to say
     *     what the model answers after each of their steps
     */
    public static void main(String[] arguments) throws IOException {
        ChildJvm.endWithParent();
        CrashVictim victim = new CrashVictim(new EmbeddedDatabase(Path.of(arguments[0]), Path.of(arguments[1])));
        if (arguments[2].equals("references")) {
            victim.references();
        } else {
            victim.workUntilKilled(Integer.parseInt(arguments[2]));
        }
    }

    /** The graph, and what the model answers after each step when nothing disturbs it. */
    private void references() {
        database.run(GRAPH);
        say("graph", graph());
        for (List<Step> program : PROGRAMS) {
            for (Step step : program) {
                take(step);
                say("reference", step.name + " " + answers() + " " + properties());
            }
        }
        database.run("CALL whylink.models.drop('m')");
        say("references", "done");
        System.exit(0);
    }

    private void workUntilKilled(int first) {
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
            for (Step step : PROGRAMS.get(i % PROGRAMS.size())) {
                say("begins", step.name);
                take(step);
                say("done", step.name + " " + answers() + " " + properties());
            }
            if (i % 7 == 6) {
                say("begins", "drop");
                database.run("CALL whylink.models.drop('m')");
                say("dropped", graph());
            }
        }
    }

    private void take(Step step) {
        step.statements.forEach(database::run);
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

    /** A number that all nodes, facts and properties that are not Whylink's went into; not who is a member, which steps decide. */
    private String graph() {
        long hash = 0;
        long count = 0;
        for (Map<String, Object> row : database.run(
                "MATCH (n) WHERE NONE(l IN labels(n) WHERE l STARTS WITH '_Whylink') RETURN [l IN labels(n) WHERE l <> 'Member'] AS what, n.number AS a, n.number AS b, properties(n) AS properties "
                        + "UNION ALL MATCH (a)-[r]->(b) WHERE NOT type(r) STARTS WITH '_WHYLINK' RETURN [type(r)] AS what, a.number AS a, b.number AS b, properties(r) AS properties")) {
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
