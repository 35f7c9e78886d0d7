package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;

/** What the plugin keeps in memory, jobs, claims and models, is kept apart by database: see {@link DatabasesMain}. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class SeveralDatabasesIT {
    private static final String ENDLESS =
            "CALL whylink.train('m', {maxEpochs: 100000, embeddingDimension: 256, background: true}) "
                    + "YIELD jobId RETURN jobId";
    private static final String SHORT = "CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 100})";

    private static Process process;
    private static Server first;
    private static Server second;

    @BeforeAll
    static void start() throws IOException {
        Path home = Server.temporaryDirectory();
        process = ChildJvm.start(
                System.getProperty("java.class.path") + File.pathSeparator + Server.pluginJar(),
                DatabasesMain.class,
                home.resolve("errors.log"),
                home.resolve("first").toString(),
                home.resolve("second").toString());
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        first = Server.at(URI.create(output.readLine()));
        second = Server.at(URI.create(output.readLine()));
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        process.destroyForcibly();
    }

    @BeforeEach
    void graphs() {
        for (Server database : List.of(first, second)) {
            database.run("MATCH (n) DETACH DELETE n");
            database.run(SmallGraphs.TOWNS);
        }
        // Another graph: here the people of Berlin are citizens of France.
        second.run("MATCH (p)-[:LIVES_IN]->({name: 'Berlin'}), (p)-[c:CITIZEN_OF]->(), (france {name: 'France'}) "
                + "CREATE (p)-[:CITIZEN_OF]->(france) DELETE c");
    }

    @Test
    void trainingsOfOneNameGoOnSideBySideAndEachIsSeenWhereItIs() throws InterruptedException {
        String inFirst = first.one(ENDLESS).get("jobId").asString();
        String inSecond = second.one(ENDLESS).get("jobId").asString();
        first.fails(ENDLESS, "'m' is being trained");
        assertEquals(Set.of(inFirst), jobs(first));
        assertEquals(Set.of(inSecond), jobs(second));

        first.fails("CALL whylink.jobs.cancel('%s')".formatted(inSecond), "no job '%s' is running".formatted(inSecond));
        first.run("CALL whylink.jobs.cancel('%s')".formatted(inFirst));
        awaitEnd(first);
        assertEquals("training", second.one("CALL whylink.jobs()").get("phase").asString());
        second.run("CALL whylink.jobs.cancel('%s')".formatted(inSecond));
        awaitEnd(second);
        assertEquals(List.of(), first.traces());
        assertEquals(List.of(), second.traces());
    }

    @Test
    void modelsOfOneNameAnswerFromTheirOwnGraph() {
        CompletableFuture<Void> alongside = CompletableFuture.runAsync(() -> second.run(SHORT));
        first.run(SHORT);
        alongside.join();
        String question = "MATCH (d {name: 'dora'}), (g {name: 'Germany'}), (f {name: 'France'}) "
                + "RETURN whylink.rank('m', d, 'CITIZEN_OF', g) < whylink.rank('m', d, 'CITIZEN_OF', f) AS german";
        for (int again = 0; again < 2; again++) {
            assertEquals(true, first.one(question).get("german").asBoolean());
            assertEquals(false, second.one(question).get("german").asBoolean());
        }
        String score =
                "MATCH (d {name: 'dora'}), (g {name: 'Germany'}) RETURN whylink.score('m', d, 'CITIZEN_OF', g) AS score";
        double before = second.one(score).get("score").asDouble();
        assertNotEquals(first.one(score).get("score").asDouble(), before);

        first.run("CALL whylink.models.drop('m')");
        first.fails(score, "there is no model 'm'");
        assertEquals(before, second.one(score).get("score").asDouble());
        List<Record> facts = second.run(
                "MATCH (d {name: 'dora'}), (f {name: 'France'}) CALL whylink.explain('m', {source: d, type: 'CITIZEN_OF', target: f}) YIELD fact RETURN fact");
        assertFalse(facts.isEmpty());
    }

    private static Set<String> jobs(Server server) {
        return server.run("CALL whylink.jobs() YIELD jobId RETURN jobId").stream()
                .map(row -> row.get("jobId").asString())
                .collect(Collectors.toSet());
    }

    private static void awaitEnd(Server server) throws InterruptedException {
        while (!Set.of("cancelled", "failed", "done")
                .contains(server.one("CALL whylink.jobs()").get("phase").asString())) {
            Thread.sleep(20);
        }
    }
}
