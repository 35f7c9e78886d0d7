package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;

/** A link has one score, whoever is asked; and a fact can be explained as a prediction can. */
final class ScoreFunctionsIT {
    private static final String DORA_IN_GERMANY = "MATCH (s {name: 'dora'}), (t {name: 'Germany'}) ";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    @Test
    void theFunctionsAgreeWithWhatIsPredictedToTheLastBit() {
        for (String how : List.of(
                "scoringFunction: 'ComplEx'",
                "scoringFunction: 'TransE'",
                "scoringFunction: 'RotatE', reciprocalRelations: true")) {
            server.run("CALL whylink.train('m', {%s, maxEpochs: 20})".formatted(how));
            List<Record> rows = server.run(
                    """
                    MATCH (n) WHERE n.whylink_m IS NOT NULL
                    UNWIND ['IN', 'LIVES_IN', 'CITIZEN_OF', 'KNOWS'] AS type
                    CALL whylink.predict.targets('m', {source: n, type: type, topK: 1000})
                    YIELD rank, target, score, probability
                    RETURN rank, score, probability, whylink.score('m', n, type, target) AS scored,
                      whylink.probability('m', n, type, target) AS probable, whylink.rank('m', n, type, target) AS ranked
                    """);
            assertTrue(rows.size() > 900, rows.size() + " rows");
            for (Record row : rows) {
                assertEquals(row.get("score").asDouble(), row.get("scored").asDouble());
                assertEquals(
                        row.get("probability").asDouble(), row.get("probable").asDouble());
                assertEquals(row.get("rank").asDouble(), row.get("ranked").asDouble(), "no two scores are equal");
            }
            assertEquals(
                    List.of(),
                    server.run(
                            """
                            CALL whylink.predict.links('m', {topK: 100000}) YIELD source, type, target, score, probability, targetRank
                            WHERE score <> whylink.score('m', source, type, target)
                              OR probability <> whylink.probability('m', source, type, target)
                              OR targetRank <> whylink.rank('m', source, type, target)
                            RETURN *
                            """));
            assertEquals(
                    List.of(),
                    server.run(
                            """
                            MATCH (s), (t) WHERE s.whylink_m IS NOT NULL AND t.whylink_m IS NOT NULL
                            CALL whylink.predict.types('m', {source: s, target: t, includeKnown: true})
                            YIELD source, type, target, score, probability, targetRank
                            WHERE score <> whylink.score('m', source, type, target)
                              OR probability <> whylink.probability('m', source, type, target)
                              OR targetRank <> whylink.rank('m', source, type, target)
                            RETURN *
                            """));
            Record explained = server.one(DORA_IN_GERMANY
                    + "CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1}) YIELD probability "
                    + "RETURN probability, whylink.probability('m', s, 'CITIZEN_OF', t) AS probable");
            assertEquals(
                    explained.get("probability").asDouble(),
                    explained.get("probable").asDouble());
            assertEquals(
                    List.of(),
                    server.run(
                            "MATCH (n) WHERE n.whylink_m IS NOT NULL AND whylink.embedding('m', n) <> [x IN n.whylink_m | x] RETURN n"));
            assertEquals(
                    List.of(),
                    server.run(
                            "MATCH (:_WhylinkModel {name: 'm'})-->(r:_WhylinkRelation) WHERE whylink.embedding('m', r.type) <> [x IN r.embedding | x] RETURN r"));
            server.run("CALL whylink.models.drop('m')");
        }
    }

    /** Whoever is asked, and however long the model has been in memory. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void aDeletedNodeIsNoCompetitor() throws InterruptedException {
        server.run("CALL whylink.train('m', {maxEpochs: 5})");
        String best =
                """
                MATCH (s {name: 'dora'})
                CALL whylink.predict.targets('m', {source: s, type: 'KNOWS', topK: 2}) YIELD rank, target
                WHERE rank = %d WITH s, target
                """;
        Record second = server.one(
                best.formatted(2)
                        + "RETURN target.name AS name, whylink.rank('m', s, 'KNOWS', target) AS rank, whylink.probability('m', s, 'KNOWS', target) AS p");
        assertEquals(2, second.get("rank").asDouble());
        server.run(best.formatted(1) + "DETACH DELETE target CREATE (:Person {name: 'newcomer'})");
        String asked = "MATCH (s {name: 'dora'}), (t {name: '%s'}) %%s"
                .formatted(second.get("name").asString());
        Record now = server.one(asked.formatted(
                "RETURN whylink.rank('m', s, 'KNOWS', t) AS rank, whylink.probability('m', s, 'KNOWS', t) AS p"));
        while (now.get("rank").asDouble() != 1) {
            // A server that is busy looks less often.
            Thread.sleep(100);
            now = server.one(asked.formatted(
                    "RETURN whylink.rank('m', s, 'KNOWS', t) AS rank, whylink.probability('m', s, 'KNOWS', t) AS p"));
        }
        assertTrue(now.get("p").asDouble() > second.get("p").asDouble());
        Record typed = server.one(
                asked.formatted(
                        "CALL whylink.predict.types('m', {source: s, target: t}) YIELD type, targetRank, probability WHERE type = 'KNOWS' RETURN targetRank AS rank, probability AS p"));
        assertEquals(now.asMap(), typed.asMap());
    }

    @Test
    void whatIsNullOrUnknownMakesTheResultNull() {
        server.run("CALL whylink.train('m', {maxEpochs: 1})");
        Record row = server.one(
                "MATCH (nobody {name: 'nobody'}), (dora {name: 'dora'}) OPTIONAL MATCH (zoe {name: 'zoe'}) "
                        + "RETURN whylink.score('m', dora, 'KNOWS', zoe) AS a, whylink.probability('m', nobody, 'KNOWS', dora) AS b, "
                        + "whylink.rank('m', dora, null, dora) AS c, whylink.embedding('m', nobody) AS d, whylink.embedding('m', null) AS e");
        assertTrue(row.values().stream().allMatch(value -> value.isNull()), row.toString());
        fails(DORA_IN_GERMANY + "RETURN whylink.score('n', s, 'KNOWS', t)", "there is no model 'n'");
        fails(DORA_IN_GERMANY + "RETURN whylink.score(null, s, 'KNOWS', t)", "modelName must be");
        fails(DORA_IN_GERMANY + "RETURN whylink.rank('m', s, 'KNOWSS', t)", "did you mean 'KNOWS'?");
        fails("RETURN whylink.embedding('m', 'KNOWSS')", "did you mean 'KNOWS'?");
        fails(
                "RETURN whylink.embedding('m', 3)",
                "'nodeOrType' must be a node or the name of a relationship type of model 'm'");
    }

    @Test
    void aKnownLinkIsRankedAmongTheUnknownOnes() {
        server.run("CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 200})");
        Record row = server.one(
                "MATCH (s {name: 'carl'})-[:CITIZEN_OF]->(t) RETURN whylink.rank('m', s, 'CITIZEN_OF', t) AS rank");
        assertEquals(1.0, row.get("rank").asDouble());
    }

    @Test
    void aFactIsExplainedWithItself() {
        server.run("CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 50})");
        List<Record> rows = fact("KNOWS", "topK: 10000");
        assertEquals(
                1,
                rows.stream()
                        .filter(row -> row.get("role").asString().equals("the fact itself"))
                        .count());
        assertEquals(
                "the fact itself", rows.get(0).get("role").asString(), "nothing else says that they know each other");
        assertEquals(rows.subList(0, 3), fact("KNOWS", "topK: 3"), "the first ones are those of looking at all");
        assertEquals(
                rows.get(0).get("probability").asDouble(),
                server.one("MATCH (s {name: 'anna'})-[:KNOWS]->(t) RETURN whylink.probability('m', s, 'KNOWS', t) AS p")
                        .get("p")
                        .asDouble());
        Record verified = fact("KNOWS", "tier: 'verify', topK: 1").get(0);
        assertEquals("the fact itself", verified.get("role").asString());
        assertTrue(verified.get("verified").asDouble() > 0, verified.toString());
        assertFalse(fact("CITIZEN_OF", "direction: 'supporting', method: 'neighbourhood'")
                .isEmpty());
    }

    @Test
    void aFactThatWasHeldOutIsExplainedAsAPrediction() {
        server.run("CALL whylink.train('m', {heldOutFraction: 0.0, maxEpochs: 50})");
        server.run(DORA_IN_GERMANY + "CREATE (s)-[:CITIZEN_OF]->(t)");
        String columns =
                " YIELD rank, fact, influence, role, probability RETURN rank, elementId(fact) AS fact, influence, role, probability ORDER BY rank";
        assertEquals(
                server.run(DORA_IN_GERMANY
                        + "CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 100})" + columns),
                server.run("MATCH ({name: 'dora'})-[r:CITIZEN_OF]->() CALL whylink.explain.fact('m', r, {topK: 100})"
                        + columns));
    }

    @Test
    void aFactMustBeOneThatTheModelCanKnow() {
        server.run("CALL whylink.train('m', {maxEpochs: 1, relationshipTypes: ['LIVES_IN', 'CITIZEN_OF']})");
        fails("CALL whylink.explain.fact('m', null)", "'fact' must be a relationship", "find nothing");
        fails("CALL whylink.explain.fact('m', null, {topk: 0})", "2 problems", "'fact' must be", "'topK' must be");
        fails(
                "MATCH ()-[r:KNOWS]->() CALL whylink.explain.fact('m', r) YIELD fact RETURN fact",
                "not trained on relationships of type 'KNOWS'");
        fails(
                "MATCH ({name: 'anna'})-[r:CITIZEN_OF]->() CALL whylink.explain.fact('m', r, {source: 1}) YIELD fact RETURN fact",
                "unknown key 'source'");
    }

    @Test
    void whetherAModelExistsCanBeAsked() {
        assertEquals(Map.of("modelName", "m", "exists", false), existing("m"));
        server.run("CALL whylink.train('m', {maxEpochs: 1})");
        assertEquals(Map.of("modelName", "m", "exists", true, "state", "ready"), existing("m"));
        server.run("MATCH (m:_WhylinkModel) SET m.state = 'training'");
        assertEquals(Map.of("modelName", "m", "exists", true, "state", "incomplete"), existing("m"));
        fails("CALL whylink.models.exists('my model')", "modelName must be");
    }

    private Map<String, Object> existing(String name) {
        Map<String, Object> row = new HashMap<>(
                server.one("CALL whylink.models.exists('%s')".formatted(name)).asMap());
        row.values().removeIf(Objects::isNull);
        return row;
    }

    private List<Record> fact(String type, String configuration) {
        return server.run(
                "MATCH ({name: 'anna'})-[r:%s]->() CALL whylink.explain.fact('m', r, {%s}) YIELD rank, source, fact, influence, verified, role, probability RETURN * ORDER BY rank"
                        .formatted(type, configuration));
    }

    private void fails(String query, String... parts) {
        server.fails(query, parts);
    }
}
