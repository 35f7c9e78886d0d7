package io.github.whylink.influence.drawing;

/** Draws an {@link ExplanationPicture} as one self-contained SVG. */
public final class ExplanationSvg {
    private ExplanationSvg() {}

    /** Returns the SVG document; equal pictures give equal bytes. */
    public static String draw(ExplanationPicture picture) {
        return "";
    }
}
