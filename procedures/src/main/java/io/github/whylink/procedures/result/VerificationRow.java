package io.github.whylink.procedures.result;

import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.explain.verify}: a predicted link with some facts and without them. */
public final class VerificationRow {
    @Description("The facts that were left out.")
    public final List<Relationship> removed;

    @Description("Probability of the predicted link, softmax over all entities as its target, with all facts.")
    public final double probability;

    @Description("How much of it the method expects to go without the facts: the sum of their influences.")
    public final double predictedDrop;

    @Description("The probability in the model that was trained again without the facts.")
    public final double probabilityWithout;

    @Description("The probability minus that without the facts: what really goes.")
    public final double drop;

    @Description(
            "How far the probability moves, on average, when nothing but the seed changes: a drop that is no larger says little about the facts. Null with seeds: 0.")
    public final Double noise;

    @Description("The probabilities in the models that were trained with other seeds.")
    public final List<Double> probabilitiesOfOtherSeeds;

    @Description("Rank of the target with all facts, as whylink.predict.targets counts.")
    public final long rank;

    @Description("Rank of the target without the facts.")
    public final long rankWithout;

    @Description("The best answer with all facts.")
    public final Node topTarget;

    @Description("The best answer without the facts.")
    public final Node topTargetWithout;

    @Description("Whether the prediction fell: whether its rank is lower down without the facts.")
    public final boolean fell;

    @Description("The method that was asked.")
    public final String method;

    @Description("Milliseconds that training without the facts took.")
    public final long retrainMillis;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /** What a model says of the link. */
    public record Place(double probability, long rank, Node topTarget) {}

    /**
     * Makes the row.
     *
     * @param otherSeeds probabilities; empty if none was tried
     */
    public VerificationRow(
            List<Relationship> removed,
            Place with,
            Place without,
            double predictedDrop,
            List<Double> otherSeeds,
            String method,
            long retrainMillis,
            Map<String, Object> configuration) {
        this.removed = removed;
        probability = with.probability;
        this.predictedDrop = predictedDrop;
        probabilityWithout = without.probability;
        drop = with.probability - without.probability;
        noise = otherSeeds.isEmpty()
                ? null
                : (Double) otherSeeds.stream()
                        .mapToDouble(other -> Math.abs(with.probability - other))
                        .average()
                        .orElseThrow();
        probabilitiesOfOtherSeeds = otherSeeds;
        rank = with.rank;
        rankWithout = without.rank;
        topTarget = with.topTarget;
        topTargetWithout = without.topTarget;
        fell = without.rank > with.rank;
        this.method = method;
        this.retrainMillis = retrainMillis;
        this.configuration = configuration;
    }
}
