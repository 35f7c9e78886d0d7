package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;
import org.neo4j.driver.exceptions.Neo4jException;

/** Models that get new nodes, and trainings that go on where another came to. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class EmbedAndContinueIT {
    private static final String TRAINED =
            "maxEpochs: 20, optimizer: 'SGD', learningRate: 0.05, initialScale: 0.5, embeddingDimension: 8, negativeSamples: 5";

    private static final String LOUISE =
            "MATCH (paris {name: 'Paris'}), (jean {name: 'jean'}) CREATE (paris)<-[:LIVES_IN]-(:Person {name: 'louise'})-[:KNOWS]->(jean)";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
    }

    private void train(String more) {
        server.run("CALL whylink.train('m', {%s, %s})".formatted(TRAINED, more));
    }

    /** All that there is, and what it has. */
    private List<Record> everything() {
        return server.run(
                """
                MATCH (n) RETURN elementId(n) AS id, labels(n) AS is, properties(n) AS has ORDER BY id
                UNION ALL
                MATCH ()-[r]->() RETURN elementId(r) AS id, [type(r)] AS is, properties(r) AS has ORDER BY id
                """);
    }

    private List<Record> rows() {
        return server.run(
                """
                MATCH (n) WHERE n.whylink_m IS NOT NULL AND n.name <> 'louise' RETURN n.name AS name, n.whylink_m AS row ORDER BY name
                UNION ALL
                MATCH (:_WhylinkModel {name: 'm'})-->(n:_WhylinkRelation) RETURN n.type AS name, n.embedding AS row ORDER BY name
                """);
    }

    private List<String> withUpdates() {
        return server
                .run(
                        "MATCH (a)-[r]->(b) WHERE coalesce(r.whylink_m_rollback, r.whylink__2_m_rollback) IS NOT NULL RETURN a.name + type(r) + b.name AS fact ORDER BY fact")
                .stream()
                .map(row -> row.get("fact").asString())
                .toList();
    }

    private boolean stale() {
        return server.one("CALL whylink.models('m') YIELD stale RETURN stale")
                .get("stale")
                .asBoolean();
    }

    private String refused(String query) {
        return assertThrows(Neo4jException.class, () -> server.run(query)).getMessage();
    }

    @Test
    void aNewNodeIsEmbeddedAndNoOtherRowIsMovedAndAllOfItIsUndone() {
        train("heldOutFraction: 0.1");
        server.run(LOUISE);
        List<Record> before = everything();
        List<Record> rows = rows();
        assertTrue(stale());
        Record row = server.one("CALL whylink.embed('m') YIELD nodes, facts, stale, loss, written RETURN *");
        assertEquals(1, row.get("nodes").asLong());
        assertEquals(2, row.get("facts").asLong());
        assertTrue(row.get("written").asBoolean());
        assertFalse(row.get("stale").asBoolean());
        assertEquals(rows, rows());
        assertFalse(stale());
        assertTrue(withUpdates().containsAll(List.of("louiseLIVES_INParis", "louiseKNOWSjean")));

        List<String> why = server
                .run(
                        """
                        MATCH (louise {name: 'louise'}), (france {name: 'France'})
                        CALL whylink.explain('m', {source: louise, type: 'CITIZEN_OF', target: france, topK: 100})
                        YIELD source, type, target RETURN source.name + type + target.name AS fact
                        """)
                .stream()
                .map(found -> found.get("fact").asString())
                .toList();
        assertTrue(why.contains("louiseLIVES_INParis"), why.toString());
        String replay = refused(
                """
                MATCH (louise {name: 'louise'})
                CALL whylink.predict.targets('m', {source: louise, type: 'CITIZEN_OF', topK: 1}) YIELD target
                CALL whylink.explain('m', {source: louise, type: 'CITIZEN_OF', target: target, tier: 'replay'}) YIELD rank RETURN rank
                """);
        assertTrue(replay.contains("was changed after its training (embedded 1 node)"), replay);
        assertEquals(
                0,
                server.one("CALL whylink.embed('m') YIELD nodes RETURN nodes")
                        .get("nodes")
                        .asLong());

        Record reverted = server.one("CALL whylink.models.revert('m') YIELD change, nodes, facts RETURN *");
        assertEquals("embedded 1 node", reverted.get("change").asString());
        assertEquals(1, reverted.get("nodes").asLong());
        assertEquals(2, reverted.get("facts").asLong());
        assertEquals(before, everything());
    }

    @Test
    void whatWasHeldOutStaysSoAfterNodesWereAdded() {
        for (boolean influence : new boolean[] {true, false}) {
            train("heldOutFraction: 0.2, overwrite: true, influence: " + influence);
            List<Record> measured = server.run(
                    "CALL whylink.evaluate('m') YIELD type, side, facts RETURN type, side, facts ORDER BY type, side");
            server.run(LOUISE);
            server.run("CALL whylink.embed('m')");
            assertEquals(
                    measured,
                    server.run(
                            "CALL whylink.evaluate('m') YIELD type, side, facts RETURN type, side, facts ORDER BY type, side"));
            server.run("MATCH (louise {name: 'louise'}) DETACH DELETE louise");
        }
    }

    @Test
    void anEnsembleIsGivenNewNodesInAllItsMembers() {
        train("heldOutFraction: 0.0, ensembleSize: 2, scoringFunction: 'DistMult'");
        server.run(LOUISE);
        List<Record> rows = rows();
        server.run("CALL whylink.embed('m')");
        assertEquals(rows, rows());
        assertEquals(
                16,
                server.one("MATCH (n {name: 'louise'}) RETURN size([x IN n.whylink_m WHERE x <> 0]) AS n")
                        .get("n")
                        .asLong());
    }

    /** What the training says of others, and what memory holds of it, goes on for those that come. */
    @Test
    void whatAModelSaysOfItsOwnNodesItSaysOfNewOnes() {
        // So many facts are held out that there are probabilities of links.
        server.run("UNWIND range(1, 60) AS i MATCH (t {name: ['Berlin', 'Paris'][i % 2]})-[:IN]->(c) "
                + "CREATE (p:Person {name: 'p' + i})-[:CITIZEN_OF]->(c), (p)-[:LIVES_IN]->(t)");
        train("heldOutFraction: 0.4, ensembleSize: 2, scoringFunction: 'DistMult'");
        List<Record> curves = calibrations();
        why("dora");
        server.run(LOUISE);
        server.run("CALL whylink.embed('m')");
        assertEquals(4, curves.size());
        assertEquals(curves, calibrations());
        Record best = server.one(
                """
                MATCH (louise {name: 'louise'})
                CALL whylink.predict.targets('m', {source: louise, type: 'CITIZEN_OF', topK: 1}) YIELD calibrated, members
                RETURN calibrated, members
                """);
        assertTrue(best.get("calibrated").asDouble() > 0);
        assertTrue(best.get("members").asLong() <= 2);
        assertTrue(why("louise").contains("louiseLIVES_INParis"));
        assertTrue(server.one("CALL whylink.report('m', {examples: 1}) YIELD html RETURN html")
                .get("html")
                .asString()
                .contains("embedded 1 node"));

        server.run("CALL whylink.train('m', {continueFrom: 'm', overwrite: true, maxEpochs: 3})");
        assertEquals(curves.size(), calibrations().size());
        assertNotEquals(curves, calibrations());
        assertEquals(
                List.of(1L, 2L, 3L),
                server.one("MATCH (m:_WhylinkModel) RETURN m.curveEpoch AS epochs")
                        .get("epochs")
                        .asList());
        assertTrue(server.one("CALL whylink.report('m', {examples: 1}) YIELD html RETURN html")
                .get("html")
                .asString()
                .contains("went on from model"));
    }

    private List<Record> calibrations() {
        return server.run(
                "MATCH (r:_WhylinkRelation) WHERE r.calibrationSlope IS NOT NULL RETURN r.type, r.calibrationSlope, r.calibrationIntercept ORDER BY r.type");
    }

    private List<String> why(String source) {
        return server
                .run(
                        """
                        MATCH (source {name: $source}), (france {name: 'France'})
                        CALL whylink.explain('m', {source: source, type: 'CITIZEN_OF', target: france, topK: 100})
                        YIELD source AS s, type, target AS t RETURN s.name + type + t.name AS fact
                        """,
                        Map.of("source", source))
                .stream()
                .map(found -> found.get("fact").asString())
                .toList();
    }

    @Test
    void whatWasForgottenStaysForgottenByAModelThatIsGivenNewNodes() {
        train("heldOutFraction: 0.0");
        server.run(
                "MATCH ({name: 'jean'})-[r:CITIZEN_OF]->() CALL whylink.forget('m', {facts: [r]}) YIELD facts RETURN facts");
        List<Object> forgotten = forgotten();
        server.run(LOUISE);
        List<Record> before = everything();
        server.run("CALL whylink.embed('m')");
        assertEquals(1, forgotten.size());
        assertEquals(forgotten, forgotten());
        assertFalse(withUpdates().contains("jeanCITIZEN_OFFrance"));
        String none = refused(
                "MATCH ({name: 'jean'})-[r:CITIZEN_OF]->() CALL whylink.forget('m', {facts: [r]}) YIELD facts RETURN facts");
        assertTrue(none.contains("'facts'"), none);

        server.run("CALL whylink.models.revert('m')");
        // What could be put back of the forgetting was replaced by what the embedding needed.
        assertEquals(withoutUndo(before), withoutUndo(everything()));
    }

    private static List<Record> withoutUndo(List<Record> all) {
        return all.stream()
                .filter(one -> !one.get("is")
                        .asList()
                        .toString()
                        .toLowerCase(Locale.ROOT)
                        .contains("undo"))
                .toList();
    }

    private List<Object> forgotten() {
        return server.one("MATCH (m:_WhylinkModel) RETURN coalesce(m.forgottenFacts, []) AS keys")
                .get("keys")
                .asList();
    }

    @Test
    void aTrainingThatGoesOnLearnsWhatWasForgottenIfItIsStillThereAndMeasuresNothingWithIt() {
        train("heldOutFraction: 0.0");
        server.run(
                "MATCH (:Person)-[r:CITIZEN_OF]->({name: 'France'}) WITH collect(r) AS all CALL whylink.forget('m', {facts: all}) YIELD facts RETURN facts");
        assertEquals(SmallGraphs.TOWNS_FACTS - 4, withUpdates().size());
        server.run("CALL whylink.train('m', {continueFrom: 'm', overwrite: true, maxEpochs: 1, heldOutFraction: 0.5})");
        assertTrue(withUpdates().contains("jeanCITIZEN_OFFrance"));
        assertEquals(SmallGraphs.TOWNS_FACTS, withUpdates().size());
        assertEquals(List.of(), forgotten());
    }

    @Test
    void whatCannotBeEmbeddedIsRefusedWithTheReason() {
        train("heldOutFraction: 0.0");
        String known =
                refused("MATCH (n {name: 'anna'}) CALL whylink.embed('m', {nodes: [n]}) YIELD nodes RETURN nodes");
        assertTrue(known.contains("'nodes' has a node that model 'm' knows already"), known);
        String without =
                refused("MATCH (n {name: 'nobody'}) CALL whylink.embed('m', {nodes: n}) YIELD nodes RETURN nodes");
        assertTrue(without.contains("takes part in no fact"), without);
        server.run("MATCH (n {name: 'nobody'}), (berlin {name: 'Berlin'}) CREATE (n)-[:WORKS_IN]->(berlin)");
        String type = refused("CALL whylink.embed('m') YIELD nodes RETURN nodes");
        assertTrue(type.contains("'WORKS_IN'") && type.contains("continueFrom: 'm'"), type);
    }

    @Test
    void aTrainingGoesOnInTheRowsOfAnotherWithTheGraphAsItIs() {
        train("heldOutFraction: 0.1");
        List<String> trained = withUpdates();
        server.run(LOUISE);
        server.run("MATCH (anna {name: 'anna'}), (dora {name: 'dora'}) CREATE (anna)-[:LIKES]->(dora)");
        Record row = server.one(
                """
                CALL whylink.train('m', {continueFrom: 'm', overwrite: true, maxEpochs: 2, learningRate: 0.01})
                YIELD entities, relations, epochs, configuration
                RETURN entities, relations, epochs, configuration.embeddingDimension AS dimension, configuration.optimizer AS optimizer
                """);
        assertEquals(SmallGraphs.TOWNS_ENTITIES + 1, row.get("entities").asLong());
        assertEquals(5, row.get("relations").asLong());
        assertEquals(2, row.get("epochs").asLong());
        assertEquals(8, row.get("dimension").asLong());
        assertEquals("SGD", row.get("optimizer").asString());
        assertTrue(withUpdates().containsAll(trained), "no fact that was trained on is held out now");
        assertEquals(
                "m",
                server.one("CALL whylink.models('m') YIELD continuedFrom RETURN continuedFrom")
                        .get("continuedFrom")
                        .asString());
        int heldOut = SmallGraphs.TOWNS_FACTS + 3 - withUpdates().size();
        assertEquals(
                heldOut,
                server.one("CALL whylink.evaluate('m') YIELD type, facts WHERE type IS NULL RETURN facts")
                        .get("facts")
                        .asLong());
        String replay = refused(
                """
                MATCH (dora {name: 'dora'})
                CALL whylink.predict.targets('m', {source: dora, type: 'CITIZEN_OF', topK: 1}) YIELD target
                CALL whylink.explain('m', {source: dora, type: 'CITIZEN_OF', target: target, tier: 'replay'}) YIELD rank RETURN rank
                """);
        assertTrue(replay.contains("began in the rows of model 'm'"), replay);
        server.run("CALL whylink.models.drop('m')");
        assertEquals(List.of(), server.traces());
    }

    /** With so low a rate nothing moves, so that what is stored is what the first training recorded. */
    @Test
    void whatTheFirstTrainingRecordedIsKept() {
        train("heldOutFraction: 0.0, influenceStorage: 'float32'");
        List<Record> before = server.run(
                "MATCH (a)-[r:IN|LIVES_IN|CITIZEN_OF|KNOWS]->(b) RETURN a.name AS a, type(r) AS r, b.name AS b, r.whylink_m_rollback AS updates ORDER BY a, r, b");
        List<Record> rows = rows();
        server.run("CALL whylink.train('m', {continueFrom: 'm', overwrite: true, maxEpochs: 1, learningRate: 1e-30})");
        String key = server.one(
                        "MATCH (m:_WhylinkModel) RETURN coalesce(m.rollbackProperty, 'whylink_m_rollback') AS key")
                .get("key")
                .asString();
        List<Record> after = server.run(
                "MATCH (a)-[r:IN|LIVES_IN|CITIZEN_OF|KNOWS]->(b) RETURN a.name AS a, type(r) AS r, b.name AS b, r[$key] AS updates ORDER BY a, r, b",
                Map.of("key", key));
        assertEquals(rows, rows());
        assertEquals(before, after);
        server.run("CALL whylink.train('other', {continueFrom: 'm', maxEpochs: 1, learningRate: 0.05})");
        assertEquals(rows, rows(), "the model that another goes on from stays");
        assertNotEquals(
                0,
                server.one("MATCH (n {name: 'anna'}) WHERE n.whylink_other <> n.whylink_m RETURN count(n) AS n")
                        .get("n")
                        .asLong());
    }

    @Test
    void whatCannotGoOnIsRefusedWithTheReason() {
        train("heldOutFraction: 0.1, influence: false");
        String dimension = refused(
                "CALL whylink.train('n', {continueFrom: 'm', embeddingDimension: 16, scoringFunction: 'TransE', influence: true})");
        assertTrue(dimension.contains("3 problems"), dimension);
        assertTrue(dimension.contains("'embeddingDimension' is 16"), dimension);
        String missing = refused("CALL whylink.train('n', {continueFrom: 'nothing'})");
        assertTrue(missing.contains("'continueFrom': there is no model 'nothing'"), missing);
        String inTheWay = refused("CALL whylink.train('m', {continueFrom: 'm'})");
        assertTrue(inTheWay.contains("overwrite: true"), inTheWay);
        server.run(LOUISE);
        String heldOut = refused("CALL whylink.train('n', {continueFrom: 'm'})");
        assertTrue(heldOut.contains("'heldOutFraction' and 'validationFraction' must be 0"), heldOut);
        assertEquals(
                SmallGraphs.TOWNS_FACTS + 2,
                server.one(
                                "CALL whylink.train('n', {continueFrom: 'm', heldOutFraction: 0.0}) YIELD facts RETURN facts")
                        .get("facts")
                        .asLong());
    }
}
