package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.LinkGradients;
import io.github.whylink.influence.LossGradients;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What trainings say about the facts: one on all of them, and one for each fold on the others, which is asked about the facts
 * of the fold. Facts and canaries are treated alike everywhere.
 */
final class ModelSignals {
    /** Negatives of a fact whose gradient is looked at. */
    private static final int GRADIENT_NEGATIVES = 8;

    private final Facts facts;
    private final TrainingSettings settings;
    private final int epochs;
    private final SignalTable table;
    private final TrainingMonitor monitor;
    private final CandidateRanks ranks;

    ModelSignals(
            Facts facts, TrainingSettings settings, int epochs, SignalTable table, Team team, TrainingMonitor monitor) {
        this.facts = facts;
        this.settings = settings;
        this.epochs = epochs;
        this.table = table;
        this.monitor = monitor;
        ranks = new CandidateRanks(facts, settings.seed(), team, monitor::checkCancelled);
    }

    /** Trains on all facts and fills what such a training says. */
    void fillByTraining() {
        boolean recorded = table.needs(Signal.Source.ROLLBACK);
        RollbackRecorder recorder =
                recorded ? RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth()) : null;
        float[] loss = table.column(Signal.LOSS);
        if (loss != null) {
            Arrays.fill(loss, 0f);
        }
        Parameters parameters = Trainer.trainFirst(
                epochs,
                facts,
                settings,
                new BitSet(),
                recorded ? recorder : TrainingObserver.NONE,
                monitor,
                (epoch, rate, now) -> {
                    if (loss != null) {
                        ranks.addLoss(new EmbeddingModel(settings.scoringFunction(), now), loss);
                    }
                });
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
        float[] score = new float[facts.count()];
        ranks.ask(
                model,
                null,
                null,
                new CandidateRanks.Wanted(
                        score,
                        table.column(Signal.TAIL_RANK),
                        table.column(Signal.HEAD_RANK),
                        null,
                        null,
                        table.column(Signal.RELATION_RANK)));
        copy(score, Signal.SCORE);
        normalised(score, Signal.RELATION_SCORE);
        if (loss != null) {
            for (int f = 0; f < loss.length; f++) {
                loss[f] /= epochs;
            }
        }
        if (recorded) {
            fillByRollback(model, recorder.ledger());
        }
        if (table.has(Signal.GRADIENT)) {
            fillGradients(parameters);
        }
    }

    private void fillByRollback(EmbeddingModel model, InfluenceLedger ledger) {
        for (int f = 0; f < facts.count(); f++) {
            table.set(Signal.SELF_INFLUENCE, f, Math.log(ledger.magnitude(f) + 1e-9));
        }
        float[] score = new float[facts.count()];
        ranks.ask(
                model,
                ledger,
                null,
                new CandidateRanks.Wanted(
                        score,
                        table.column(Signal.TAIL_RANK_WITHOUT_ITSELF),
                        table.column(Signal.HEAD_RANK_WITHOUT_ITSELF),
                        null,
                        null,
                        null));
        normalised(score, Signal.SCORE_WITHOUT_ITSELF);
    }

    private void fillGradients(Parameters parameters) {
        NegativeSides sides = settings.scoringFunction().reciprocal()
                ? NegativeSides.BOTH
                : settings.negatives().sides();
        TrainingSettings few = settings.with()
                .batchSize(1)
                .negatives(Negatives.perFact(GRADIENT_NEGATIVES, sides))
                .build();
        float[] lengths = new float[facts.count()];
        try (LossGradients gradients = new LossGradients(new Examples(facts, few), parameters, monitor)) {
            gradients.visit(
                    parameters,
                    epochs,
                    (worker, fact, gradient) ->
                            lengths[fact] = (float) (Math.log(LinkGradients.squaredNorm(gradient) + 1e-20) / 2));
        }
        normalised(lengths, Signal.GRADIENT);
    }

    /** Trains once for each fold, without it, and fills what these models say about facts that they never saw. */
    void fillOutOfFold(int folds) {
        float[] score = new float[facts.count()];
        CandidateRanks.Wanted wanted = new CandidateRanks.Wanted(
                score,
                table.column(Signal.OUT_OF_FOLD_TAIL_RANK),
                table.column(Signal.OUT_OF_FOLD_HEAD_RANK),
                table.column(Signal.OUT_OF_FOLD_TYPED_TAIL_RANK),
                table.column(Signal.OUT_OF_FOLD_TYPED_HEAD_RANK),
                table.column(Signal.OUT_OF_FOLD_RELATION_RANK));
        for (int fold = 0; fold < folds; fold++) {
            BitSet left = new BitSet(facts.count());
            for (int f = 0; f < facts.count(); f++) {
                left.set(f, CounterHash.bounded(CounterHash.hash(settings.seed(), facts.key(f), 23, 0), folds) == fold);
            }
            if (left.cardinality() == facts.count() || left.isEmpty()) {
                continue;
            }
            Parameters parameters = Trainer.trainFirst(epochs, facts, settings, left, TrainingObserver.NONE, monitor);
            ranks.ask(new EmbeddingModel(settings.scoringFunction(), parameters), null, left, wanted);
        }
        normalised(score, Signal.OUT_OF_FOLD_SCORE);
    }

    private void copy(float[] values, Signal signal) {
        if (table.has(signal)) {
            System.arraycopy(values, 0, table.column(signal), 0, values.length);
        }
    }

    /** In standard deviations from the mean of the relation. */
    private void normalised(float[] values, Signal signal) {
        if (!table.has(signal)) {
            return;
        }
        double[] sums = new double[facts.relationCount()];
        double[] squares = new double[facts.relationCount()];
        int[] counts = new int[facts.relationCount()];
        for (int f = 0; f < values.length; f++) {
            int relation = facts.relation(f);
            sums[relation] += values[f];
            squares[relation] += (double) values[f] * values[f];
            counts[relation]++;
        }
        for (int f = 0; f < values.length; f++) {
            int relation = facts.relation(f);
            double mean = sums[relation] / counts[relation];
            double variance = Math.max(1e-12, squares[relation] / counts[relation] - mean * mean);
            table.set(signal, f, (values[f] - mean) / Math.sqrt(variance));
        }
    }
}
