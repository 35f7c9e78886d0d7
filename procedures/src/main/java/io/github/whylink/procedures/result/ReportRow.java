package io.github.whylink.procedures.result;

import io.github.whylink.procedures.config.ModelName;
import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.report}. */
public final class ReportRow {
    @Description("The name of the model.")
    public final String modelName;

    @Description(
            "The report: one HTML page that needs nothing else, to be saved as a file and opened, offline too. The same model and graph give the same bytes.")
    public final String html;

    @Description(
            "Loss and validation over the epochs of the training: one self-contained SVG document, part of the page too. Null for models from before the curve was kept.")
    public final String curveSvg;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    public ReportRow(ModelName name, String html, String curveSvg, Map<String, Object> configuration) {
        modelName = name.value();
        this.html = html;
        this.curveSvg = curveSvg;
        this.configuration = configuration;
    }
}
