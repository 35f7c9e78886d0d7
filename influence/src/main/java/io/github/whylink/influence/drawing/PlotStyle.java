package io.github.whylink.influence.drawing;

import io.github.whylink.influence.drawing.Lettering.Face;

/** What the plots have in common: colours, light and dark, and sizes of text. */
final class PlotStyle {
    static final String CLASS = "whylink-plot";

    /** All rules begin with the class of the plots, and there are no ids: inside a page nothing else is touched. */
    static final String RULES =
            """
            .whylink-plot text{font-family:Arial,Helvetica,"Liberation Sans","Noto Sans",sans-serif;text-anchor:middle}
            .whylink-plot .left{text-anchor:start}
            .whylink-plot .right{text-anchor:end}
            .whylink-plot .bold{font-weight:bold}
            .whylink-plot path{fill:none}
            .whylink-plot .paper{fill:#ffffff}
            .whylink-plot .ink{fill:#1b2430}
            .whylink-plot .pale{fill:#566273}
            .whylink-plot .rule{stroke:#d5dbe3}
            .whylink-plot .axis{stroke:#8492a6}
            .whylink-plot .mark{stroke:#1b2430;stroke-width:1.5;stroke-dasharray:5 4}
            .whylink-plot .first{stroke:#0067a8;stroke-width:2.4}
            .whylink-plot .second{stroke:#b84300;stroke-width:2.4}
            .whylink-plot .one{fill:#0067a8}
            .whylink-plot .two{fill:#b84300}
            .whylink-plot .dots{fill:#6b7685;fill-opacity:.55}
            @media (prefers-color-scheme:dark){
            .whylink-plot .paper{fill:#12171f}
            .whylink-plot .ink{fill:#eef2f7}
            .whylink-plot .pale{fill:#a7b3c4}
            .whylink-plot .rule{stroke:#37414f}
            .whylink-plot .axis{stroke:#75849a}
            .whylink-plot .mark{stroke:#eef2f7}
            .whylink-plot .first{stroke:#5ab4f0}
            .whylink-plot .second{stroke:#ff9a52}
            .whylink-plot .one{fill:#5ab4f0}
            .whylink-plot .two{fill:#ff9a52}
            .whylink-plot .dots{fill:#a7b3c4;fill-opacity:.6}
            }
            """;

    static final Face TITLE = new Face(19, true);
    static final Face SENTENCE = new Face(14, false);
    static final Face TICK = new Face(12, false);
    static final Face NAME = new Face(12, true);

    private PlotStyle() {}
}
