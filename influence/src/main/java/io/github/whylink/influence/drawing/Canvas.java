package io.github.whylink.influence.drawing;

import static io.github.whylink.influence.drawing.Arrow.number;

import io.github.whylink.influence.drawing.Lettering.Face;

/** An SVG document in the making: its frame and its texts, cut to their room and escaped. */
final class Canvas {
    private final StringBuilder svg = new StringBuilder();

    /**
     * Opens a self-contained document, that can be a file of its own or part of a page, with paper of its own.
     *
     * @param look class of the picture, with which all rules of the style begin
     * @param title read aloud and shown as tooltip
     * @param description the whole picture in words, for screen readers
     */
    Canvas(String look, double width, double height, String title, String description, String style) {
        String w = number(width);
        String h = number(height);
        append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"" + look + "\" role=\"img\" width=\"" + w
                + "\" height=\"" + h + "\" viewBox=\"0 0 " + w + " " + h
                + "\" style=\"max-width:100%;height:auto\">\n");
        tooltip(title);
        append("<desc>" + escape(description) + "</desc>\n<style>\n" + style + "</style>\n");
        append("<rect class=\"paper\" width=\"" + w + "\" height=\"" + h + "\"/>\n");
    }

    Canvas append(String element) {
        svg.append(element);
        return this;
    }

    /** Closes the document. */
    String document() {
        return append("</svg>\n").svg.toString();
    }

    void tooltip(String text) {
        append("<title>" + escape(text) + "</title>");
    }

    /** One line around x. */
    void centred(String text, Face face, String colour, double x, double y, double room) {
        text(text, face, colour, x, y, room, Lettering.isRightToLeft(text) ? "\" direction=\"rtl" : "");
    }

    /** One line from x to the right, in whichever direction it is read. */
    void line(String text, Face face, String colour, double x, double y, double room) {
        text(text, face, colour, x, y, room, Lettering.isRightToLeft(text) ? " right\" direction=\"rtl" : " left");
    }

    /** One line that ends at x, of digits and Latin letters. */
    void lineTo(String text, Face face, String colour, double x, double y, double room) {
        text(text, face, colour, x, y, room, " right");
    }

    private void text(String text, Face face, String colour, double x, double y, double room, String rest) {
        append("<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" + number(face.size())
                + "\" class=\"" + colour + (face.bold() ? " bold" : "") + rest + "\">"
                + escape(Lettering.fit(text, face, room)) + "</text>");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
