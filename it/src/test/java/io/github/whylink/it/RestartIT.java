package io.github.whylink.it;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A model outlives its database: stopped, dumped and loaded, or taken over by a newer Neo4j and a newer plugin. */
final class RestartIT {
    /**
     * A database with one model, dumped by Neo4j 5.26.30 from what {@link #aDumpThatIsLoadedGivesTheSameAnswers} leaves, and
     * what it answered then. {@code -Dwhylink.dump=FOLDER} writes both anew.
     */
    private static final String GOLDEN = "towns-5.26.30";

    private static final long ADMIN_SECONDS = 120;

    @Test
    void aModelGivesTheSameAnswersToTheLastBitAfterARestart() throws IOException {
        Path home = Server.temporaryDirectory();
        List<Map<String, Object>> before;
        try (EmbeddedDatabase server = new EmbeddedDatabase(home, Server.pluginJar())) {
            server.run(SmallGraphs.TOWNS);
            server.run("CALL whylink.train('m', {randomSeed: 7})");
            before = answers(server);
        }
        try (EmbeddedDatabase server = new EmbeddedDatabase(home, Server.pluginJar())) {
            assertEquals(before, answers(server));
            assertEquals(false, server.run("CALL whylink.models('m')").get(0).get("stale"));
        }
        assertFalse(before.isEmpty());
    }

    @Test
    void aDumpThatIsLoadedGivesTheSameAnswers() throws IOException, InterruptedException {
        Path home = Server.temporaryDirectory();
        String before;
        try (EmbeddedDatabase server = new EmbeddedDatabase(home, Server.pluginJar())) {
            server.run(SmallGraphs.TOWNS);
            server.run("CALL whylink.train('m', {randomSeed: 7, concurrency: 1})");
            before = text(answers(server));
        }
        Path dumps = home.resolve("dumps");
        Files.createDirectories(dumps);
        admin(home, "database", "dump", "neo4j", "--to-path=" + dumps);
        Path other = Server.temporaryDirectory();
        admin(other, "database", "load", "neo4j", "--from-path=" + dumps);
        try (EmbeddedDatabase server = new EmbeddedDatabase(other, Server.pluginJar())) {
            assertEquals(before, text(answers(server)));
            assertEquals(false, server.run("CALL whylink.models('m')").get(0).get("stale"));
        }
        String keep = System.getProperty("whylink.dump", "");
        if (!keep.isEmpty()) {
            Files.copy(dumps.resolve("neo4j.dump"), Path.of(keep, GOLDEN + ".dump"), REPLACE_EXISTING);
            Files.writeString(Path.of(keep, GOLDEN + ".txt"), before);
        }
    }

    @Test
    void aModelThatAnEarlierPluginStoredInNeo4j5AnswersAsItDidThen() throws IOException, InterruptedException {
        Path home = Server.temporaryDirectory();
        Path dumps = home.resolve("dumps");
        Files.createDirectories(dumps);
        try (InputStream dump = RestartIT.class.getResourceAsStream("/" + GOLDEN + ".dump")) {
            Files.copy(dump, dumps.resolve("neo4j.dump"));
        }
        admin(home, "database", "load", "neo4j", "--from-path=" + dumps);
        String then;
        try (InputStream answers = RestartIT.class.getResourceAsStream("/" + GOLDEN + ".txt")) {
            then = new String(answers.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (EmbeddedDatabase server = new EmbeddedDatabase(home, Server.pluginJar())) {
            assertEquals(then, text(answers(server)));
            assertEquals(false, server.run("CALL whylink.models('m')").get(0).get("stale"));
            server.run("CALL whylink.train('m', {overwrite: true, randomSeed: 7, concurrency: 1})");
            assertEquals(then, text(answers(server)), "the same seed gives the same bits still");
        }
    }

    private static String text(List<Map<String, Object>> rows) {
        return rows.stream().map(row -> new TreeMap<>(row) + "\n").collect(Collectors.joining());
    }

    /** Runs neo4j-admin, as an administrator does while the server is down. */
    private static void admin(Path home, String... arguments) throws IOException, InterruptedException {
        Path conf = Files.createDirectories(home.resolve("conf"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                ChildJvm.neo4jClassPath(),
                "org.neo4j.cli.AdminTool"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("NEO4J_HOME", home.toString());
        builder.environment().put("NEO4J_CONF", conf.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        ChildJvm.awaitEnd(process, ADMIN_SECONDS);
        assertEquals(0, process.exitValue(), said);
    }

    private static List<Map<String, Object>> answers(EmbeddedDatabase server) {
        List<Map<String, Object>> predicted = server.run(
                """
                MATCH (s {name: 'dora'})
                CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true})
                YIELD rank, target, score, probability
                RETURN rank, target.name AS target, score, probability ORDER BY rank
                """);
        List<Map<String, Object>> explained = server.run(
                """
                MATCH (s {name: 'dora'}), (t {name: 'Germany'})
                CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1000})
                YIELD rank, source, fact, target, influence, share, probability
                RETURN rank, source.name AS source, type(fact) AS type, target.name AS target, influence, share, probability
                ORDER BY rank
                """);
        return Stream.concat(predicted.stream(), explained.stream()).toList();
    }
}
