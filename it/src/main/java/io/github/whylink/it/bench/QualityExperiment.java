package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.EarlyStopping;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
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
                + "validate_seconds), evaluate_seconds.")
final class QualityExperiment implements Callable<Integer> {
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
        return 0;
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
