package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code whylink.audit} on the demo graph. */
final class AuditIT {
    private static final Path ATLAS = Path.of(System.getProperty("whylink.root"), "cypher-examples/graph/atlas.cypher");

    /** Thirty facts with another target, or another source, that some fact of the type has; by a fixed order. */
    private static final String PLANT =
            """
            MATCH (a)-[f]->(b)
            WITH a, type(f) AS type, b ORDER BY type, a.code, a.name, b.code, b.name
            WITH collect({a: a, type: type, b: b}) AS facts
            UNWIND range(0, 29) AS i
            WITH i, facts, facts[(i * 7919 + 13) % size(facts)] AS one
            WITH i, one, [fact IN facts WHERE fact.type = one.type] AS same
            WITH one, same[(i * 104729 + 101) % size(same)] AS other, i
            WITH one.type AS type, CASE i % 2 WHEN 0 THEN one.a ELSE other.a END AS a,
              CASE i % 2 WHEN 0 THEN other.b ELSE one.b END AS b
            WHERE NOT EXISTS { MATCH (a)-[g]->(b) WHERE type(g) = type }
            CREATE (a)-[wrong:$(type)]->(b)
            SET wrong.planted = true
            RETURN count(*) AS planted
            """;

    @Test
    void plantedErrorsStandFirst() throws IOException {
        try (EmbeddedDatabase database = new EmbeddedDatabase(Server.temporaryDirectory(), Server.pluginJar())) {
            database.load(ATLAS);
            long planted = (Long) database.run(PLANT).get(0).get("planted");
            assertTrue(planted >= 20, planted + " were planted");
            database.run(
                    "CALL whylink.train('atlas', {scoringFunction: 'TransE', influence: false}) YIELD facts RETURN facts");
            List<Map<String, Object>> rows = database.run(
                    "CALL whylink.audit('atlas', {topK: 60}) YIELD rank, source, fact, type, target, severity, precision, message, signals, probability, targetRank "
                            + "RETURN rank, fact.planted AS planted, source.name + ' ' + type + ' ' + target.name AS text, severity, precision, message, size(keys(signals)) AS signals, probability, targetRank");
            assertEquals(60, rows.size());
            long found = rows.stream().filter(row -> row.get("planted") != null).count();
            // Chance would be one.
            assertTrue(found >= planted / 2, found + " of " + planted + " among the first 60");
            for (Map<String, Object> row : rows) {
                assertFalse(((String) row.get("message")).contains("{"), row.toString());
            }
            Map<String, Object> job = database.run(
                            "CALL whylink.jobs() YIELD task, epoch, maxEpochs WHERE task = 'audit' RETURN epoch, maxEpochs")
                    .get(0);
            assertEquals(job.get("maxEpochs"), job.get("epoch"), "the epochs of all its trainings");
            assertTrue((Long) job.get("epoch") > 100, job.toString());
        }
    }
}
