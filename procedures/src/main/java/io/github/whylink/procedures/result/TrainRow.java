package io.github.whylink.procedures.result;

import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingResult.Epoch;
import io.github.whylink.influence.drawing.CurveSvg;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.store.StoredCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.neo4j.procedure.Description;

/** The row of {@code whylink.train}. */
public final class TrainRow {
    @Description("The name of the new model.")
    public final String modelName;

    @Description(
            "Names the training among those of whylink.jobs. With background: true all columns but this, modelName, scoringFunction and configuration are null.")
    public final String jobId;

    @Description("What scores a link.")
    public final String scoringFunction;

    @Description("Nodes at the ends of the facts; the nodes that the model can predict.")
    public final Long entities;

    @Description("Relationship types of the facts.")
    public final Long relations;

    @Description("Facts the model was trained on. Parallel relationships of one type are one fact.")
    public final Long facts;

    @Description("Facts that were not trained on but used to measure the model.")
    public final Long heldOut;

    @Description("Facts that were not trained on but decided when to stop. They are no part of the figures.")
    public final Long validation;

    @Description("Epochs that the model was trained for: up to the best validation, or maxEpochs without one.")
    public final Long epochs;

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
    public final Double lipschitz;

    @Description(
            "Every epoch that was tried: maps with epoch, loss (mean of the facts) and validationMrr (null where it was not measured).")
    public final List<Map<String, Object>> curve;

    @Description("The same as a picture: one self-contained SVG document. whylink.report gives it again later.")
    public final String curveSvg;

    @Description("Milliseconds that the training took, with validations.")
    public final Long trainMillis;

    @Description("Milliseconds that ranking the held-out facts took.")
    public final Long evaluateMillis;

    @Description("Milliseconds that writing the model into the graph took.")
    public final Long writeMillis;

    @Description("The configuration with all defaults filled in, ready to be passed again.")
    public final Map<String, Object> configuration;

    public TrainRow(
            ModelName name,
            String jobId,
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
        this.jobId = jobId;
        scoringFunction = configuration.settings().scoringFunction().name();
        entities = (long) graph.nodeIds().length;
        relations = (long) graph.relations().size();
        facts = (long) split.training().length;
        heldOut = (long) split.heldOut().length;
        validation = (long) split.validation().length;
        epochs = (long) trained.bestEpoch();
        mrr = evaluation == null ? null : (Double) evaluation.both().mrr();
        mrrTail = evaluation == null ? null : (Double) evaluation.tail().mrr();
        hits1 = evaluation == null ? null : (Double) evaluation.both().hits1();
        hits3 = evaluation == null ? null : (Double) evaluation.both().hits3();
        hits10 = evaluation == null ? null : (Double) evaluation.both().hits10();
        meanRank = evaluation == null ? null : (Double) evaluation.both().meanRank();
        loss = trained.curve().get(trained.bestEpoch() - 1).meanLoss();
        curve = trained.curve().stream().map(TrainRow::asMap).toList();
        curveSvg = CurveSvg.draw(StoredCurve.picture(modelName, trained));
        this.lipschitz = lipschitz;
        this.trainMillis = trainMillis;
        this.evaluateMillis = evaluateMillis;
        this.writeMillis = writeMillis;
        this.configuration = configuration.toMap();
    }

    /** The row of a training that runs on after the call. */
    public TrainRow(ModelName name, String jobId, TrainConfiguration configuration) {
        modelName = name.value();
        this.jobId = jobId;
        scoringFunction = configuration.settings().scoringFunction().name();
        entities = null;
        relations = null;
        facts = null;
        heldOut = null;
        validation = null;
        epochs = null;
        mrr = null;
        mrrTail = null;
        hits1 = null;
        hits3 = null;
        hits10 = null;
        meanRank = null;
        loss = null;
        lipschitz = null;
        curve = null;
        curveSvg = null;
        trainMillis = null;
        evaluateMillis = null;
        writeMillis = null;
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
