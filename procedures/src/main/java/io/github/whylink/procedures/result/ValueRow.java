package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.predict.value}: which value of a property a link would have. */
public final class ValueRow {
    @Description("Start node of the link.")
    public final Node source;

    @Description("Relationship type of the link with its most probable value, as the model names it: RATED=5.")
    public final String type;

    @Description("End node of the link.")
    public final Node target;

    @Description("The most probable value of the property that splits the type.")
    public final Object value;

    @Description("How probable that value is, if there is such a link at all, 0 to 1.")
    public final double probability;

    @Description("The mean of the values, each as probable as it is. Null if they are no numbers.")
    public final Double expected;

    @Description("How probable each value is, by the name that the model has for the type with it; they sum to 1.")
    public final Map<String, Object> probabilities;

    @Description(
            "Whether a relationship of the type leads from source to target in the graph now; it may be one that the model was trained on.")
    public final boolean known;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /**
     * Makes the row.
     *
     * @param expected null if the values are no numbers
     */
    public ValueRow(
            Node source,
            String type,
            Node target,
            Object value,
            double probability,
            Double expected,
            Map<String, Object> probabilities,
            boolean known,
            Map<String, Object> configuration) {
        this.source = source;
        this.type = type;
        this.target = target;
        this.value = value;
        this.probability = probability;
        this.expected = expected;
        this.probabilities = probabilities;
        this.known = known;
        this.configuration = configuration;
    }
}
