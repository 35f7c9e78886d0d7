package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.audit}: a fact of the graph that may be false. */
public final class AuditRow {
    @Description(
            "Place in the list, from 1, the most suspicious first; places of facts that are left out are not counted.")
    public final long rank;

    @Description("Start node of the fact.")
    public final Node source;

    @Description("The fact: a relationship of the graph.")
    public final Relationship fact;

    @Description("Relationship type of the fact; with the value of a property that splits it, as RATED=5.")
    public final String type;

    @Description("End node of the fact.")
    public final Node target;

    @Description(
            "How probable it is that the fact is false, by what tells the canaries from the facts of this graph. 0 to 1; trust its order more than its size.")
    public final double severity;

    @Description("The share of false facts to expect from the first row of the audit down to this one.")
    public final double precision;

    @Description("What speaks against the fact, and what for it, in words.")
    public final String message;

    @Description("The value of each signal; null where a fact has none.")
    public final Map<String, Object> signals;

    @Description(
            "Probability of the target in the stored model: softmax over all entities. The model was trained on the fact, unless it was held out.")
    public final double probability;

    @Description(
            "Rank of the target in the stored model, as whylink.predict.targets counts, other known answers left out.")
    public final long targetRank;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** Makes a row of a fact, whose type is {@code type} to the model. */
    public AuditRow(
            long rank,
            Relationship fact,
            String type,
            double severity,
            double precision,
            String message,
            Map<String, Object> signals,
            double probability,
            long targetRank,
            Map<String, Object> configuration) {
        this.rank = rank;
        this.source = fact.getStartNode();
        this.fact = fact;
        this.type = type;
        this.target = fact.getEndNode();
        this.severity = severity;
        this.precision = precision;
        this.message = message;
        this.signals = signals;
        this.probability = probability;
        this.targetRank = targetRank;
        this.configuration = configuration;
    }
}
