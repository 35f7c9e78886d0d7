package io.github.whylink.influence.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.drawing.Lettering.Face;
import java.util.List;
import org.junit.jupiter.api.Test;

class LetteringTest {
    private static final Face FACE = new Face(10, false);

    @Test
    void influencesKeepTheirSignAndTwoDigitsHoweverSmall() {
        assertEquals("+0.214", Lettering.influence(0.2141));
        assertEquals("−0.031", Lettering.influence(-0.0312));
        assertEquals("+0.0042", Lettering.influence(0.00421));
        assertEquals("−0.000042", Lettering.influence(-0.0000421));
        assertEquals("+3.1×10⁻⁹", Lettering.influence(3.14e-9));
        assertEquals("+1.0×10⁻⁶", Lettering.influence(9.99e-7));
        assertEquals("+1.000", Lettering.influence(1));
        assertEquals("−1.2×10⁷", Lettering.influence(-12_345_678));
        assertEquals("±0", Lettering.influence(-0.0));
        assertEquals("+4.9×10⁻³²⁴", Lettering.influence(Double.MIN_VALUE));
    }

    @Test
    void onlyCertaintyIsWrittenAsCertainty() {
        assertEquals("97.3%", Lettering.percent(0.9731));
        assertEquals(">99.9%", Lettering.percent(0.99999));
        assertEquals("100.0%", Lettering.percent(1));
        assertEquals("<0.1%", Lettering.percent(1e-9));
        assertEquals("0.0%", Lettering.percent(0));
        assertEquals("unknown", Lettering.percent(Double.NaN));
    }

    @Test
    void textIsCutToItsRoomWithAnEllipsis() {
        String text = "a somewhat longer caption";
        for (int room = 12; room < 200; room++) {
            String fitted = Lettering.fit(text, FACE, room);
            assertTrue(Lettering.width(fitted, FACE) <= room, fitted);
            assertEquals(Lettering.width(text, FACE) > room, fitted.endsWith("…"));
        }
    }

    @Test
    void textFitsIntoTheRoomThatWasMeasuredForIt() {
        for (String text : List.of("European Union", "上海", "Museum 17", "ירושלים")) {
            double box = Lettering.width(text, FACE) + 24;
            assertEquals(text, Lettering.fit(text, FACE, box - 24));
        }
    }

    @Test
    void accentsAndEmojiAreNotCutInTwo() {
        String family = "👨‍👩‍👧‍👦";
        for (int room = 12; room < 150; room++) {
            String fitted = Lettering.fit(family + family, FACE, room);
            assertTrue(List.of("…", family + "…", family + family).contains(fitted), fitted);
        }
        String accented = "e\u0301".repeat(20);
        assertTrue(Lettering.fit(accented, FACE, 50).endsWith("\u0301…"));
    }

    @Test
    void ideographsAreTwiceAsWideAsLettersAndMarksHaveNoWidth() {
        assertEquals(40, Lettering.width("上海市浦", FACE));
        assertTrue(Lettering.width("abcd", FACE) < 27);
        assertEquals(Lettering.width("e", FACE), Lettering.width("e\u0301", FACE));
        assertTrue(Lettering.width("e", new Face(10, true)) > Lettering.width("e", FACE));
    }

    @Test
    void cleanTextIsOneLineOfDrawableCharacters() {
        assertEquals("a b c", Lettering.clean(" a\n\tb \u0000\u0007 c\u001B "));
        assertEquals("ab", Lettering.clean("a\uD800b\uFFFE\uFFFF"));
        assertEquals("abc", Lettering.clean("a\u202Eb\u2066c"));
        assertEquals("👨‍👩‍👧‍👦", Lettering.clean("👨‍👩‍👧‍👦"));
        assertEquals("z" + "\u0301".repeat(4), Lettering.clean("z" + "\u0301".repeat(40)));
    }

    @Test
    void theFirstLetterDecidesTheDirection() {
        assertTrue(Lettering.isRightToLeft("12 ירושלים x"));
        assertTrue(Lettering.isRightToLeft("محمد"));
        assertFalse(Lettering.isRightToLeft("x ירושלים"));
        assertFalse(Lettering.isRightToLeft("12"));
    }
}
