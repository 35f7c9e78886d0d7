package io.github.whylink.influence.drawing;

import static io.github.whylink.influence.drawing.Arrow.number;
import static io.github.whylink.influence.drawing.Arrow.point;

import io.github.whylink.influence.drawing.Box.Role;
import io.github.whylink.influence.drawing.ExplanationPicture.Fact;
import io.github.whylink.influence.drawing.ExplanationPicture.Node;
import io.github.whylink.influence.drawing.Lettering.Face;
import java.util.stream.Collectors;

/**
 * Draws an {@link ExplanationPicture} as one self-contained SVG, that can be a file of its own or part of a page.
 *
 * <p>The predicted link is dashed; facts are arrows, the wider and stronger in colour the more influential; blue with a plus
 * supports, orange with a minus holds back (told apart by all common kinds of colour vision). What has no room is cut and
 * complete in the tooltip. The picture is light or dark as the reader prefers. Screen readers get the facts as text.
 */
public final class ExplanationSvg {
    /** All rules begin with the class of the picture, and there are no ids: inside a page nothing else is touched. */
    private static final String STYLE =
            """
            .whylink text{font-family:Arial,Helvetica,"Liberation Sans","Noto Sans",sans-serif;text-anchor:middle}
            .whylink .left{text-anchor:start}
            .whylink .right{text-anchor:end}
            .whylink .bold{font-weight:bold}
            .whylink path{fill:none}
            .whylink .paper{fill:#ffffff}
            .whylink .ink{fill:#1b2430}
            .whylink .pale{fill:#566273}
            .whylink .rule{stroke:#d5dbe3}
            .whylink .box{fill:#f1f4f8;stroke:#8492a6;stroke-width:1.2}
            .whylink .repeated{fill:#ffffff;stroke-dasharray:3 3}
            .whylink .end{fill:#fff3c9;stroke:#1b2430;stroke-width:2.4}
            .whylink .link{stroke:#1b2430;stroke-width:4;stroke-dasharray:11 7}
            .whylink .supports path{stroke:#0067a8}
            .whylink .supports .sign{fill:#0067a8}
            .whylink .hinders path{stroke:#b84300}
            .whylink .hinders .sign{fill:#b84300}
            .whylink .neutral path{stroke:#6b7685}
            .whylink .neutral .sign{fill:#566273}
            @media (prefers-color-scheme:dark){
            .whylink .paper{fill:#12171f}
            .whylink .ink{fill:#eef2f7}
            .whylink .pale{fill:#a7b3c4}
            .whylink .rule{stroke:#37414f}
            .whylink .box{fill:#202834;stroke:#75849a}
            .whylink .repeated{fill:#12171f}
            .whylink .end{fill:#3a4558;stroke:#eef2f7}
            .whylink .link{stroke:#eef2f7}
            .whylink .supports path{stroke:#5ab4f0}
            .whylink .supports .sign{fill:#5ab4f0}
            .whylink .hinders path{stroke:#ff9a52}
            .whylink .hinders .sign{fill:#ff9a52}
            .whylink .neutral path{stroke:#8b98aa}
            .whylink .neutral .sign{fill:#a7b3c4}
            }
            """;

    private static final Face TITLE = new Face(19, true);
    private static final Face SENTENCE = new Face(14, false);
    private static final Face HEADING = new Face(13, true);
    private static final Face LEGEND = new Face(12, false);

    private final ExplanationPicture picture;
    private final ExplanationLayout layout;
    private final double strongest;
    private final Canvas svg;

    private ExplanationSvg(ExplanationPicture picture) {
        this.picture = picture;
        layout = new ExplanationLayout(picture);
        strongest = picture.facts().stream()
                .mapToDouble(fact -> Math.abs(fact.influence()))
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        svg = new Canvas("whylink", layout.width, layout.height, "Why " + link(), description(), STYLE);
    }

    /** Returns the SVG document; equal pictures give equal bytes. Nodes that no fact and no link touches are left out. */
    public static String draw(ExplanationPicture picture) {
        return new ExplanationSvg(picture).document();
    }

    private String document() {
        header();
        for (Arrow arrow : layout.arrows) {
            fact(arrow);
        }
        predictedLink();
        for (int i = 0; i < layout.boxes.size(); i++) {
            box(layout.boxes.get(i), i == 1 && picture.source() == picture.target());
        }
        elsewhereHeading();
        legend();
        return svg.document();
    }

    private void header() {
        double room = layout.width - 2 * ExplanationLayout.MARGIN;
        svg.append("<g>");
        String title = Lettering.clean(picture.title());
        svg.tooltip(title);
        svg.line(title, TITLE, "ink", ExplanationLayout.MARGIN, 38, room);
        svg.append("</g>\n<g>");
        String sentence = "Predicted with probability " + Lettering.percent(picture.probability()) + ": " + link();
        svg.tooltip(sentence);
        svg.line(sentence, SENTENCE, "pale", ExplanationLayout.MARGIN, 62, room);
        svg.append("</g>\n");
    }

    private void fact(Arrow arrow) {
        Fact fact = picture.facts().get(arrow.fact());
        double share = Math.abs(fact.influence()) / strongest;
        double strength = share >= 0 ? Math.min(1, share) : 0;
        double stroke = 1.5 + 4.5 * strength;
        String opacity = number(0.7 + 0.3 * strength);
        svg.append("<g class=\"fact " + effect(fact) + "\">");
        svg.tooltip(sentence(fact));
        svg.append("<g opacity=\"" + opacity + "\"><path d=\"" + arrow.line() + "\" stroke-width=\"" + number(stroke)
                + "\"/>");
        head(arrow.tipX(), arrow.tipY(), arrow.rightward(), 4 + 0.6 * stroke, "sign");
        svg.append("</g>");
        svg.centred(
                Lettering.clean(fact.type()),
                Room.TYPE,
                "ink",
                arrow.labelX(),
                arrow.labelY() - (arrow.loop() ? 3 : 7),
                arrow.room());
        String influence = Lettering.influence(fact.influence());
        svg.centred(
                influence,
                Room.INFLUENCE,
                "sign",
                arrow.labelX(),
                arrow.labelY() + (arrow.loop() ? 12 : 15),
                arrow.room());
        svg.append("</g>\n");
    }

    private void predictedLink() {
        double from = layout.source.right();
        double to = layout.target.x();
        svg.append("<g class=\"predicted\">");
        svg.tooltip(link() + ", predicted with probability " + Lettering.percent(picture.probability()));
        svg.append("<path class=\"link\" d=\"M" + point(from, layout.linkY) + "H" + number(to - 14) + "\"/>");
        head(to, layout.linkY, true, 8, "ink");
        svg.centred(
                Lettering.clean(picture.type()),
                Room.LINK_TYPE,
                "ink",
                layout.linkX,
                layout.linkY - 11,
                layout.linkRoom);
        String label = "predicted, probability " + Lettering.percent(picture.probability());
        svg.centred(label, Room.LINK_PROBABILITY, "ink", layout.linkX, layout.linkY + 20, layout.linkRoom);
        svg.append("</g>\n");
    }

    private void head(double x, double y, boolean rightward, double half, String colour) {
        double back = rightward ? x - Arrow.HEAD - 1 : x + Arrow.HEAD + 1;
        svg.append("<polygon class=\"" + colour + "\" points=\"" + point(x, y) + " " + point(back, y - half) + " "
                + point(back, y + half) + "\"/>");
    }

    private void box(Box box, boolean sameEndAgain) {
        Node node = picture.nodes().get(box.node());
        boolean end = box.role() == Role.END;
        String look = end ? "box end" : box.role() == Role.REPEATED ? "box repeated" : "box";
        String kind = sameEndAgain ? "same node" : Lettering.clean(node.kind());
        svg.append("<g class=\"node\">");
        svg.tooltip(caption(node) + (kind.isEmpty() ? "" : " (" + kind + ")"));
        svg.append("<rect class=\"" + look + "\" x=\"" + number(box.x()) + "\" y=\"" + number(box.y()) + "\" width=\""
                + number(box.width()) + "\" height=\"" + number(box.height()) + "\" rx=\"9\"/>");
        double x = box.x() + box.width() / 2;
        double y = box.y() + box.height() / 2;
        double room = box.width() - Room.PADDING;
        Face face = end ? Room.END_CAPTION : Room.CAPTION;
        svg.centred(caption(node), face, "ink", x, kind.isEmpty() ? y + 5 : y - 2, room);
        if (!kind.isEmpty()) {
            svg.centred(kind, Room.KIND, "pale", x, y + (end ? 15 : 13), room);
        }
        svg.append("</g>\n");
    }

    private void elsewhereHeading() {
        if (layout.elsewhere.isEmpty()) {
            return;
        }
        boolean sameType = layout.elsewhere.stream()
                .allMatch(i -> picture.facts().get(i).type().equals(picture.type()));
        rule(layout.elsewhereY);
        svg.line(
                "Facts elsewhere in the graph" + (sameType ? " with the relationship type of the link" : ""),
                HEADING,
                "ink",
                ExplanationLayout.MARGIN,
                layout.elsewhereY + 22,
                layout.width - 2 * ExplanationLayout.MARGIN);
    }

    private void legend() {
        rule(layout.legendY);
        double x = ExplanationLayout.MARGIN;
        double y = layout.legendY + 24;
        svg.append("<g class=\"legend\"><path class=\"link\" d=\"M" + point(x, y - 4) + "h32\"/>");
        x = legendText("predicted link", x + 40, y);
        svg.append("<g class=\"supports\"><path d=\"M" + point(x, y - 4) + "h24\" stroke-width=\"4\"/>");
        head(x + 34, y - 4, true, 6, "sign");
        x = legendText("+ supports it", x + 42, y);
        svg.append("</g><g class=\"hinders\"><path d=\"M" + point(x, y - 4) + "h24\" stroke-width=\"4\"/>");
        head(x + 34, y - 4, true, 6, "sign");
        x = legendText("− holds it back", x + 42, y);
        svg.append("</g>");
        if (layout.boxes.stream().anyMatch(box -> box.role() == Role.REPEATED)) {
            svg.append("<rect class=\"box repeated\" x=\"" + number(x) + "\" y=\"" + number(y - 12)
                    + "\" width=\"26\" height=\"16\" rx=\"5\"/>");
            legendText("node shown again", x + 34, y);
        }
        legendText(
                "Numbers: probability with the fact minus probability without it. Wider arrow: more influence.",
                ExplanationLayout.MARGIN,
                y + 22);
        svg.append("</g>\n");
    }

    /** Returns where the next entry starts. */
    private double legendText(String text, double x, double y) {
        svg.line(text, LEGEND, "pale", x, y, Double.MAX_VALUE);
        return x + Lettering.width(text, LEGEND) + 24;
    }

    private void rule(double y) {
        svg.append("<path class=\"rule\" d=\"M" + point(ExplanationLayout.MARGIN, y) + "H"
                + number(layout.width - ExplanationLayout.MARGIN) + "\"/>\n");
    }

    /** The whole picture in words. */
    private String description() {
        String facts = picture.facts().stream().map(this::sentence).collect(Collectors.joining("; "));
        return "Predicted with probability " + Lettering.percent(picture.probability()) + ": " + link() + ". "
                + (facts.isEmpty() ? "No facts." : "Facts by influence: " + facts + ".");
    }

    private String sentence(Fact fact) {
        String effect = fact.influence() > 0 ? ", supports" : fact.influence() < 0 ? ", holds back" : "";
        return path(fact.source(), fact.type(), fact.target()) + ", influence " + Lettering.influence(fact.influence())
                + effect;
    }

    private static String effect(Fact fact) {
        return fact.influence() > 0 ? "supports" : fact.influence() < 0 ? "hinders" : "neutral";
    }

    private String link() {
        return path(picture.source(), picture.type(), picture.target());
    }

    private String path(int source, String type, int target) {
        return Lettering.isolated(caption(picture.nodes().get(source)))
                + " -[" + Lettering.isolated(Lettering.clean(type)) + "]-> "
                + Lettering.isolated(caption(picture.nodes().get(target)));
    }

    private static String caption(Node node) {
        String caption = Lettering.clean(node.caption());
        return caption.isEmpty() ? "(no name)" : caption;
    }
}
