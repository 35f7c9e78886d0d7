package io.github.whylink.influence.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.drawing.FaithfulnessPicture.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class PlotsTest {
    private static final String NASTY = "<script>alert(\"1\")</script> & a name " + "that goes on ".repeat(40);

    private static CurvePicture curve(String title, int epochs, int validateEvery) {
        List<CurvePicture.Point> points = new ArrayList<>();
        for (int i = 1; i <= epochs; i++) {
            double validation = validateEvery > 0 && i % validateEvery == 0 ? 0.4 * i / epochs : Double.NaN;
            points.add(new CurvePicture.Point(i, 1 + 3.0 / i, validation));
        }
        return new CurvePicture(title, points, epochs);
    }

    private static FaithfulnessPicture faithfulness(String name, int pairs, double scale) {
        Random random = new Random(7);
        List<FaithfulnessPicture.Point> points = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            double said = scale * random.nextGaussian();
            points.add(new FaithfulnessPicture.Point(said, said + scale * random.nextGaussian(), i % 100 == 0));
        }
        return new FaithfulnessPicture(
                name, name, points, List.of(new Bar(name, 1, 0.25), new Bar("seed", 0.5, 0)), 0.875);
    }

    @Test
    void equalPicturesGiveEqualBytes() {
        assertEquals(CurveSvg.draw(curve("m", 40, 5)), CurveSvg.draw(curve("m", 40, 5)));
        assertEquals(FaithfulnessSvg.draw(faithfulness("m", 50, 1)), FaithfulnessSvg.draw(faithfulness("m", 50, 1)));
    }

    @Test
    void everyPictureIsWellFormedRefersToNothingAndKeepsItsTextsInside() {
        for (String name : List.of("m", NASTY, "ירושלים", "", "\u0000\uD800")) {
            for (int epochs : new int[] {0, 1, 2, 3, 7, 30, 999, 3_000}) {
                for (int every : new int[] {0, 1, 5}) {
                    Documents.assertTextsInside(Documents.read(CurveSvg.draw(curve(name, epochs, every))));
                }
            }
            for (int pairs : new int[] {0, 1, 50, 5_000}) {
                for (double scale : new double[] {0, 1e-300, 1e-9, 0.1, 1}) {
                    Documents.assertTextsInside(Documents.read(FaithfulnessSvg.draw(faithfulness(name, pairs, scale))));
                }
            }
        }
    }

    @Test
    void theCurveSaysInWordsWhatItShows() {
        Document svg = Documents.read(CurveSvg.draw(curve("m", 10, 5)));
        assertEquals(
                List.of("Loss from 4.00 to 1.30 in 10 epochs; best validation MRR 0.400, after epoch 10"),
                Documents.texts(svg, "desc"));
        assertTrue(Documents.texts(svg, "text").contains("kept: epoch 10"));
        assertEquals(2, Documents.elements(svg, "circle").size(), "one for each validation");
    }

    @Test
    void aTrainingWithoutValidationHasOneScale() {
        List<String> texts = Documents.texts(Documents.read(CurveSvg.draw(curve("m", 10, 0))), "text");
        assertTrue(texts.contains("loss"));
        assertFalse(texts.contains("validation MRR"));
    }

    @Test
    void lossesThatAreNoNumbersAreLeftOut() {
        CurvePicture picture = new CurvePicture(
                "m",
                List.of(
                        new CurvePicture.Point(1, 2, Double.NaN),
                        new CurvePicture.Point(2, Double.POSITIVE_INFINITY, Double.NaN),
                        new CurvePicture.Point(3, Double.NaN, Double.NaN)),
                3);
        assertFalse(CurveSvg.draw(picture).contains("=\"NaN"));
        assertEquals(
                1,
                Documents.elements(Documents.read(CurveSvg.draw(picture)), "circle")
                        .size());
    }

    @Test
    void aMethodThatAgreesWithTrainingLiesOnTheDiagonal() {
        List<FaithfulnessPicture.Point> points = List.of(
                new FaithfulnessPicture.Point(0.1, 0.1, true), new FaithfulnessPicture.Point(-0.002, -0.002, false));
        Document svg = Documents.read(
                FaithfulnessSvg.draw(new FaithfulnessPicture("m", "unrolled", points, List.of(), Double.NaN)));
        Documents.elements(svg, "circle").stream()
                .filter(dot -> !dot.getAttribute("r").equals("3") && Double.parseDouble(dot.getAttribute("cy")) < 470)
                .forEach(dot -> assertEquals(
                        90 + 456,
                        Double.parseDouble(dot.getAttribute("cx")) + Double.parseDouble(dot.getAttribute("cy")),
                        0.2));
    }

    @Test
    void theLongerBarIsTheLargerShare() {
        List<Double> widths =
                Documents.elements(Documents.read(FaithfulnessSvg.draw(faithfulness("m", 10, 1))), "rect").stream()
                        .skip(1)
                        .map(bar -> Double.parseDouble(bar.getAttribute("width")))
                        .toList();
        assertEquals(4, widths.size());
        assertEquals(widths.get(0) / 2, widths.get(1), 0.1);
        assertEquals(widths.get(0) / 4, widths.get(2), 0.1);
    }

    @Test
    void manyPairsAreThinnedButNoneThatIsNamedFirst() {
        Document svg = Documents.read(FaithfulnessSvg.draw(faithfulness("m", 50_000, 1)));
        long first = Documents.elements(svg, "circle").stream()
                .filter(dot -> dot.getAttribute("r").equals("4")
                        && dot.getAttribute("class").isEmpty())
                .count();
        assertEquals(500, first);
        assertTrue(Documents.elements(svg, "circle").size() < 3_000);
    }

    @Test
    void scalesHaveRoundTicksAroundTheirValues() {
        for (double[] range : new double[][] {{0, 1}, {0.013, 0.017}, {3, 3}, {-2, 5_000_000}, {0, 1e-12}, {0, 0}}) {
            Axis axis = Axis.holding(range[0], range[1], 5);
            assertTrue(axis.from() <= range[0] + 1e-12 && axis.to() >= range[1] - 1e-12, axis.toString());
            assertTrue(axis.ticks().size() >= 2 && axis.ticks().size() <= 8, axis.toString());
            assertEquals(
                    axis.ticks().size(),
                    axis.ticks().stream().map(axis::text).distinct().count(),
                    axis.toString());
        }
        assertEquals(
                List.of("0.0", "0.1", "0.2", "0.3", "0.4"),
                Axis.holding(0, 0.4, 5).ticks().stream()
                        .map(Axis.holding(0, 0.4, 5)::text)
                        .toList());
    }
}
