package io.github.whylink.influence.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import io.github.whylink.influence.drawing.ExplanationPicture.Node;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ExplanationSvgTest {
    private static final String EURO =
            """
            Germany USES_CURRENCY Euro; Germany MEMBER_OF EU 0.214; France USES_CURRENCY Euro 0.18; \
            Germany BORDERS France 0.12; Germany LEFT Mark -0.06; Japan USES_CURRENCY Yen 0.001""";

    @TestFactory
    Stream<DynamicTest> nastyTextGivesWellFormedXmlAndIsStillThere() {
        return Stream.of(
                        "<script>alert('x')</script>",
                        "a & b &amp; \"c\" ]]> <!-- d",
                        "bell \u0007 null \u0000 escape \u001B tab \t line \n end",
                        "lone \uD800 surrogates \uDC00 and \uFFFE \uFFFF",
                        "ירושלים محمد بن موسى",
                        "上海市浦東新區",
                        "👨‍👩‍👧‍👦🇩🇪",
                        "\u202Eoverride\u2066",
                        "",
                        "x".repeat(10_000))
                .map(text -> DynamicTest.dynamicTest(Lettering.clean(text) + ".", () -> {
                    List<Node> nodes = List.of(new Node(text, text), new Node("b", text), new Node(text, ""));
                    List<Fact> facts = List.of(new Fact(0, 2, text, 0.1), new Fact(2, 2, text, 0.1));
                    Document svg = parse(new ExplanationPicture(text, nodes, 0, 1, text, 0.5, facts));
                    String expected = text.isEmpty() ? "(no name)" : Lettering.clean(text);
                    assertTrue(titles(svg, "node").stream().anyMatch(title -> title.startsWith(expected)));
                    assertTrue(titles(svg, "fact").get(0).contains(Lettering.clean(text)));
                }));
    }

    @Test
    void equalPicturesGiveEqualBytesInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            String drawn = ExplanationSvg.draw(Pictures.random(7, 25));
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertEquals(drawn, ExplanationSvg.draw(Pictures.random(7, 25)));
            Locale.setDefault(Locale.GERMANY);
            assertEquals(drawn, ExplanationSvg.draw(Pictures.random(7, 25)));
            assertNotEquals(drawn, ExplanationSvg.draw(Pictures.random(8, 25)));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void everyFactAppearsOnceWithItsTypeAndInfluence() {
        for (int seed = 0; seed < 50; seed++) {
            ExplanationPicture picture = Pictures.random(seed, 1 + seed % 25);
            List<Element> drawn = withClass(parse(picture), "fact");
            assertEquals(picture.facts().size(), drawn.size());
            List<String> expected = picture.facts().stream()
                    .map(fact -> "[" + Lettering.isolated(fact.type()) + "]->"
                            + Lettering.isolated(
                                    picture.nodes().get(fact.target()).caption())
                            + Lettering.influence(fact.influence()))
                    .sorted()
                    .toList();
            List<String> found = drawn.stream()
                    .map(fact -> {
                        String title = text(fact, "title").get(0);
                        String shown = text(fact, "text").get(1);
                        String path = title.substring(title.indexOf(" -[") + 2, title.indexOf(", influence"));
                        return path.replace("]-> ", "]->") + shown;
                    })
                    .sorted()
                    .toList();
            assertEquals(expected, found);
        }
    }

    @Test
    void everyNodeOfALinkOrFactAppears() {
        for (int seed = 0; seed < 50; seed++) {
            ExplanationPicture picture = Pictures.random(seed, 1 + seed % 25);
            Set<Integer> used = picture.facts().stream()
                    .flatMap(fact -> Stream.of(fact.source(), fact.target()))
                    .collect(Collectors.toSet());
            used.add(picture.source());
            used.add(picture.target());
            List<String> titles = titles(parse(picture), "node");
            for (int node : used) {
                String caption = Lettering.clean(picture.nodes().get(node).caption());
                assertTrue(
                        titles.stream().anyMatch(title -> title.equals(caption) || title.startsWith(caption + " (")));
            }
        }
    }

    @Test
    void theLinkIsDashedAndSaysItsProbability() {
        Document svg = parse(Pictures.of(EURO));
        Element predicted = withClass(svg, "predicted").get(0);
        assertEquals(List.of("USES_CURRENCY", "predicted, probability 87.3%"), text(predicted, "text"));
        assertEquals("link", ((Element) predicted.getElementsByTagName("path").item(0)).getAttribute("class"));
        assertTrue(text(svg.getDocumentElement(), "style")
                .get(0)
                .contains(".link{stroke:#1b2430;stroke-width:4;stroke-dasharray"));
    }

    @Test
    void whatHoldsBackHasAMinusAndAColourOfItsOwn() {
        Document svg = parse(Pictures.of(EURO));
        Element hinders = withClass(svg, "fact hinders").get(0);
        assertEquals(List.of("LEFT", "−0.060"), text(hinders, "text"));
        assertTrue(text(hinders, "title").get(0).endsWith("holds back"));
        assertEquals(4, withClass(svg, "fact supports").size());
    }

    @Test
    void aWiderArrowMeansMoreInfluence() {
        List<Double> widths =
                withClass(parse(Pictures.of("a T b; a T c 0.3; a T d 0.2; a T e -0.1; a T f 0")), "fact").stream()
                        .map(fact -> (Element) fact.getElementsByTagName("path").item(0))
                        .map(path -> Double.parseDouble(path.getAttribute("stroke-width")))
                        .toList();
        assertEquals(List.of(6.0, 4.5, 3.0, 1.5), widths);
    }

    @Test
    void screenReadersGetTheWholeExplanation() {
        Document svg = parse(Pictures.of(EURO));
        Element root = svg.getDocumentElement();
        assertEquals("img", root.getAttribute("role"));
        assertEquals("title", root.getElementsByTagName("*").item(0).getNodeName());
        assertEquals(
                "Why Germany -[USES_CURRENCY]-> Euro", plain(text(root, "title").get(0)));
        String description = plain(text(root, "desc").get(0));
        assertTrue(description.startsWith("Predicted with probability 87.3%: Germany -[USES_CURRENCY]-> Euro."));
        assertTrue(description.contains("Germany -[LEFT]-> Mark, influence −0.060, holds back"));
    }

    @Test
    void thePictureHasItsOwnPaperAndADarkOne() {
        Document svg = parse(Pictures.of(EURO));
        Element paper = withClass(svg, "paper").get(0);
        assertEquals(svg.getDocumentElement().getAttribute("width"), paper.getAttribute("width"));
        assertTrue(text(svg.getDocumentElement(), "style").get(0).contains("prefers-color-scheme:dark"));
    }

    @Test
    void nothingIsLoadedOrRunAndNothingCollidesInsideAPage() {
        String drawn = ExplanationSvg.draw(Pictures.of(EURO));
        for (String unwanted : List.of("<script", "<image", "<use", " href", " id=", " on", "url(", "@import")) {
            assertFalse(
                    drawn.replaceAll("(?s)>[^<]*(?=</(desc|title|text))", ">").contains(unwanted), unwanted);
        }
        assertEquals(1, drawn.split("http", -1).length - 1, "only the name of the format");
    }

    @Test
    void aRepeatedNodeIsMarkedAndExplained() {
        Document svg = parse(Pictures.of("a T b; a R c 0.1; c T d 0.2"));
        List<Element> repeated = withClass(svg, "box repeated");
        assertEquals(2, repeated.size(), "the node and its entry in the legend");
        assertEquals(List.of("c", "Thing"), text((Element) repeated.get(0).getParentNode(), "text"));
        assertTrue(withClass(parse(Pictures.of("a T b; a R c 0.1; d T e 0.2")), "box repeated")
                .isEmpty());
    }

    @Test
    void theHeadingSaysWhetherFactsElsewhereShareTheType() {
        String same = ExplanationSvg.draw(Pictures.of("a T b; c T d 0.2"));
        assertTrue(same.contains(">Facts elsewhere in the graph with the relationship type of the link<"));
        assertTrue(ExplanationSvg.draw(Pictures.of("a T b; c T d 0.2; c R d 0.1"))
                .contains(">Facts elsewhere in the graph<"));
        assertFalse(ExplanationSvg.draw(Pictures.of("a T b; a R d 0.1")).contains("elsewhere"));
    }

    @Test
    void textReadFromTheRightSaysSo() {
        Document svg = parse(Pictures.of("ירושלים T b; a R c 0.1"));
        Element caption = (Element)
                withClass(svg, "node").get(0).getElementsByTagName("text").item(0);
        assertEquals("rtl", caption.getAttribute("direction"));
    }

    @Test
    void influencesThatAreNoNumbersAreDrawnNeverthelessAsNeutralOrStrongest() {
        Document svg = parse(Pictures.of("a T b; a R c NaN; a R d Infinity; a R e 0.2; a R f -Infinity; a R g 0"));
        List<String> shown = withClass(svg, "fact").stream()
                .map(fact -> text(fact, "text").get(1))
                .toList();
        assertEquals(List.of("unknown", "+∞", "+0.200", "−∞", "±0"), shown);
        assertFalse(
                ExplanationSvg.draw(Pictures.of("a T b; a R c NaN; a R d 0")).contains("=\"NaN"));
    }

    @Test
    void aPictureWithoutFactsIsTheLinkAlone() {
        Document svg = parse(Pictures.of("a T b"));
        assertEquals(List.of("a (Thing)", "b (Thing)"), titles(svg, "node"));
        assertTrue(text(svg.getDocumentElement(), "desc").get(0).endsWith("No facts."));
    }

    private static Document parse(ExplanationPicture picture) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(ExplanationSvg.draw(picture))));
        } catch (Exception e) {
            throw new AssertionError("not well-formed", e);
        }
    }

    private static List<Element> withClass(Document svg, String start) {
        List<Element> found = new ArrayList<>();
        for (Element element : elements(svg.getElementsByTagName("*"))) {
            if ((element.getAttribute("class") + " ").startsWith(start + " ")) {
                found.add(element);
            }
        }
        return found;
    }

    private static List<String> titles(Document svg, String start) {
        return withClass(svg, start).stream()
                .map(element -> text(element, "title").get(0))
                .toList();
    }

    private static List<String> text(Element parent, String tag) {
        return elements(parent.getElementsByTagName(tag)).stream()
                .map(Element::getTextContent)
                .toList();
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static String plain(String sentence) {
        return sentence.replace("\u2068", "").replace("\u2069", "");
    }
}
