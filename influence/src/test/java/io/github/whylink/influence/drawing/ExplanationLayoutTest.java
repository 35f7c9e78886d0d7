package io.github.whylink.influence.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ExplanationLayoutTest {
    private static final Pattern STEP = Pattern.compile("(?=[MHC])");

    @TestFactory
    Stream<DynamicTest> nothingOverlapsAndEverythingIsInsideThePicture() {
        Stream<DynamicTest> places = Stream.of(
                        "a T b",
                        "a T b; a R c 1; d R a 1",
                        "a T b; b R c 1; d R b 1",
                        "a T b; a R b 1; b R a 1; a S b 1; b S a 1",
                        "a T b; a R c 1; c R b 1",
                        "a T b; a R c 1; a S c 1; c Q a 1; c R b 1",
                        "a T b; a R a 1; b R b 1; a S a 1",
                        "a T b; c T d 1; e T d 1; d T c 1; c T c 1; c T c 2; c R d 1",
                        "a T b; a R c 1; a R d 1; c R d 1; d R d 1",
                        "a T a; a R c 1; c R a 1; a R a 1; c R c 1")
                .map(sentences -> DynamicTest.dynamicTest(sentences, () -> assertTidy(Pictures.of(sentences))));
        Stream<DynamicTest> random = IntStream.range(0, 150)
                .mapToObj(seed -> DynamicTest.dynamicTest(
                        "random picture " + seed, () -> assertTidy(Pictures.random(seed, 1 + seed % 25))));
        return Stream.concat(places, random);
    }

    private static void assertTidy(ExplanationPicture picture) {
        ExplanationLayout layout = new ExplanationLayout(picture);
        Rectangle2D page = new Rectangle2D.Double(
                ExplanationLayout.MARGIN - 0.01,
                90,
                layout.width - 2 * ExplanationLayout.MARGIN + 0.02,
                layout.legendY - 90);
        List<Rectangle2D> solid = new ArrayList<>();
        for (Box box : layout.boxes) {
            solid.add(new Rectangle2D.Double(box.x(), box.y(), box.width(), box.height()));
        }
        for (Arrow arrow : layout.arrows) {
            solid.add(new Rectangle2D.Double(arrow.labelX() - arrow.room() / 2, arrow.labelY() - 18, arrow.room(), 36));
        }
        solid.add(new Rectangle2D.Double(layout.linkX - layout.linkRoom / 2, layout.linkY - 24, layout.linkRoom, 48));
        for (int i = 0; i < solid.size(); i++) {
            Rectangle2D one = shrunk(solid.get(i));
            assertTrue(page.contains(one), "inside: " + one);
            for (int j = 0; j < i; j++) {
                assertFalse(one.intersects(solid.get(j)), one + " overlaps " + solid.get(j));
            }
        }
        assertEquals(picture.facts().size(), layout.arrows.size());
        List<List<Line2D>> lines = new ArrayList<>();
        for (Arrow arrow : layout.arrows) {
            lines.add(pieces(arrow.line()));
        }
        for (int i = 0; i < lines.size(); i++) {
            Arrow arrow = layout.arrows.get(i);
            for (Line2D piece : lines.get(i)) {
                assertTrue(page.contains(piece.getP1()) && page.contains(piece.getP2()), "inside");
                assertFalse(
                        Math.abs(piece.getY1() - layout.linkY) < 6
                                && piece.getX1() > layout.source.right()
                                && piece.getX1() < layout.target.x(),
                        "on the predicted link");
                for (int j = 0; j < solid.size(); j++) {
                    boolean ownLabel = j == layout.boxes.size() + i;
                    Rectangle2D other = shrunk(solid.get(j));
                    assertFalse(!ownLabel && other.intersectsLine(piece), () -> arrow + " crosses " + other);
                }
            }
            for (int j = 0; j < i; j++) {
                assertFalse(cross(lines.get(i), lines.get(j)), arrow + " crosses " + layout.arrows.get(j));
            }
        }
    }

    private static boolean cross(List<Line2D> one, List<Line2D> other) {
        Rectangle2D around = bounds(other);
        return one.stream().filter(piece -> around.intersectsLine(piece)).anyMatch(piece -> other.stream()
                .anyMatch(piece::intersectsLine));
    }

    private static Rectangle2D bounds(List<Line2D> pieces) {
        Rectangle2D around = pieces.get(0).getBounds2D();
        pieces.forEach(piece -> around.add(piece.getBounds2D()));
        return around;
    }

    private static Rectangle2D shrunk(Rectangle2D box) {
        return new Rectangle2D.Double(box.getX() + 0.1, box.getY() + 0.1, box.getWidth() - 0.2, box.getHeight() - 0.2);
    }

    /** The straight pieces that an SVG path of absolute M, H and C steps is made of. */
    private static List<Line2D> pieces(String path) {
        Path2D shape = new Path2D.Double();
        for (String step : STEP.split(path, -1)) {
            double[] n = new Scanner(step.substring(1))
                    .useDelimiter("[ ,]")
                    .tokens()
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            switch (step.charAt(0)) {
                case 'M' -> shape.moveTo(n[0], n[1]);
                case 'H' -> shape.lineTo(n[0], shape.getCurrentPoint().getY());
                default -> shape.curveTo(n[0], n[1], n[2], n[3], n[4], n[5]);
            }
        }
        List<Line2D> pieces = new ArrayList<>();
        double[] to = new double[6];
        double x = 0;
        double y = 0;
        for (PathIterator i = shape.getPathIterator(null, 1); !i.isDone(); i.next()) {
            if (i.currentSegment(to) == PathIterator.SEG_LINETO && (x != to[0] || y != to[1])) {
                pieces.add(new Line2D.Double(x, y, to[0], to[1]));
            }
            x = to[0];
            y = to[1];
        }
        return pieces;
    }

    @Test
    void neighboursAreAtTheSideOfTheirEndAndCommonOnesBetween() {
        ExplanationLayout layout =
                new ExplanationLayout(Pictures.of("a T b; a R left 1; right R b 1; a R common 1; common R b 1"));
        assertTrue(box(layout, 2).right() < layout.source.x());
        assertTrue(box(layout, 3).x() > layout.target.right());
        assertTrue(box(layout, 4).x() > layout.source.right() && box(layout, 4).right() < layout.target.x());
    }

    @Test
    void theMostInfluentialFactIsOnTopOrNextToTheLink() {
        ExplanationLayout layout =
                new ExplanationLayout(Pictures.of("a T b; a R c 3; a R d 2; a R e 1; a Q b 3; a S b 2; a P b 1"));
        List<Double> heights = layout.arrows.stream()
                .sorted((x, y) -> x.fact() - y.fact())
                .map(Arrow::labelY)
                .toList();
        assertTrue(heights.get(0) < heights.get(1) && heights.get(1) < heights.get(2));
        assertTrue(layout.linkY - heights.get(3) < layout.linkY - heights.get(5));
    }

    @Test
    void arrowheadsAreAtTheTargetOfTheirFact() {
        for (int seed = 0; seed < 50; seed++) {
            ExplanationPicture picture = Pictures.random(seed, 25);
            ExplanationLayout layout = new ExplanationLayout(picture);
            for (Arrow arrow : layout.arrows) {
                int target = picture.facts().get(arrow.fact()).target();
                assertTrue(layout.boxes.stream()
                        .filter(box -> box.node() == target)
                        .anyMatch(box -> Math.abs(arrow.tipX() - (arrow.rightward() ? box.x() : box.right())) < 0.01
                                && arrow.tipY() > box.y()
                                && arrow.tipY() < box.y() + box.height()));
            }
        }
    }

    @Test
    void theSameNodeHasOneBoxAmongTheFactsThatTouchTheLink() {
        ExplanationLayout layout =
                new ExplanationLayout(Pictures.of("a T b; a R c 1; c R a 1; a S c 1; c R b 1; d R b 1; b R d 1"));
        assertEquals(4, layout.boxes.size());
    }

    @Test
    void thePictureGrowsInHeightAndNotInWidthWithTheNumberOfFacts() {
        StringBuilder facts = new StringBuilder("a T b; a R c1 0.1");
        ExplanationLayout one = new ExplanationLayout(Pictures.of(facts.toString()));
        for (int i = 2; i <= 25; i++) {
            facts.append("; a R c").append(i).append(" 0.1");
        }
        ExplanationLayout many = new ExplanationLayout(Pictures.of(facts.toString()));
        assertTrue(many.height > 3 * one.height);
        assertTrue(many.width < 1.3 * one.width);
    }

    private static Box box(ExplanationLayout layout, int node) {
        return layout.boxes.stream()
                .filter(box -> box.node() == node)
                .findFirst()
                .orElseThrow();
    }
}
