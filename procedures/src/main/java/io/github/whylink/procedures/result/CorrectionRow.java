package io.github.whylink.procedures.result;

import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.correct}. */
public final class CorrectionRow {
    @Description("Name of the model.")
    public final String modelName;

    @Description("The remedy.")
    public final String remedy;

    @Description("Whether the target is the best answer afterwards, those that exist in the graph left out.")
    public final boolean fixed;

    @Description("Steps that were taken, or facts that were rolled back.")
    public final long effort;

    @Description("Rank of the target before, as whylink.predict.targets counts.")
    public final long targetRank;

    @Description("Rank of the target afterwards.")
    public final long targetRankAfter;

    @Description("Probability of the link before, softmax over all entities as its target.")
    public final double probability;

    @Description("Probability of the link afterwards.")
    public final double probabilityAfter;

    @Description("The best answer before.")
    public final Node topTarget;

    @Description("The nodes that get another embedding.")
    public final List<Node> nodes;

    @Description("The relationship types that get another embedding.")
    public final List<String> types;

    @Description(
            "The facts that are rolled back, in this order; they are then none of the model's training. With remedy 'fineTuning' those that are trained on a little more, the most supporting first.")
    public final List<Relationship> facts;

    @Description(
            "How many held-out facts were ranked, to see what it does to others. 0 where nothing tells which they are: with influence: false, after the graph has changed.")
    public final long sampled;

    @Description("Mean reciprocal rank of these before. Null if none was ranked.")
    public final Double mrr;

    @Description("Mean reciprocal rank of these afterwards. Null if none was ranked.")
    public final Double mrrAfter;

    @Description(
            "Whether the model was changed: false with dryRun, which is the default, and where the link could not be made the best answer.")
    public final boolean written;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** What a model says of the link. */
    public record Place(double probability, long rank) {}

    /** What was done, or would be. */
    public record Done(
            String remedy,
            boolean fixed,
            long effort,
            List<Node> nodes,
            List<String> types,
            List<Relationship> facts) {}

    /** Makes the row. */
    public CorrectionRow(
            String modelName,
            Done done,
            Place before,
            Place after,
            Node topTarget,
            SideEffects others,
            boolean written,
            Map<String, Object> configuration) {
        this.modelName = modelName;
        remedy = done.remedy;
        fixed = done.fixed;
        effort = done.effort;
        targetRank = before.rank;
        targetRankAfter = after.rank;
        probability = before.probability;
        probabilityAfter = after.probability;
        this.topTarget = topTarget;
        nodes = done.nodes;
        types = done.types;
        facts = done.facts;
        sampled = others.sampled();
        mrr = others.mrr();
        mrrAfter = others.mrrAfter();
        this.written = written;
        this.configuration = configuration;
    }
}
