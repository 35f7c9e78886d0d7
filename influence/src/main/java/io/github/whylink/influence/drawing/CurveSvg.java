package io.github.whylink.influence.drawing;

import static io.github.whylink.influence.drawing.Arrow.number;
import static io.github.whylink.influence.drawing.Arrow.point;

import io.github.whylink.influence.drawing.CurvePicture.Point;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws a {@link CurvePicture} as one self-contained SVG: the loss on a scale at the left, the validation on one at the
 * right, the epoch that was kept as a dashed line. Light or dark as the reader prefers; screen readers get it in words.
 */
public final class CurveSvg {
    private static final double WIDTH = 720;
    private static final double HEIGHT = 400;
    private static final double LEFT = 76;
    private static final double RIGHT = WIDTH - 76;
    private static final double TOP = 112;
    private static final double BOTTOM = HEIGHT - 52;

    /** More validations than this are a line without dots. */
    private static final int DOTS = 60;

    private final CurvePicture picture;
    private final List<Point> losses;
    private final List<Point> validations;
    private final Axis epochs;
    private final Canvas svg;

    private CurveSvg(CurvePicture picture) {
        this.picture = picture;
        losses = picture.points().stream()
                .filter(point -> Double.isFinite(point.loss()))
                .toList();
        validations = picture.points().stream()
                .filter(point -> Double.isFinite(point.validation()))
                .toList();
        epochs = Axis.holding(
                0, picture.points().stream().mapToInt(Point::epoch).max().orElse(1), 10);
        svg = new Canvas(
                PlotStyle.CLASS,
                WIDTH,
                HEIGHT,
                "Training of " + Lettering.clean(picture.title()),
                sentence(),
                PlotStyle.RULES);
    }

    /** Returns the SVG document; equal pictures give equal bytes. */
    public static String draw(CurvePicture picture) {
        return new CurveSvg(picture).document();
    }

    private String document() {
        double room = WIDTH - 2 * ExplanationLayout.MARGIN;
        svg.append("<g>");
        svg.tooltip(Lettering.clean(picture.title()));
        svg.line(Lettering.clean(picture.title()), PlotStyle.TITLE, "ink", ExplanationLayout.MARGIN, 38, room);
        svg.append("</g>\n");
        svg.line(sentence(), PlotStyle.SENTENCE, "pale", ExplanationLayout.MARGIN, 62, room);
        for (double tick : epochs.ticks()) {
            double x = epochs.place(tick, LEFT, RIGHT);
            svg.append("<path class=\"axis\" d=\"M" + point(x, BOTTOM) + "v5\"/>");
            svg.centred(epochs.text(tick), PlotStyle.TICK, "pale", x, BOTTOM + 20, (RIGHT - LEFT) / 5);
        }
        svg.append("\n");
        svg.centred("epoch", PlotStyle.NAME, "ink", (LEFT + RIGHT) / 2, BOTTOM + 40, RIGHT - LEFT);
        curve(losses, Point::loss, "loss", true);
        if (!validations.isEmpty()) {
            curve(validations, Point::validation, "validation MRR", false);
            double x = epochs.place(picture.bestEpoch(), LEFT, RIGHT);
            svg.append("<path class=\"mark\" d=\"M" + point(x, TOP) + "V" + number(BOTTOM) + "\"/>");
            double middle = Math.min(Math.max(x, LEFT + 110), RIGHT - 110);
            svg.centred("kept: epoch " + picture.bestEpoch(), PlotStyle.NAME, "ink", middle, TOP - 8, 160);
            svg.append("\n");
        }
        svg.append("<path class=\"axis\" d=\"M" + point(LEFT, BOTTOM) + "H" + number(RIGHT) + "\"/>\n");
        return svg.document();
    }

    /** A line with its scale, at the left with rules across the plot, or at the right. */
    private void curve(List<Point> points, ToDoubleFunction<Point> value, String name, boolean left) {
        Axis axis = Axis.holding(
                left ? points.stream().mapToDouble(value).min().orElse(0) : 0,
                points.stream().mapToDouble(value).max().orElse(1),
                5);
        String stroke = left ? "first" : "second";
        String fill = left ? "one" : "two";
        for (double tick : axis.ticks()) {
            double y = axis.place(tick, BOTTOM, TOP);
            if (left) {
                svg.append("<path class=\"rule\" d=\"M" + point(LEFT, y) + "H" + number(RIGHT) + "\"/>");
                svg.lineTo(axis.text(tick), PlotStyle.TICK, fill, LEFT - 8, y + 4, LEFT - 16);
            } else {
                svg.line(axis.text(tick), PlotStyle.TICK, fill, RIGHT + 8, y + 4, WIDTH - RIGHT - 16);
            }
        }
        svg.append("\n");
        if (left) {
            svg.line(name, PlotStyle.NAME, fill, ExplanationLayout.MARGIN, TOP - 14, 100);
        } else {
            svg.lineTo(name, PlotStyle.NAME, fill, WIDTH - ExplanationLayout.MARGIN, TOP - 14, 120);
        }
        StringBuilder path = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        for (Point one : points) {
            double x = epochs.place(one.epoch(), LEFT, RIGHT);
            double y = axis.place(value.applyAsDouble(one), BOTTOM, TOP);
            path.append(path.isEmpty() ? "M" : "L").append(point(x, y));
            if (points.size() == 1 || (!left && points.size() <= DOTS)) {
                dots.append(
                        "<circle class=\"" + fill + "\" cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"3.2\"/>");
            }
        }
        if (!points.isEmpty()) {
            svg.append("<path class=\"" + stroke + "\" d=\"" + path + "\"/>" + dots + "\n");
        }
    }

    /** The whole picture in words. */
    private String sentence() {
        if (losses.isEmpty()) {
            return "Nothing was recorded of the training.";
        }
        String loss = String.format(
                Locale.ROOT,
                "Loss from %.3g to %.3g in %d epochs",
                losses.get(0).loss(),
                losses.get(losses.size() - 1).loss(),
                losses.get(losses.size() - 1).epoch());
        return validations.stream()
                .filter(point -> point.epoch() == picture.bestEpoch())
                .findFirst()
                .map(best -> loss
                        + String.format(
                                Locale.ROOT,
                                "; best validation MRR %.3f, after epoch %d",
                                best.validation(),
                                best.epoch()))
                .orElse(loss);
    }
}
