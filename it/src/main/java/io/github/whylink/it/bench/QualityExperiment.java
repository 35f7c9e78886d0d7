package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.ranking.Calibration;
import io.github.whylink.embedding.ranking.CorruptedFacts;
import io.github.whylink.embedding.ranking.LabelledScores;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.RelationCalibrations;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.EarlyStopping;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a model and ranks held-out facts: filtered, realistic ties, both sides and each of them. */
@Command(
        name = "quality",
        sortOptions = false,
        description = "Train, keep the epoch with the best validation MRR, rank the test facts. "
                + "Prints mrr, hits1, hits3, hits10, mean_rank, adjusted_mean_rank_index, mrr_tail, mrr_head, best_epoch, "
                + "validation_mrr (filtered MRR of the facts that early stopping ranks), train_seconds (of which "
                + "validate_seconds), evaluate_seconds; and expected calibration errors (15 bins, one true fact for each false "
                + "one, fitted to valid.tsv, or to half of it with --split valid): calibration_error with false facts of the "
                + "right type, as they are fitted to; calibration_error_any with any; calibration_error_checked with those of "
                + "test_negatives.tsv or valid_negatives.tsv, if there is such a file.")
final class QualityExperiment implements Callable<Integer> {
    private static final int CALIBRATION_BINS = 15;

    /** Draws the false facts. */
    private static final long CALIBRATION_SEED = 42;

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--validate-every",
            defaultValue = "5",
            description = "Epochs between two validations [${DEFAULT-VALUE}].")
    private int validateEvery;

    @Option(
            names = "--patience",
            defaultValue = "10",
            description = "Stop after so many validations without a better one [${DEFAULT-VALUE}].")
    private int patience;

    @Option(
            names = "--validation-facts",
            defaultValue = "0",
            description =
                    "How many facts of valid.tsv, chosen by their hashes, early stopping ranks; 0 trains all epochs "
                            + "and keeps the last [${DEFAULT-VALUE}].")
    private int validationFacts;

    @Option(
            names = "--split",
            defaultValue = "test",
            description = "What to rank: test, filtered by all splits; or valid, filtered by train and valid, so that "
                    + "test.tsv has no say [${DEFAULT-VALUE}].")
    private String split;

    @Option(
            names = "--influence",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description =
                    "Record while training what each fact does; where early stopping goes back, the training runs "
                            + "again up to its best epoch [${DEFAULT-VALUE}].")
    private boolean influence;

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        if (!split.equals("test") && !split.equals("valid")) {
            throw new IllegalArgumentException("--split must be test or valid, but is '" + split + "'");
        }
        if (validationFacts < 0) {
            throw new IllegalArgumentException("--validation-facts must be at least 0, but is " + validationFacts);
        }
        EarlyStopping stopping = new EarlyStopping(validateEvery, patience);
        Kernels.hintAtVectors(System.err);
        Dataset data = training.dataset();
        boolean test = split.equals("test");
        KnownFacts known = test ? data.known() : data.knownBeforeTest();
        TrainingMonitor progress = TrainingOptions.printingTo(System.err);
        Validation validation = new Validation(data, settings, validationFacts);

        long start = System.nanoTime();
        TrainingObserver observer = influence
                ? RollbackRecorder.of(data.train(), settings.entityWidth(), settings.relationWidth())
                : TrainingObserver.NONE;
        TrainingResult result = validationFacts == 0
                ? new TrainingResult(
                        Trainer.train(data.train(), settings, observer, progress), settings.epochs(), List.of())
                : Trainer.trainValidated(data.train(), settings, stopping, validation, observer, progress);
        long trained = System.nanoTime();
        RankingEvaluation ranking = RankingEvaluation.of(
                new EmbeddingModel(settings.scoringFunction(), result.parameters()),
                test ? data.test() : data.valid(),
                known,
                settings.concurrency(),
                () -> {});
        long evaluated = System.nanoTime();

        Figures figures = new Figures(System.out);
        figures.print("mrr", ranking.both().mrr());
        figures.print("hits1", ranking.both().hits1());
        figures.print("hits3", ranking.both().hits3());
        figures.print("hits10", ranking.both().hits10());
        figures.print("mean_rank", ranking.both().meanRank());
        figures.print("adjusted_mean_rank_index", ranking.both().adjustedMeanRankIndex());
        figures.print("mrr_tail", ranking.tail().mrr());
        figures.print("mrr_head", ranking.head().mrr());
        figures.print("best_epoch", (long) result.bestEpoch());
        if (validationFacts > 0) {
            figures.print(
                    "validation_mrr", result.curve().get(result.bestEpoch() - 1).validation());
            figures.print("validate_seconds", validation.nanoseconds / 1e9);
        }
        figures.print("train_seconds", (trained - start) / 1e9);
        figures.print("evaluate_seconds", (evaluated - trained) / 1e9);
        printCalibration(
                new EmbeddingModel(settings.scoringFunction(), result.parameters()), data, known, test, figures);
        return 0;
    }

    /** How far calibrated probabilities are from the share of true facts, against false ones of three kinds. */
    private void printCalibration(EmbeddingModel model, Dataset data, KnownFacts known, boolean test, Figures figures)
            throws IOException {
        Facts fitted = test ? data.valid() : half(data.valid(), 0);
        Facts measured = test ? data.test() : half(data.valid(), 1);
        RelationRoles roles = RelationRoles.of(data.train());
        Optional<RelationCalibrations> fit =
                RelationCalibrations.fit(model, fitted, data.knownBeforeTest(), roles, CALIBRATION_SEED);
        if (fit.isEmpty()) {
            return;
        }
        Map<String, Facts> wrong = new LinkedHashMap<>();
        wrong.put("calibration_error", CorruptedFacts.typed(measured, known, roles, CALIBRATION_SEED));
        wrong.put("calibration_error_any", CorruptedFacts.of(measured, known, CALIBRATION_SEED));
        String checked = test ? "test_negatives.tsv" : "valid_negatives.tsv";
        if (Files.exists(training.folder().resolve(checked))) {
            Facts negatives = Dataset.facts(training.folder(), checked, data.train());
            wrong.put("calibration_error_checked", test ? negatives : half(negatives, 1));
        }
        for (Map.Entry<String, Facts> kind : wrong.entrySet()) {
            LabelledScores scores = LabelledScores.of(model, measured, kind.getValue());
            figures.print(
                    kind.getKey(),
                    Calibration.expectedCalibrationError(
                            fit.get().probabilities(scores), scores.labels(), CALIBRATION_BINS));
        }
    }

    /** Every second fact. */
    private static Facts half(Facts facts, int from) {
        return facts.select(
                IntStream.range(0, facts.count()).filter(i -> i % 2 == from).toArray());
    }

    /** The filtered MRR, both sides, of some facts of {@code valid.tsv}; knows nothing of {@code test.tsv}. */
    private static final class Validation implements ToDoubleFunction<Parameters> {
        private final TrainingSettings settings;
        private final Facts facts;
        private final KnownFacts known;
        private long nanoseconds;

        Validation(Dataset data, TrainingSettings settings, int most) {
            this.settings = settings;
            facts = RankingEvaluation.sample(data.valid(), most);
            known = data.knownBeforeTest();
        }

        @Override
        public double applyAsDouble(Parameters parameters) {
            long start = System.nanoTime();
            double mrr = RankingEvaluation.of(
                            new EmbeddingModel(settings.scoringFunction(), parameters),
                            facts,
                            known,
                            settings.concurrency(),
                            () -> {})
                    .both()
                    .mrr();
            nanoseconds += System.nanoTime() - start;
            return mrr;
        }
    }
}
