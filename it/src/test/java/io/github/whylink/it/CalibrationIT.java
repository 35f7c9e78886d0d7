package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;

/** Besides its place among the candidates, a link has a probability to be true. */
final class CalibrationIT {
    private static final String HELD_OUT = "heldOutFraction: 0.4, maxEpochs: 20";
    private static final String DORA = "MATCH (s {name: 'dora'}), (t {name: 'Germany'}) ";

    private Server server;

    @BeforeEach
    void graph() {
        server = Server.emptied();
        server.run(SmallGraphs.TOWNS);
        server.run("UNWIND range(1, 60) AS i MATCH (t {name: ['Berlin', 'Paris'][i % 2]})-[:IN]->(c) "
                + "CREATE (p:Person {name: 'p' + i})-[:CITIZEN_OF]->(c), (p)-[:LIVES_IN]->(t)");
    }

    private void train(String configuration) {
        server.run("CALL whylink.train('m', {%s})".formatted(configuration));
    }

    private double calibrated(String pattern) {
        return server.one(
                        "MATCH (s:Person)-[:LIVES_IN]->(:Town)-[:IN]->(c:Country), %s RETURN avg(whylink.calibrated('m', s, 'CITIZEN_OF', t)) AS p"
                                .formatted(pattern))
                .get("p")
                .asDouble();
    }

    @Test
    void itIsTheSameWhereverALinkIsShown() {
        train(HELD_OUT);
        for (String procedure : List.of(
                "predict.targets('m', {source: s, type: 'LIVES_IN', topK: 20, includeKnown: true})",
                "predict.sources('m', {target: t, type: 'CITIZEN_OF', topK: 20})",
                "predict.types('m', {source: s, target: t})",
                "predict.links('m', {topK: 100})")) {
            List<Record> rows = server.run(DORA
                    + "CALL whylink.%s YIELD source, type, target, calibrated RETURN calibrated, whylink.calibrated('m', source, type, target) AS asked"
                            .formatted(procedure));
            assertTrue(rows.size() >= 4, procedure);
            for (Record row : rows) {
                assertEquals(row.get("asked").asDouble(), row.get("calibrated").asDouble(), procedure);
            }
        }
        double dora = server.one(DORA + "RETURN whylink.calibrated('m', s, 'CITIZEN_OF', t) AS p")
                .get("p")
                .asDouble();
        for (String explain : List.of("explain", "explain.graph")) {
            assertEquals(
                    dora,
                    server.one(DORA
                                    + "CALL whylink.%s('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1}) YIELD calibrated RETURN calibrated"
                                            .formatted(explain))
                            .get("calibrated")
                            .asDouble());
        }
        assertEquals(
                List.of(),
                server.run(
                        "MATCH (s {name: 'anna'})-[r]->(t) CALL whylink.explain.fact('m', r, {topK: 1}) YIELD calibrated WITH * WHERE calibrated <> whylink.calibrated('m', s, type(r), t) RETURN r"));
        server.run("CALL whylink.predict.write('m', {writeType: 'PERHAPS', topK: 20})");
        List<Record> written = server.run(
                "MATCH (s)-[r:PERHAPS]->(t) RETURN r.calibrated AS written, whylink.calibrated('m', s, r.type, t) AS asked");
        assertTrue(written.size() >= 10, "between two nodes at most one");
        written.forEach(row ->
                assertEquals(row.get("asked").asDouble(), row.get("written").asDouble()));
    }

    @Test
    void itTellsTrueLinksFromFalseOnes() {
        train(HELD_OUT);
        double right = calibrated("(t {name: c.name})");
        double wrong = calibrated("(t:Country) WHERE t <> c");
        assertTrue(right > 0.6 && wrong < 0.4, right + " and " + wrong);
    }

    @Test
    void factsThatOnlyValidateServeAsWell() {
        train("heldOutFraction: 0.0, validationFraction: 0.4, maxEpochs: 5");
        assertTrue(calibrated("(t {name: c.name})") > 0.5);
    }

    @Test
    void itIsNullWithoutFactsToTellFromAndInModelsFromBefore() {
        train("heldOutFraction: 0.0, maxEpochs: 2");
        assertNone();
        train(HELD_OUT + ", overwrite: true");
        assertTrue(calibrated("(t {name: c.name})") > 0.5);
        server.run("MATCH (r:_WhylinkRelation) REMOVE r.calibrationSlope, r.calibrationIntercept");
        // Models in memory are told apart by when they were made.
        server.run("MATCH (m:_WhylinkModel) SET m.createdAt = m.createdAt + duration('PT1S')");
        assertNone();
    }

    private void assertNone() {
        Record row = server.one(DORA
                + "CALL whylink.predict.targets('m', {source: s, type: 'CITIZEN_OF', topK: 1}) YIELD score, calibrated "
                + "CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1}) YIELD calibrated AS explained "
                + "RETURN score, calibrated, explained, whylink.calibrated('m', s, 'CITIZEN_OF', t) AS asked");
        assertTrue(!row.get("score").isNull());
        assertTrue(row.get("calibrated").isNull());
        assertTrue(row.get("explained").isNull());
        assertTrue(row.get("asked").isNull());
        server.run("CALL whylink.predict.write('m', {writeType: 'PERHAPS', topK: 1})");
        assertEquals(
                0,
                server.one(
                                "MATCH ()-[r:PERHAPS]->() WITH count(r.calibrated) AS n, collect(r) AS all FOREACH (r IN all | DELETE r) RETURN n")
                        .get("n")
                        .asInt());
    }
}
