package io.github.whylink.procedures.result;

import io.github.whylink.embedding.ranking.ChoiceEvaluation;
import io.github.whylink.embedding.ranking.Filtering;
import io.github.whylink.embedding.ranking.RankingMetrics;
import io.github.whylink.procedures.config.EvaluateConfiguration;
import java.util.Map;
import org.neo4j.procedure.Description;

/** A row of {@code whylink.evaluate}: how well some queries are answered. */
public final class EvaluationRow {
    @Description("The relationship type of the facts. Null in the first row, which is about all of them.")
    public final String type;

    @Description(
            "'target': (source)-[type]->(?); 'source': (?)-[type]->(target); 'both': the two together. 'value', of a type that a property splits: which value, so that the ranks are among the values.")
    public final String side;

    @Description("Facts that were ranked.")
    public final long facts;

    @Description("Mean reciprocal rank of the true answers, 0 to 1, higher is better.")
    public final double mrr;

    @Description("Share of true answers on rank 1.")
    public final double hits1;

    @Description("Share of true answers within the first 3 ranks.")
    public final double hits3;

    @Description("Share of true answers within the first 10 ranks.")
    public final double hits10;

    @Description("Mean rank of the true answers, from 1; lower is better.")
    public final double meanRank;

    @Description(
            "Mean rank compared with chance: 1 is perfect, 0 is what random scores get, however many nodes there are. Null if no answer has a rival.")
    public final Double adjustedMeanRankIndex;

    @Description(
            "How far calibrated probabilities are from the share of true facts, 0 to 1, lower is better; half of the facts fit the curves, the others, each beside a made-up one of the same type, measure them. Null in the rows of a type, and with fewer than about 40 facts.")
    public final Double expectedCalibrationError;

    @Description("Side 'value': share of facts whose value is the one that whylink.predict.value gives. Else null.")
    public final Double accuracy;

    @Description(
            "Side 'value': mean distance from the value that whylink.predict.value gives to the true one. Null elsewhere, and where values are no numbers.")
    public final Double meanAbsoluteError;

    @Description("The same with the column expected of whylink.predict.value, the mean of the values.")
    public final Double expectedAbsoluteError;

    @Description("Whether other known answers of a query were left out of the ranking.")
    public final boolean filtered;

    @Description("'realistic', 'optimistic' or 'pessimistic': the rank among answers with the same score.")
    public final String ties;

    @Description(Columns.CONFIGURATION)
    public final Map<String, Object> configuration;

    /**
     * Makes a row.
     *
     * @param type null for all
     * @param sides how many queries each fact makes: 2 for both sides, else 1
     * @param expectedCalibrationError null if not measured
     */
    public EvaluationRow(
            String type,
            String side,
            int sides,
            RankingMetrics metrics,
            Double expectedCalibrationError,
            EvaluateConfiguration configuration) {
        this.type = type;
        this.side = side;
        facts = metrics.queries() / sides;
        mrr = metrics.mrr();
        hits1 = metrics.hits1();
        hits3 = metrics.hits3();
        hits10 = metrics.hits10();
        meanRank = metrics.meanRank();
        adjustedMeanRankIndex = numberOrNull(metrics.adjustedMeanRankIndex());
        this.expectedCalibrationError = expectedCalibrationError;
        accuracy = null;
        meanAbsoluteError = null;
        expectedAbsoluteError = null;
        filtered = configuration.filtering() == Filtering.FILTERED;
        ties = EvaluateConfiguration.text(configuration.ties());
        this.configuration = configuration.effective();
    }

    /** Makes a row about the values of a type that a property splits. */
    public EvaluationRow(String type, ChoiceEvaluation values, EvaluateConfiguration configuration) {
        this.type = type;
        side = "value";
        RankingMetrics metrics = values.ranks();
        facts = metrics.queries();
        mrr = metrics.mrr();
        hits1 = metrics.hits1();
        hits3 = metrics.hits3();
        hits10 = metrics.hits10();
        meanRank = metrics.meanRank();
        adjustedMeanRankIndex = numberOrNull(metrics.adjustedMeanRankIndex());
        expectedCalibrationError = null;
        accuracy = values.accuracy();
        meanAbsoluteError = numberOrNull(values.error());
        expectedAbsoluteError = numberOrNull(values.expectedError());
        filtered = configuration.filtering() == Filtering.FILTERED;
        ties = EvaluateConfiguration.text(configuration.ties());
        this.configuration = configuration.effective();
    }

    private static Double numberOrNull(double x) {
        return Double.isNaN(x) ? null : (Double) x;
    }
}
