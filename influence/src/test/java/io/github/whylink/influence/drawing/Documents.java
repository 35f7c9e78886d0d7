package io.github.whylink.influence.drawing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.drawing.Lettering.Face;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** What holds of all documents that are drawn. */
final class Documents {
    private Documents() {}

    /** Reads a document, which must be well-formed XML that refers to nothing outside and runs nothing. */
    static Document read(String document) {
        // Names of the graph may contain anything, as long as it is text.
        String markup = document.replaceAll("(?s)>[^<]*(?=</(desc|title|text|td|p|b|span|h1|code)>)", ">");
        for (String unwanted : List.of(
                "<script", "<image", "<img", "<link", "<use", " href", " src", " id=", " on", "url(", "@import")) {
            assertFalse(markup.contains(unwanted), unwanted);
        }
        assertFalse(
                markup.replace("http://www.w3.org/2000/svg", "")
                        .replace("http-equiv", "")
                        .contains("http"),
                "nothing but the name of the format");
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(document.replaceFirst("^<!DOCTYPE html>", ""))));
        } catch (Exception e) {
            throw new AssertionError("not well-formed", e);
        }
    }

    static List<Element> elements(Document document, String tag) {
        var found = document.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    static List<String> texts(Document document, String tag) {
        return elements(document, tag).stream().map(Element::getTextContent).toList();
    }

    /** Every level text lies within the paper. */
    static void assertTextsInside(Document svg) {
        double width = number(svg.getDocumentElement(), "width");
        double height = number(svg.getDocumentElement(), "height");
        for (Element text : elements(svg, "text")) {
            String look = text.getAttribute("class") + " ";
            Face face = new Face(number(text, "font-size"), look.contains("bold"));
            double length = Lettering.width(text.getTextContent(), face);
            double x = number(text, "x");
            double y = number(text, "y");
            boolean turned = ((Element) text.getParentNode()).hasAttribute("transform");
            // Text that is read from the right ends at its left: anchored by its end it lies right of x.
            boolean fromX = look.contains(" left")
                    || (look.contains(" right")
                            && text.getAttribute("direction").equals("rtl"));
            double left = fromX ? x : look.contains(" right") ? x - length : x - length / 2;
            String place = text.getTextContent() + " at " + x + ", " + y;
            if (turned) {
                assertTrue(y - length / 2 >= 0 && y + length / 2 <= height, place);
            } else {
                assertTrue(left >= -0.5 && left + length <= width + 0.5, place);
            }
            assertTrue(y - face.size() >= 0 && y + 3 <= height, place);
        }
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
