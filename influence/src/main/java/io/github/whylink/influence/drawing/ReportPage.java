package io.github.whylink.influence.drawing;

import io.github.whylink.influence.drawing.ModelReport.Faithfulness;
import io.github.whylink.influence.drawing.ModelReport.Measured;
import io.github.whylink.influence.drawing.ModelReport.Ranking;
import io.github.whylink.influence.drawing.ModelReport.Side;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a {@link ModelReport} as one HTML page that needs nothing else: no script, no font, no picture from anywhere; the
 * page itself forbids them. It is well-formed XML too. Light or dark as the reader prefers.
 */
public final class ReportPage {
    private static final String STYLE =
            """
            :root{color-scheme:light dark;--paper:#ffffff;--ink:#1b2430;--pale:#566273;--rule:#d5dbe3;--soft:#f1f4f8;--bar:#0067a8}
            @media (prefers-color-scheme:dark){
            :root{--paper:#12171f;--ink:#eef2f7;--pale:#a7b3c4;--rule:#37414f;--soft:#202834;--bar:#5ab4f0}
            }
            body{margin:0 auto;padding:24px;max-width:1080px;background:var(--paper);color:var(--ink);
            font:16px/1.5 Arial,Helvetica,"Liberation Sans","Noto Sans",sans-serif;overflow-wrap:anywhere}
            h1{font-size:28px;line-height:1.2;margin:8px 0}
            h2{font-size:20px;margin:40px 0 8px;border-bottom:1px solid var(--rule);padding-bottom:6px}
            p{margin:8px 0}
            .pale{color:var(--pale)}
            .figures{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}
            .figures div{background:var(--soft);border-radius:9px;padding:10px 16px;min-width:96px}
            .figures b{display:block;font-size:22px}
            .figures span{color:var(--pale);font-size:13px}
            .wide{overflow-x:auto}
            table{border-collapse:collapse;font-size:14px}
            .rankings{width:100%}
            th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--rule);vertical-align:top}
            th{color:var(--pale);font-weight:bold}
            .rankings .name{min-width:200px}
            td.number,th.number{text-align:right;white-space:nowrap}
            .bar{display:inline-block;width:90px;height:9px;margin-left:8px;background:var(--soft);border-radius:3px}
            .bar i{display:block;height:9px;background:var(--bar);border-radius:3px}
            .picture{margin:16px 0;overflow-x:auto}
            code{font-family:Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}
            """;

    private final ModelReport report;
    private final StringBuilder html = new StringBuilder();

    private ReportPage(ModelReport report) {
        this.report = report;
    }

    /** Returns the page; equal reports give equal bytes. */
    public static String write(ModelReport report) {
        return new ReportPage(report).page();
    }

    private String page() {
        html.append(
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
                """);
        html.append("<title>" + text("Model " + report.model()) + "</title>\n<style>\n" + STYLE
                + "</style>\n</head>\n<body>\n");
        html.append("<h1>" + text(report.model()) + "</h1>\n<p class=\"pale\">" + text(report.summary()) + "</p>\n");
        figures();
        if (report.curve() != null) {
            html.append("<h2>Training</h2>\n<div class=\"picture\">\n" + CurveSvg.draw(report.curve()) + "</div>\n");
        }
        html.append("<h2>How well it ranks, by relationship type</h2>\n<p class=\"pale\">"
                + text(report.rankingRemark()) + "</p>\n");
        if (!report.rankings().isEmpty()) {
            rankings();
        }
        html.append("<h2>What it predicts, and why</h2>\n<p class=\"pale\">" + text(report.exampleRemark()) + "</p>\n");
        for (ExplanationPicture example : report.examples()) {
            html.append("<div class=\"picture\">\n" + ExplanationSvg.draw(example) + "</div>\n");
        }
        if (report.faithfulness() != null) {
            faithfulness(report.faithfulness());
        }
        configuration();
        return html.append("</body>\n</html>\n").toString();
    }

    private void figures() {
        html.append("<div class=\"figures\">\n");
        report.figures()
                .forEach((name, value) ->
                        html.append("<div><b>" + text(value) + "</b><span>" + text(name) + "</span></div>\n"));
        html.append("</div>\n");
    }

    private void rankings() {
        html.append("<div class=\"wide\"><table class=\"rankings\">\n<tr><th>type</th><th class=\"number\">facts</th>");
        for (String side : new String[] {"target", "source"}) {
            html.append("<th class=\"number\">" + side + ": MRR</th><th></th><th class=\"number\">Hits@1</th>"
                    + "<th class=\"number\">Hits@10</th>");
        }
        html.append("</tr>\n");
        for (Ranking ranking : report.rankings()) {
            html.append("<tr><td class=\"name\">" + text(ranking.type()) + "</td><td class=\"number\">"
                    + ranking.facts() + "</td>");
            side(ranking.target());
            side(ranking.source());
            html.append("</tr>\n");
        }
        html.append("</table></div>\n");
    }

    private void side(Side side) {
        html.append("<td class=\"number\">" + decimals(side.mrr()) + "</td><td><span class=\"bar\"><i style=\"width:"
                + String.format(Locale.ROOT, "%.0f", 100 * Math.min(1, Math.max(0, side.mrr())))
                + "%\"></i></span></td><td class=\"number\">" + decimals(side.hits1()) + "</td><td class=\"number\">"
                + decimals(side.hits10()) + "</td>");
    }

    private void faithfulness(Faithfulness faithfulness) {
        html.append("<h2>How faithful the explanations are</h2>\n<p class=\"pale\">" + text(faithfulness.remark())
                + "</p>\n<div class=\"wide\"><table class=\"rankings\">\n<tr><th>method or floor</th>");
        for (String figure : new String[] {"PD", "TC", "mean drop", "rank correlation"}) {
            html.append("<th class=\"number\">" + figure + "</th>");
        }
        html.append("</tr>\n");
        for (Measured measured : faithfulness.methods()) {
            html.append("<tr><td class=\"name\">" + text(measured.method()) + "</td>");
            for (Double figure : new Double[] {
                measured.probabilityDrop(), measured.topChange(), measured.meanDrop(), measured.spearman()
            }) {
                html.append("<td class=\"number\">" + (figure == null ? "–" : decimals(figure)) + "</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</table></div>\n<div class=\"picture\">\n" + FaithfulnessSvg.draw(faithfulness.picture())
                + "</div>\n");
    }

    private void configuration() {
        html.append("<h2>Configuration</h2>\n<div class=\"wide\"><table>\n");
        for (Map.Entry<String, String> entry : report.configuration().entrySet()) {
            html.append("<tr><td><code>" + text(entry.getKey()) + "</code></td><td><code>" + text(entry.getValue())
                    + "</code></td></tr>\n");
        }
        html.append("</table></div>\n");
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String text(String text) {
        return Canvas.escape(Lettering.clean(text));
    }
}
