package io.github.whylink.procedures.result;

import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingResult.Epoch;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.Projection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.train}. */
public final class TrainRow {
    @Description("The name of the new model.")
    public final String modelName;

    @Description("What scores a link.")
    public final String scoringFunction;

    @Description("Nodes at the ends of the facts; the nodes that the model can predict.")
    public final long entities;

    @Description("Relationship types of the facts.")
    public final long relations;

    @Description("Facts the model was trained on. Parallel relationships of one type are one fact.")
    public final long facts;

    @Description("Facts that were not trained on but used to measure the model.")
    public final long heldOut;

    @Description("Facts that were not trained on but decided when to stop. They are no part of the figures.")
    public final long validation;

    @Description("Epochs that the model was trained for: up to the best validation, or maxEpochs without one.")
    public final long epochs;

    @Description(
            "Mean reciprocal rank of the held-out facts, over both sides, filtered, ties counted by their mean; 0 to 1, higher is better. Null if nothing was held out.")
    public final Double mrr;

    @Description("The same, of the targets alone: (source)-[type]->(?).")
    public final Double mrrTail;

    @Description("Share of held-out answers on rank 1.")
    public final Double hits1;

    @Description("Share of held-out answers within the first 3 ranks.")
    public final Double hits3;

    @Description("Share of held-out answers within the first 10 ranks.")
    public final Double hits10;

    @Description("Mean rank of the held-out answers, from 1; lower is better.")
    public final Double meanRank;

    @Description("Mean loss of the facts in the last epoch that the model was trained for.")
    public final Double loss;

    @Description(
            "How steep the score is at most on the training facts: the largest norm of its gradient by the embedding of the source, the type or the target (the empirical Lipschitz constant).")
    public final double lipschitz;

    @Description(
            "Every epoch that was tried: maps with epoch, loss (mean of the facts) and validationMrr (null where it was not measured).")
    public final List<Map<String, Object>> curve;

    @Description("Milliseconds that the training took, with validations.")
    public final long trainMillis;

    @Description("Milliseconds that ranking the held-out facts took.")
    public final long evaluateMillis;

    @Description("Milliseconds that writing the model into the graph took.")
    public final long writeMillis;

    @Description("The configuration with all defaults filled in, ready to be passed again.")
    public final Map<String, Object> configuration;

    public TrainRow(
            ModelName name,
            TrainConfiguration configuration,
            Projection graph,
            HeldOutSplit split,
            TrainingResult trained,
            RankingEvaluation evaluation,
            double lipschitz,
            long trainMillis,
            long evaluateMillis,
            long writeMillis) {
        modelName = name.value();
        scoringFunction = configuration.settings().scoringFunction().name();
        entities = graph.nodeIds().length;
        relations = graph.types().size();
        facts = split.training().length;
        heldOut = split.heldOut().length;
        validation = split.validation().length;
        epochs = trained.bestEpoch();
        mrr = evaluation == null ? null : (Double) evaluation.both().mrr();
        mrrTail = evaluation == null ? null : (Double) evaluation.tail().mrr();
        hits1 = evaluation == null ? null : (Double) evaluation.both().hits1();
        hits3 = evaluation == null ? null : (Double) evaluation.both().hits3();
        hits10 = evaluation == null ? null : (Double) evaluation.both().hits10();
        meanRank = evaluation == null ? null : (Double) evaluation.both().meanRank();
        loss = trained.curve().get(trained.bestEpoch() - 1).meanLoss();
        curve = trained.curve().stream().map(TrainRow::asMap).toList();
        this.lipschitz = lipschitz;
        this.trainMillis = trainMillis;
        this.evaluateMillis = evaluateMillis;
        this.writeMillis = writeMillis;
        this.configuration = configuration.toMap();
    }

    private static Map<String, Object> asMap(Epoch epoch) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("epoch", (long) epoch.epoch());
        map.put("loss", epoch.meanLoss());
        map.put("validationMrr", Double.isNaN(epoch.validation()) ? null : (Double) epoch.validation());
        return map;
    }
}
