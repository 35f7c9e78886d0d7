package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.audit.impact}: a link that stands or falls with a fact. */
public final class ImpactRow {
    @Description("Place among the rows, from 1, the most affected first.")
    public final long rank;

    @Description("Start node of the link.")
    public final Node source;

    @Description("Relationship type of the link.")
    public final String type;

    @Description("End node of the link.")
    public final Node target;

    @Description(
            "The link where it is a fact of the graph. Null for a prediction: the best new answer to its source and type, with the fact that is asked about or without it.")
    public final Relationship fact;

    @Description("Probability of the target in the model: softmax over all entities.")
    public final double probability;

    @Description(
            "Probability without the fact that is asked about, as the tier estimates it: with 'fast' in the model from which what was recorded of the fact is subtracted, with 'replay' probability + change, which may leave 0 to 1.")
    public final double probabilityAfter;

    @Description("probabilityAfter less probability: below 0 where the fact supports the link.")
    public final double change;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** Makes a row. */
    public ImpactRow(
            long rank,
            Node source,
            String type,
            Node target,
            Relationship fact,
            double probability,
            double change,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = source;
        this.type = type;
        this.target = target;
        this.fact = fact;
        this.probability = probability;
        probabilityAfter = probability + change;
        this.change = change;
        this.configuration = configuration;
    }
}
