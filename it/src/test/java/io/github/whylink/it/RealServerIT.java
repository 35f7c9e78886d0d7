package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Record;
import org.neo4j.driver.exceptions.AuthenticationException;

/** The packaged jar in a real server process, used as users do: by an ordinary user, over Bolt, HTTP and cypher-shell. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class RealServerIT {
    private static final String PREDICT =
            "MATCH (s {name: 'dora'}) CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true}) "
                    + "YIELD rank, target, score, probability RETURN rank, target.name AS target, toString(score) AS score, probability ORDER BY rank";

    private static final String EXPLAIN =
            "MATCH (s {name: 'dora'}), (t {name: 'Germany'}) CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1000}) "
                    + "YIELD rank, source, fact, target, influence RETURN rank, source.name AS source, type(fact) AS type, "
                    + "target.name AS target, influence ORDER BY rank";

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = new ServerProcess(Server.temporaryDirectory());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void graph() {
        server.run("MATCH (n) DETACH DELETE n");
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void itIsTheVersionBeingBuiltWithAuthenticationOnAndNothingUnrestricted() {
        assertEquals(
                System.getProperty("neo4j.version"),
                server.run("CALL dbms.components() YIELD versions RETURN versions[0] AS version")
                        .get(0)
                        .get("version")
                        .asString());
        assertEquals(
                System.getProperty("whylink.version"),
                server.run("RETURN whylink.version() AS version")
                        .get(0)
                        .get("version")
                        .asString());
        assertEquals(
                "",
                server.run("SHOW SETTINGS 'dbms.security.procedures.unrestricted' YIELD value")
                        .get(0)
                        .get("value")
                        .asString());
        assertEquals(
                ServerProcess.USER,
                server.run("SHOW CURRENT USER YIELD user").get(0).get("user").asString());
        try (Driver stranger = GraphDatabase.driver(server.boltUri(), AuthTokens.basic("neo4j", "wrong"))) {
            assertThrows(AuthenticationException.class, stranger::verifyConnectivity);
        }
    }

    @Test
    void anOrdinaryUserTrainsPredictsExplainsAndDrops() {
        Record trained = server.run("CALL whylink.train('m')").get(0);
        assertEquals(
                SmallGraphs.TOWNS_FACTS,
                trained.get("facts").asInt() + trained.get("heldOut").asInt());
        assertEquals(SmallGraphs.TOWNS_ENTITIES - 1, server.run(PREDICT).size());
        assertFalse(server.run(EXPLAIN).isEmpty());
        assertEquals(
                List.of("m", "ready", false),
                server.run(
                                "CALL whylink.models() YIELD modelName, state, stale RETURN [modelName, state, stale] AS row")
                        .get(0)
                        .get("row")
                        .asList());
        assertEquals(
                "done", server.run("CALL whylink.jobs()").get(0).get("phase").asString());
        server.run("CALL whylink.models.drop('m')");
        assertEquals(List.of(), server.run("CALL whylink.models()"));
    }

    @Test
    void theAnswersAreTheSameAfterARestartThatNoTrainingInTheBackgroundHolds()
            throws IOException, InterruptedException {
        server.run("CALL whylink.train('m', {randomSeed: 7})");
        List<Map<String, Object>> before = answers();
        server.run(
                "CALL whylink.train('m', {overwrite: true, background: true, maxEpochs: 100000, embeddingDimension: 512})");
        server.run("CALL whylink.train('other', {background: true, maxEpochs: 100000, embeddingDimension: 512})");
        while (server.run("CALL whylink.jobs() YIELD phase WHERE phase = 'training' RETURN phase")
                        .size()
                < 2) {
            Thread.sleep(20);
        }
        long begun = System.nanoTime();
        server.stop();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        assertTrue(seconds < 30, () -> "stopping took " + seconds + " s");
        server.start();
        assertEquals(before, answers());
        assertEquals(
                false,
                server.run("CALL whylink.models('m')").get(0).get("stale").asBoolean());
        assertEquals(
                Map.of("m", "ready", "other", "gone"),
                Map.of("m", stateAfterCleaning("m"), "other", stateAfterCleaning("other")));
    }

    /** Whatever a training that was cut short has left, it can be removed. */
    private static String stateAfterCleaning(String name) {
        server.run(
                "CALL whylink.models.drop($name, {onlyUnfinished: true, failIfMissing: false})", Map.of("name", name));
        List<Record> rows = server.run("CALL whylink.models($name)", Map.of("name", name));
        return rows.isEmpty() ? "gone" : rows.get(0).get("state").asString();
    }

    @Test
    void theHttpQueryApiGivesTheSameAnswers() throws IOException, InterruptedException {
        String trained =
                server.runOverHttp("CALL whylink.train('m') YIELD facts, heldOut RETURN facts + heldOut AS all");
        assertTrue(trained.contains("[[" + SmallGraphs.TOWNS_FACTS + "]]"), trained);
        for (String query : List.of(PREDICT, EXPLAIN)) {
            String expected = server.run(query).stream()
                    .map(row ->
                            row.values().stream().map(RealServerIT::json).collect(Collectors.joining(",", "[", "]")))
                    .collect(Collectors.joining(",", "[", "]"));
            String answer = server.runOverHttp(query);
            assertTrue(answer.contains("\"values\":" + expected), () -> expected + " in " + answer);
        }
        String facts = server.runOverHttp(EXPLAIN.replaceAll("RETURN .*", "RETURN source, fact, target LIMIT 1"));
        assertTrue(facts.contains("elementId") && !facts.contains("\"errors\""), facts);
        String failed = server.runOverHttp("CALL whylink.train('m')");
        assertTrue(failed.contains("a model 'm' exists already"), failed);
    }

    private static String json(Object value) {
        return value instanceof org.neo4j.driver.Value inner
                ? json(inner.asObject())
                : value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }

    @Test
    void cypherShellTrainsAndPredicts() throws IOException, InterruptedException {
        String said = cypherShell(
                "CALL whylink.train('m') YIELD modelName RETURN modelName;",
                PREDICT.replaceAll("RETURN .*", "RETURN rank, target.name AS target ORDER BY rank LIMIT 1;"));
        String expected =
                "1, \"%s\"".formatted(server.run(PREDICT).get(0).get("target").asString());
        assertTrue(said.lines().anyMatch(expected::equals), said);
        assertTrue(cypherShell("CALL whylink.train('m');").contains("a model 'm' exists already"));
    }

    private static String cypherShell(String... statements) throws IOException, InterruptedException {
        String classPath = Files.readString(Path.of(System.getProperty("whylink.cypher-shell.classpath")))
                .strip();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                classPath,
                "org.neo4j.shell.Main",
                "--address",
                server.boltUri(),
                "--username",
                ServerProcess.USER,
                "--password",
                ServerProcess.PASSWORD,
                "--format",
                "plain",
                "--non-interactive"));
        Process shell = new ProcessBuilder(command).redirectErrorStream(true).start();
        shell.getOutputStream().write(String.join("\n", statements).getBytes(StandardCharsets.UTF_8));
        shell.getOutputStream().close();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        ChildJvm.awaitEnd(shell, 60);
        return said;
    }

    private static List<Map<String, Object>> answers() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String query : List.of(PREDICT, EXPLAIN)) {
            server.run(query).forEach(row -> rows.add(row.asMap()));
        }
        return rows;
    }
}
