package io.github.whylink.procedures.result;

import java.util.Map;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.evaluate.faithfulness}: how far the explanations of a method agree with training again. */
public final class FaithfulnessRow {
    @Description(
            "The method; or a floor under all methods: 'neighbourhood', a random fact around the prediction, and 'seed', nothing removed but the seed changed.")
    public final String method;

    @Description(
            "PD at 1: the share of predictions whose probability is lower in the model that was trained without the fact that the method names first. Null if it named none.")
    public final Double probabilityDrop;

    @Description(
            "TC at 1: the share of predictions that are no longer the best answer then. Null if the method named no fact.")
    public final Double topChange;

    @Description("The mean drop of the probability then. Null if the method named no fact.")
    public final Double meanDrop;

    @Description(
            "Rank correlation (Spearman) of the influences with the drops that training without each sampled fact led to, -1 to 1, mean over the predictions. Facts that the method does not look at count as 0. Null for 'seed', and without sampled facts.")
    public final Double leaveOneOutSpearman;

    @Description("The same over the sampled facts that share a row with the prediction. Null if there are too few.")
    public final Double leaveOneOutSpearmanAround;

    @Description(
            "Decimal logarithm of a theoretical bound: how far the model from which the updates of one use of a fact are taken back can be from one trained without that use, as a distance of all numbers. Usually far too large to say anything. Null for other methods than 'rollback', and for other optimizers than SGD.")
    public final Double rollbackBoundLog10;

    @Description("Milliseconds for an explanation of all facts, mean over the predictions. Null for 'seed'.")
    public final Double millisPerExplanation;

    @Description(
            "Predictions that were explained: the best answers to the queries of held-out facts, or of others if none is held out.")
    public final long queries;

    @Description("Facts that were left out one by one, as a sample of all.")
    public final long facts;

    @Description(
            "The row as a picture, one self-contained SVG document: what the method says that each fact does, beside what training without it did, and PD and TC beside their floors. Null for 'seed'.")
    public final String svg;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /**
     * Makes a row.
     *
     * @param removal null where nothing was removed
     * @param leaveOneOutSpearman null or not a number where there is none, as the next two
     * @param rollbackBoundLog10 see {@link io.github.whylink.influence.rollback.Stability}
     * @param svg null where there is no method to draw
     */
    public FaithfulnessRow(
            String method,
            Removal removal,
            Double leaveOneOutSpearman,
            Double leaveOneOutSpearmanAround,
            Double rollbackBoundLog10,
            Double millisPerExplanation,
            long queries,
            long facts,
            String svg,
            Map<String, Object> configuration) {
        this.method = method;
        probabilityDrop = removal == null ? null : (Double) removal.probabilityDrop;
        topChange = removal == null ? null : (Double) removal.topChange;
        meanDrop = removal == null ? null : (Double) removal.meanDrop;
        this.leaveOneOutSpearman = orNull(leaveOneOutSpearman);
        this.leaveOneOutSpearmanAround = orNull(leaveOneOutSpearmanAround);
        this.rollbackBoundLog10 = orNull(rollbackBoundLog10);
        this.millisPerExplanation = millisPerExplanation;
        this.queries = queries;
        this.facts = facts;
        this.svg = svg;
        this.configuration = configuration;
    }

    /** What became of the predictions, as shares and a mean. */
    public record Removal(double probabilityDrop, double topChange, double meanDrop) {}

    private static Double orNull(Double value) {
        return value == null || value.isNaN() ? null : value;
    }
}
