package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;

final class RestartIT {
    @Test
    void aModelGivesTheSameAnswersToTheLastBitAfterARestart() {
        Path home = Server.temporaryDirectory();
        List<Map<String, Object>> before;
        try (Server server = Server.start(home)) {
            server.run(SmallGraphs.TOWNS);
            server.run("CALL whylink.train('m', {randomSeed: 7})");
            before = answers(server);
        }
        try (Server server = Server.start(home)) {
            assertEquals(before, answers(server));
            assertFalse(server.one("CALL whylink.models('m')").get("stale").asBoolean());
        }
        assertFalse(before.isEmpty());
    }

    private static List<Map<String, Object>> answers(Server server) {
        List<Record> predicted = server.run(
                """
                MATCH (s {name: 'dora'})
                CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 100, includeKnown: true})
                YIELD rank, target, score, probability
                RETURN rank, target.name AS target, score, probability ORDER BY rank
                """);
        List<Record> explained = server.run(
                """
                MATCH (s {name: 'dora'}), (t {name: 'Germany'})
                CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1000})
                YIELD rank, source, fact, target, influence, share, probability
                RETURN rank, source.name AS source, type(fact) AS type, target.name AS target, influence, share, probability
                ORDER BY rank
                """);
        return Stream.concat(predicted.stream(), explained.stream())
                .map(Record::asMap)
                .toList();
    }
}
