package io.github.whylink.influence.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.drawing.ModelReport.Measured;
import io.github.whylink.influence.drawing.ModelReport.Ranking;
import io.github.whylink.influence.drawing.ModelReport.Side;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ReportPageTest {
    private static final String NASTY = "<script>alert(\"1\")</script> & 'more'";

    private static ModelReport report(String name, int types, int examples) {
        return new ModelReport(
                name,
                "About " + name,
                Map.of("MRR", "0.431"),
                new CurvePicture(name, List.of(new CurvePicture.Point(1, 2, 0.3)), 1),
                IntStream.range(0, types)
                        .mapToObj(i -> new Ranking(name + i, i, new Side(0.5, 0.25, 1), new Side(0, 0, 0)))
                        .toList(),
                "Facts of " + name,
                IntStream.range(0, examples)
                        .mapToObj(i -> Pictures.random(i, 3 + i))
                        .toList(),
                "Examples of " + name,
                faithfulness(name),
                Map.of("nodeLabels", "[" + name + "]"));
    }

    private static ModelReport.Faithfulness faithfulness(String name) {
        return new ModelReport.Faithfulness(
                "Trainings of " + name,
                List.of(new Measured(name, 0.75, 0.5, -0.125, 0.25), new Measured("seed", 0.5, 0.25, 0.0, null)),
                new FaithfulnessPicture(
                        name,
                        "rollback",
                        List.of(new FaithfulnessPicture.Point(0.1, 0.2, true)),
                        List.of(new FaithfulnessPicture.Bar("rollback", 0.75, 0.5)),
                        0.25));
    }

    @Test
    void equalReportsGiveEqualBytes() {
        assertEquals(ReportPage.write(report("m", 20, 3)), ReportPage.write(report("m", 20, 3)));
    }

    @Test
    void thePageIsWellFormedAndNeedsNothingElse() {
        for (String name : List.of("m", NASTY, "ירושלים", "a\u0000b\uD800")) {
            String page = ReportPage.write(report(name, 200, 4));
            Documents.read(page);
            assertTrue(page.startsWith("<!DOCTYPE html>"));
            assertTrue(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
            assertTrue(page.contains("prefers-color-scheme:dark"));
        }
    }

    @Test
    void namesAreTextWhateverTheyContain() {
        Document page = Documents.read(ReportPage.write(report(NASTY, 1, 0)));
        assertEquals(List.of(NASTY), Documents.texts(page, "h1"));
        assertEquals(List.of("nodeLabels", "[" + NASTY + "]"), Documents.texts(page, "code"));
        assertEquals(NASTY + "0", Documents.texts(page, "td").get(0));
    }

    @Test
    void everyTypeHasItsRowWithBothSides() {
        Document page = Documents.read(ReportPage.write(report("m", 3, 2)));
        assertEquals(
                1 + 3 + 1 + 2 + 1,
                Documents.elements(page, "tr").size(),
                "a heading, three types, another heading, a method and a floor, one key");
        assertEquals(
                List.of("width:50%", "width:0%"),
                Documents.elements(page, "i").stream()
                        .limit(2)
                        .map(bar -> bar.getAttribute("style"))
                        .toList());
        assertEquals(
                4, Documents.elements(page, "svg").size(), "the curve, two examples, the faithfulness of explanations");
    }

    @Test
    void aFloorWithoutAFigureHasADashInItsPlace() {
        Document page = Documents.read(ReportPage.write(report("m", 0, 0)));
        assertEquals(
                List.of("m", "0.750", "0.500", "-0.125", "0.250", "seed", "0.500", "0.250", "0.000", "–"),
                Documents.texts(page, "td").subList(0, 10));
    }

    @Test
    void whatIsNotThereIsNotDrawn() {
        ModelReport bare = new ModelReport(
                "m", "", Map.of(), null, List.of(), "no ranking", List.of(), "no example", null, Map.of());
        String page = ReportPage.write(bare);
        assertTrue(page.contains("no ranking") && page.contains("no example"));
        assertFalse(page.contains("<svg"));
        assertFalse(page.contains("faithful"), page);
    }
}
