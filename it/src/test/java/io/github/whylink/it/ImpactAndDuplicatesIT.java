package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;
import org.neo4j.driver.exceptions.Neo4jException;

/** {@code whylink.audit.impact} and {@code whylink.audit.duplicates} through the driver. */
final class ImpactAndDuplicatesIT {
    private static final String IMPACT =
            """
            MATCH ({name: 'bob'})-[asked:CITIZEN_OF]->()
            CALL whylink.audit.impact('m', {fact: asked, %s})
            YIELD rank, source, type, target, fact, probability, probabilityAfter, change
            RETURN rank, source.name + ' ' + type + ' ' + target.name AS link, fact IS NOT NULL AS exists, fact = asked AS itself,
              probability, probabilityAfter, change, whylink.probability('m', source, type, target) AS said
            """;

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void whatStandsOrFallsWithAFactComesInTheOrderOfItsChange() {
        server.run(
                "CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 20, optimizer: 'SGD', initialScale: 0.5})");
        for (String tier : List.of("fast", "replay")) {
            List<Record> rows = server.run(IMPACT.formatted("topK: 12, tier: '" + tier + "'"));
            assertEquals(12, rows.size());
            double before = Double.POSITIVE_INFINITY;
            for (Record row : rows) {
                double change = row.get("change").asDouble();
                assertTrue(Math.abs(change) <= before, rows.toString());
                before = Math.abs(change);
                assertEquals(row.get("said").asDouble(), row.get("probability").asDouble(), row.toString());
                assertEquals(
                        row.get("probability").asDouble() + change,
                        row.get("probabilityAfter").asDouble());
                assertFalse(row.get("itself").asBoolean(false), row.toString());
            }
            assertTrue(before > 0);
            assertTrue(rows.stream().anyMatch(row -> row.get("exists").asBoolean()), rows.toString());
        }
        assertTrue(server.run(IMPACT.formatted("among: 'predictions'")).stream()
                .noneMatch(row -> row.get("exists").asBoolean()));
        assertTrue(server.run(IMPACT.formatted("among: 'facts'")).stream()
                .allMatch(row -> row.get("exists").asBoolean()));
    }

    @Test
    void withoutARecordTheImpactNeedsAReplay() {
        server.run("CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 5, influence: false})");
        Neo4jException e = assertThrows(Neo4jException.class, () -> server.run(IMPACT.formatted("topK: 3")));
        assertTrue(e.getMessage().contains("set 'tier' to 'replay'"), e.getMessage());
        assertEquals(3, server.run(IMPACT.formatted("topK: 3, tier: 'replay'")).size());
    }

    @Test
    void aNodeThatWasEnteredTwiceIsFoundWithWhatItShares() {
        server.run(
                """
                MATCH (anna {name: 'anna'}), (bob {name: 'bob'}), (carl {name: 'carl'}), (henri {name: 'henri'})
                CREATE (anna)-[:LIKES]->(carl), (anna)-[:LIKES]->(henri), (henri)-[:KNOWS]->(anna),
                  (again:Person {name: 'Anna'}), (again)-[:LIKES]->(carl), (again)-[:LIKES]->(henri),
                  (again)-[:KNOWS]->(bob), (henri)-[:KNOWS]->(again)
                """);
        server.run("CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 60})");
        String duplicates =
                "CALL whylink.audit.duplicates('m', {topK: 10, nodeLabels: 'Person'}) YIELD rank, first, second, score, shared "
                        + "RETURN first.name AS first, second.name AS second, score, shared";
        List<Record> rows = server.run(duplicates);
        // Irene and Jean live in one town and are citizens of one country, and no more is known of them: they come
        // before.
        Record twice = rows.stream()
                .filter(row -> Set.of("anna", "Anna")
                        .equals(Set.of(
                                row.get("first").asString(), row.get("second").asString())))
                .findFirst()
                .orElseThrow(() -> new AssertionError(rows.toString()));
        assertEquals(2, twice.get("shared").get("-[LIKES]->").asLong(), twice.toString());
        assertEquals(1, twice.get("shared").get("<-[KNOWS]-").asLong(), twice.toString());
        assertTrue(server
                .run(
                        "CALL whylink.audit.duplicates('m', {topK: 1000}) YIELD first, second RETURN labels(first) = labels(second) AS alike")
                .stream()
                .allMatch(row -> row.get("alike").asBoolean()));
        assertTrue(server
                .run(
                        "CALL whylink.audit.duplicates('m', {topK: 1000, acrossLabels: true}) YIELD first, second RETURN labels(first) = labels(second) AS alike")
                .stream()
                .anyMatch(row -> !row.get("alike").asBoolean()));
    }
}
