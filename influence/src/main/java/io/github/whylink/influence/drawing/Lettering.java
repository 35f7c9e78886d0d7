package io.github.whylink.influence.drawing;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The words and numbers of a picture: cleaned, written out, measured and cut to the room they have.
 *
 * <p>The reader's font is unknown, so widths are the largest that Arial's metric twin Liberation Sans, Noto Sans and
 * DejaVu Sans give to a letter: what fits here fits there.
 */
final class Lettering {
    private static final Pattern CLUSTER = Pattern.compile("\\X");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    /** Marks that pile up on one letter would be drawn across the neighbouring lines. */
    private static final Pattern PILE = Pattern.compile("(\\p{M}{4})\\p{M}+");

    /** Advances of U+0020 to U+007E in thousandths of the font size. */
    private static final int[] ASCII = {
        318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 551, 838, 318, 361, 318, 372, // space to /
        636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 556, // 0 to ?
        1015, 684, 686, 722, 770, 667, 611, 778, 752, 339, 500, 667, 557, 907, 760, 787, // @ to O
        667, 787, 722, 667, 611, 732, 684, 989, 685, 667, 685, 390, 372, 390, 838, 556, // P to _
        500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, // ` to o
        635, 635, 413, 521, 392, 634, 592, 818, 592, 592, 525, 636, 551, 636, 838 // p to ~
    };

    /** How much wider a bold letter is, at most. */
    private static final double BOLD = 1.14;

    /** Room that was computed from the width of a text is room for that text. */
    private static final double ROUNDING = 1e-6;

    private Lettering() {}

    /** A typeface's size in pixels and weight. */
    record Face(double size, boolean bold) {}

    /**
     * The text as one line without what XML 1.0 forbids, control characters, changes of the writing direction that would
     * reach beyond the text, and piles of combining marks.
     */
    static String clean(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints().map(c -> Character.isWhitespace(c) ? ' ' : c).forEach(c -> {
            if (isDrawable(c)) {
                kept.appendCodePoint(c);
            }
        });
        String line = SPACES.matcher(kept).replaceAll(" ").strip();
        return PILE.matcher(line).replaceAll("$1");
    }

    private static boolean isDrawable(int c) {
        boolean direction = isIn(c, 0x202A, 0x202E) || isIn(c, 0x2066, 0x2069);
        boolean noncharacter = (c & 0xFFFE) == 0xFFFE || isIn(c, 0xFDD0, 0xFDEF);
        boolean surrogate = isIn(c, 0xD800, 0xDFFF);
        return !direction && !noncharacter && !surrogate && !Character.isISOControl(c);
    }

    private static boolean isIn(int c, int first, int last) {
        return first <= c && c <= last;
    }

    /** Width in pixels, rather too large than too small. */
    static double width(String text, Face face) {
        double ems = text.codePoints().mapToDouble(Lettering::ems).sum();
        return ems * face.size() * (face.bold() ? BOLD : 1);
    }

    private static double ems(int c) {
        if (isIn(c, 0x20, 0x7E)) {
            return ASCII[c - 0x20] / 1000.0;
        }
        int kind = Character.getType(c);
        if (kind == Character.NON_SPACING_MARK || kind == Character.ENCLOSING_MARK || kind == Character.FORMAT) {
            return 0;
        }
        if (c < 0x780) { // Latin, Greek, Cyrillic, Hebrew, Arabic
            return Character.isUpperCase(c) ? 0.9 : 0.75;
        }
        if (isIn(c, 0xFDF0, 0xFDFD)) { // whole phrases in one Arabic ligature
            return c == 0xFDFD ? 12 : 3;
        }
        if (isIn(c, 0x2E3A, 0x2E3B) || isIn(c, 0x12000, 0x1254F)) { // long dashes, cuneiform
            return 4;
        }
        if (isIn(c, 0x2E80, 0xFFEF) || c >= 0x20000) { // the square of an ideograph
            return 1;
        }
        return c >= 0x1F000 ? 1.35 : 1.15; // emoji; other scripts and symbols
    }

    /**
     * The longest beginning of the text that has room, with an ellipsis if something is missing. Never cuts a letter from
     * its accents or an emoji in two.
     */
    static String fit(String text, Face face, double room) {
        double ellipsis = width("…", face);
        double used = 0;
        int cut = 0;
        for (MatchResult cluster : (Iterable<MatchResult>) CLUSTER.matcher(text).results()::iterator) {
            used += width(cluster.group(), face);
            if (used > room + ROUNDING) {
                return text.substring(0, cut).stripTrailing() + "…";
            }
            if (used + ellipsis <= room) {
                cut = cluster.end();
            }
        }
        return text;
    }

    /** The text with a writing direction of its own inside a sentence. */
    static String isolated(String text) {
        return "\u2068" + text + "\u2069";
    }

    /** Whether the first letter with a direction is read from the right. */
    static boolean isRightToLeft(String text) {
        return text.codePoints()
                .map(Character::getDirectionality)
                .filter(d -> d == Character.DIRECTIONALITY_LEFT_TO_RIGHT
                        || d == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                        || d == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC)
                .mapToObj(d -> d != Character.DIRECTIONALITY_LEFT_TO_RIGHT)
                .findFirst()
                .orElse(false);
    }

    /**
     * An influence with its sign, three decimals or two significant digits, whichever says more: +0.214, −0.00042,
     * +3.1×10⁻⁹.
     */
    static String influence(double influence) {
        if (Double.isNaN(influence)) {
            return "unknown";
        }
        if (influence == 0) {
            return "±0";
        }
        String sign = influence > 0 ? "+" : "−";
        double size = Math.abs(influence);
        if (Double.isInfinite(size)) {
            return sign + "∞";
        }
        BigDecimal rounded = new BigDecimal(size).round(new MathContext(2));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= 6 || exponent < -5) {
            String digits = rounded.movePointLeft(exponent).setScale(1).toPlainString();
            return sign + digits + "×10" + superscript(exponent);
        }
        return sign + String.format(Locale.ROOT, "%." + Math.max(3, 1 - exponent) + "f", size);
    }

    private static String superscript(int exponent) {
        StringBuilder raised = new StringBuilder();
        for (char c : Integer.toString(exponent).toCharArray()) {
            raised.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0'));
        }
        return raised.toString();
    }

    /** A probability in percent; what is neither impossible nor certain is never written as 0 or 100. */
    static String percent(double probability) {
        if (Double.isNaN(probability)) {
            return "unknown";
        }
        if (probability > 0 && probability < 0.001) {
            return "<0.1%";
        }
        if (probability > 0.999 && probability < 1) {
            return ">99.9%";
        }
        return String.format(Locale.ROOT, "%.1f%%", 100 * probability);
    }
}
