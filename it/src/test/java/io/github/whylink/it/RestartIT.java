package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RestartIT {
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
