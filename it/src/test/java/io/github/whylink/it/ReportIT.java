package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.neo4j.driver.Record;
import org.neo4j.driver.Value;
import org.neo4j.driver.types.Node;
import org.neo4j.driver.types.Relationship;
import org.xml.sax.InputSource;

/** Pictures and pages that come as columns. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ReportIT {
    private static final String TRAIN =
            "CALL whylink.train('m', {randomSeed: 7, heldOutFraction: 0.2, validationFraction: 0.1, validateEvery: 2})";
    private static final String REPORT = "CALL whylink.report('m', {examples: 5}) YIELD html, curveSvg";

    private final Server server = Server.emptied();

    @BeforeEach
    void graph() {
        server.run(SmallGraphs.TOWNS);
        server.run("MATCH (n {name: 'Germany'}) SET n.name = '<script>alert(1)</script>'");
    }

    @Test
    void theReportIsOnePageThatTellsTheSameAgain() throws Exception {
        Record trained = server.one(TRAIN);
        Record report = server.one(REPORT);
        String html = report.get("html").asString();
        assertEquals(html, server.one(REPORT).get("html").asString());
        assertEquals(
                trained.get("curveSvg").asString(), report.get("curveSvg").asString(), "the curve is kept on the node");
        assertTrue(html.contains(report.get("curveSvg").asString()));
        assertTrue(html.contains(">kept: epoch " + trained.get("epochs").asLong() + "<"));
        assertTrue(html.contains("CITIZEN_OF") && html.contains("scoringFunction"));
        assertTrue(html.contains("Why \u2068"), "an example is explained");
        assertFalse(html.contains("<script"), "names are text");
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html.replaceFirst("^<!DOCTYPE html>", ""))));
    }

    @Test
    void theRankingInTheReportIsThatOfEvaluate() {
        server.one(TRAIN);
        String html = server.one(REPORT).get("html").asString();
        for (Record row : server.run("CALL whylink.evaluate('m')")) {
            String mrr = String.format(Locale.ROOT, "%.3f", row.get("mrr").asDouble());
            assertTrue(html.contains(">" + mrr + "<"), () -> row.toString());
        }
    }

    @Test
    void whoAsksForItIsToldWhatTrainingAgainSaysOfTheExplanations() {
        server.one(TRAIN.replace("}", ", maxEpochs: 4}"));
        assertFalse(server.one(REPORT).get("html").asString().contains("How faithful"));
        String asked = REPORT.replace("}", ", faithfulness: 3}");
        String html = server.one(asked).get("html").asString();
        assertEquals(html, server.one(asked).get("html").asString());
        List<Record> rows = server.run(
                "CALL whylink.evaluate.faithfulness('m', {methods: ['rollback'], queries: 3, facts: 3}) YIELD method, probabilityDrop, topChange, meanDrop, leaveOneOutSpearman, svg");
        assertTrue(html.contains(rows.get(0).get("svg").asString()), html);
        for (Record row : rows) {
            String cells = "<td class=\"name\">" + row.get("method").asString() + "</td>";
            for (String figure : List.of("probabilityDrop", "topChange", "meanDrop", "leaveOneOutSpearman")) {
                Value value = row.get(figure);
                cells += "<td class=\"number\">"
                        + (value.isNull() ? "–" : String.format(Locale.ROOT, "%.3f", value.asDouble())) + "</td>";
            }
            assertTrue(html.contains(cells), cells);
        }
    }

    @Test
    void aModelThatHeldNothingOutAndRecordedNothingSaysSo() {
        server.one("CALL whylink.train('m', {randomSeed: 7, heldOutFraction: 0, influence: false})");
        server.fails(REPORT.replace("}", ", faithfulness: 1}"), "'faithfulness': model 'm'", "leave the key out");
        String html = server.one(REPORT).get("html").asString();
        assertTrue(html.contains("No fact was held out") && html.contains("nothing says why"), html);
        server.run("MATCH (n {name: 'dora'}) DETACH DELETE n");
        html = server.one(REPORT).get("html").asString();
        assertTrue(html.contains("The graph has changed since"), html);
    }

    @Test
    void theDrawingForBrowserHasThePredictedLinkAndTheInfluenceOfEachFact() {
        server.one(TRAIN);
        Record row = server.one(
                """
                MATCH (s {name: 'dora'}), (t:Country)
                WHERE NOT EXISTS { (s)-[:CITIZEN_OF]->(t) }
                WITH s, t ORDER BY t.name LIMIT 1
                CALL whylink.explain.graph('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 3})
                YIELD source, target, probability, nodes, influences, drawing
                RETURN *""");
        List<Object> drawing = row.get("drawing").asList();
        List<Node> nodes = drawing.stream()
                .filter(Node.class::isInstance)
                .map(Node.class::cast)
                .toList();
        List<Relationship> arrows = drawing.stream()
                .filter(Relationship.class::isInstance)
                .map(Relationship.class::cast)
                .toList();
        assertEquals(row.get("nodes").size(), nodes.size());
        assertEquals(1 + row.get("influences").size(), arrows.size());
        Relationship link = arrows.get(0);
        assertTrue(link.type().startsWith("predicted ") && link.type().endsWith("% CITIZEN_OF"), link.type());
        assertEquals(Map.of("probability", row.get("probability").asDouble()), link.asMap());
        Node source = node(nodes, link.startNodeElementId());
        assertEquals(List.of("predicted source"), source.labels());
        assertEquals(
                row.get("source").get("name").asString(), source.get("name").asString());
        assertEquals(
                List.of("predicted target"),
                node(nodes, link.endNodeElementId()).labels());
        for (int i = 1; i < arrows.size(); i++) {
            Relationship fact = arrows.get(i);
            assertEquals(
                    row.get("influences").get(i - 1).asDouble(),
                    fact.get("influence").asDouble());
            assertTrue(fact.type().matches("[+−±].* [A-Z_]+"), fact.type());
            node(nodes, fact.startNodeElementId());
            node(nodes, fact.endNodeElementId());
        }
    }

    private static Node node(List<Node> nodes, String elementId) {
        return nodes.stream()
                .filter(node -> node.elementId().equals(elementId))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyMethodHasItsPlotOfFaithfulness() {
        server.one(TRAIN.replace("}", ", maxEpochs: 4}"));
        List<Record> rows = server.run(
                "CALL whylink.evaluate.faithfulness('m', {methods: ['rollback'], queries: 3, facts: 4, seeds: 1}) YIELD method, svg");
        assertEquals(
                List.of("rollback", "neighbourhood", "seed"),
                rows.stream().map(row -> row.get("method").asString()).toList());
        String svg = rows.get(0).get("svg").asString();
        assertTrue(svg.startsWith("<svg") && svg.contains("m: explanations by rollback"), svg);
        for (String bar : List.of("rollback", "neighbourhood", "seed")) {
            assertEquals(2, svg.split("<title>" + bar + "</title>", -1).length - 1, "PD and TC of " + bar);
        }
        assertTrue(rows.get(2).get("svg").isNull());
    }
}
