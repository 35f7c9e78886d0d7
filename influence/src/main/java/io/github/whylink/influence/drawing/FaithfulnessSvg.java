package io.github.whylink.influence.drawing;

import static io.github.whylink.influence.drawing.Arrow.number;
import static io.github.whylink.influence.drawing.Arrow.point;

import io.github.whylink.influence.drawing.FaithfulnessPicture.Bar;
import io.github.whylink.influence.drawing.FaithfulnessPicture.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Draws a {@link FaithfulnessPicture} as one self-contained SVG: at the left a dot for each pair of a prediction and a fact,
 * on the diagonal where method and training agree; at the right PD and TC beside their floors.
 *
 * <p>Influences span powers of ten on both sides of zero, so that both scales are asinh(x / unit), linear around zero and
 * logarithmic far from it.
 */
public final class FaithfulnessSvg {
    private static final double WIDTH = 860;
    private static final double LEFT = 90;
    private static final double SIDE = 360;
    private static final double TOP = 96;
    private static final double BOTTOM = TOP + SIDE;
    private static final double HEIGHT = BOTTOM + 76;
    private static final double BARS = LEFT + SIDE + 56;
    private static final double BAR_WIDTH = WIDTH - BARS - ExplanationLayout.MARGIN - 52;

    /** More dots hide each other, and make the document large. */
    private static final int DRAWN_AT_MOST = 2_000;

    private final FaithfulnessPicture picture;
    private final List<Point> drawn;
    private final double largest;
    private final double unit;
    private final Canvas svg;

    private FaithfulnessSvg(FaithfulnessPicture picture) {
        this.picture = picture;
        drawn = thinned(picture.points());
        largest = Math.max(
                1e-300,
                picture.points().stream()
                        .flatMapToDouble(p -> DoubleStream.of(p.predicted(), p.measured()))
                        .filter(Double::isFinite)
                        .map(Math::abs)
                        .max()
                        .orElse(1));
        unit = largest / 100;
        svg = new Canvas(
                PlotStyle.CLASS,
                WIDTH,
                HEIGHT,
                "Faithfulness of " + Lettering.clean(picture.method()),
                sentence() + " " + bars(),
                PlotStyle.RULES);
    }

    /** Returns the SVG document; equal pictures give equal bytes. */
    public static String draw(FaithfulnessPicture picture) {
        return new FaithfulnessSvg(picture).document();
    }

    private String document() {
        double room = WIDTH - 2 * ExplanationLayout.MARGIN;
        String title = Lettering.clean(picture.title()) + ": explanations by " + Lettering.clean(picture.method());
        svg.append("<g>");
        svg.tooltip(title);
        svg.line(title, PlotStyle.TITLE, "ink", ExplanationLayout.MARGIN, 38, room);
        svg.append("</g>\n");
        svg.line(sentence(), PlotStyle.SENTENCE, "pale", ExplanationLayout.MARGIN, 62, room);
        scales();
        svg.append("<path class=\"mark\" d=\"M" + point(LEFT, BOTTOM) + "L" + point(LEFT + SIDE, TOP) + "\"/>\n");
        for (boolean first : new boolean[] {false, true}) {
            svg.append("<g class=\"" + (first ? "one" : "dots") + "\">");
            for (Point dot : drawn) {
                if (dot.first() == first && Double.isFinite(dot.predicted()) && Double.isFinite(dot.measured())) {
                    svg.append("<circle cx=\"" + number(x(dot.predicted())) + "\" cy=\"" + number(y(dot.measured()))
                            + "\" r=\"" + (first ? "4" : "2.4") + "\"/>");
                }
            }
            svg.append("</g>\n");
        }
        columns();
        legend();
        return svg.document();
    }

    private void scales() {
        for (double tick : ticks()) {
            String text = tick == 0 ? "0" : Lettering.influence(tick);
            svg.append("<path class=\"rule\" d=\"M" + point(LEFT, y(tick)) + "H" + number(LEFT + SIDE) + "M"
                    + point(x(tick), TOP) + "V" + number(BOTTOM) + "\"/>");
            svg.lineTo(text, PlotStyle.TICK, "pale", LEFT - 8, y(tick) + 4, LEFT - 30);
            svg.centred(text, PlotStyle.TICK, "pale", x(tick), BOTTOM + 18, SIDE / 5);
        }
        svg.append("<path class=\"axis\" d=\"M" + point(LEFT, TOP) + "V" + number(BOTTOM) + "H" + number(LEFT + SIDE)
                + "\"/>\n");
        svg.centred("drop that the method predicts", PlotStyle.NAME, "ink", LEFT + SIDE / 2, BOTTOM + 38, SIDE);
        double x = ExplanationLayout.MARGIN - 2;
        double y = TOP + SIDE / 2;
        svg.append("<g transform=\"rotate(-90 " + number(x) + " " + number(y) + ")\">");
        svg.centred("drop that training without it led to", PlotStyle.NAME, "ink", x, y + 4, SIDE);
        svg.append("</g>\n");
    }

    /** Zero, and one and ten hundredths of the largest power of ten, to both sides. */
    private List<Double> ticks() {
        double power = Math.pow(10, Math.floor(Math.log10(largest)));
        List<Double> ticks = new ArrayList<>();
        for (double factor : new double[] {-1, -0.1, 0, 0.1, 1}) {
            ticks.add(factor * power);
        }
        return ticks;
    }

    private double x(double value) {
        return LEFT + (1 + scaled(value)) / 2 * SIDE;
    }

    private double y(double value) {
        return BOTTOM - (1 + scaled(value)) / 2 * SIDE;
    }

    /** From -1 to 1, with a little room at the ends. */
    private double scaled(double value) {
        return asinh(value / unit) / asinh(1.25 * largest / unit);
    }

    private static double asinh(double x) {
        return Math.signum(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1));
    }

    private void columns() {
        double y = TOP + 4;
        String[] headings = {"PD: the probability drops", "TC: another answer is the best"};
        for (int i = 0; i < headings.length; i++) {
            svg.line(headings[i], PlotStyle.NAME, "ink", BARS, y, WIDTH - BARS - ExplanationLayout.MARGIN);
            y += 16;
            for (int b = 0; b < picture.bars().size(); b++) {
                Bar bar = picture.bars().get(b);
                double share = i == 0 ? bar.probabilityDrop() : bar.topChange();
                svg.append("<g>");
                svg.tooltip(Lettering.clean(bar.name()));
                svg.line(Lettering.clean(bar.name()), PlotStyle.TICK, "pale", BARS, y + 8, BAR_WIDTH);
                double width = Math.max(1, BAR_WIDTH * (share >= 0 ? Math.min(1, share) : 0));
                svg.append("<rect class=\"" + (b == 0 ? "one" : "dots") + "\" x=\"" + number(BARS) + "\" y=\""
                        + number(y + 14) + "\" width=\"" + number(width) + "\" height=\"12\" rx=\"2\"/>");
                svg.line(percent(share), PlotStyle.NAME, "ink", BARS + width + 8, y + 25, 60);
                svg.append("</g>\n");
                y += 40;
            }
            y += 20;
        }
    }

    private void legend() {
        double y = HEIGHT - 14;
        svg.append("<circle class=\"one\" cx=\"" + number(LEFT + 4) + "\" cy=\"" + number(y - 4) + "\" r=\"4\"/>");
        svg.line("fact named first", PlotStyle.TICK, "pale", LEFT + 14, y, 120);
        svg.append("<circle class=\"dots\" cx=\"" + number(LEFT + 140) + "\" cy=\"" + number(y - 4) + "\" r=\"3\"/>");
        svg.line("sampled fact", PlotStyle.TICK, "pale", LEFT + 150, y, 90);
        svg.append("<path class=\"mark\" d=\"M" + point(LEFT + 250, y - 4) + "h28\"/>");
        svg.line("method and training agree", PlotStyle.TICK, "pale", LEFT + 284, y, 200);
        svg.append("\n");
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private String sentence() {
        String counted = drawn.size() < picture.points().size()
                ? drawn.size() + " of " + picture.points().size() + " pairs of a prediction and a fact left out"
                : picture.points().size() + " pairs of a prediction and a fact left out";
        return Double.isNaN(picture.spearman())
                ? counted + "."
                : counted
                        + String.format(Locale.ROOT, "; mean rank correlation %.2f.", picture.spearman())
                                .replace('-', '−');
    }

    /** The bars in words. */
    private String bars() {
        StringBuilder words =
                new StringBuilder("Shares of predictions whose probability drops, and that are no longer best:");
        for (Bar bar : picture.bars()) {
            words.append(' ')
                    .append(Lettering.isolated(Lettering.clean(bar.name())))
                    .append(' ')
                    .append(percent(bar.probabilityDrop()))
                    .append(", ")
                    .append(percent(bar.topChange()))
                    .append(';');
        }
        return words.toString();
    }

    /** All that were named first, and as many of the others, evenly, as there is room for. */
    private static List<Point> thinned(List<Point> points) {
        int every = (points.size() + DRAWN_AT_MOST - 1) / DRAWN_AT_MOST;
        List<Point> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            if (points.get(i).first() || i % Math.max(1, every) == 0) {
                kept.add(points.get(i));
            }
        }
        return kept;
    }
}
