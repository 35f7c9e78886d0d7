package io.github.whylink.it.bench;

import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a model and ranks the test facts: filtered, realistic ties, both sides and tails only. */
@Command(
        name = "quality",
        sortOptions = false,
        description = "Train, then rank the test facts, filtered by all splits. "
                + "Prints mrr, hits1, hits3, hits10, mean_rank, mrr_tail, mrr_head, train_seconds, evaluate_seconds.")
final class QualityExperiment implements Callable<Integer> {
    @Mixin
    private TrainingOptions training;

    @Option(names = "--split", defaultValue = "test", description = "test or valid [${DEFAULT-VALUE}].")
    private String split;

    @Override
    public Integer call() throws Exception {
        TrainingSettings settings = training.settings();
        if (!split.equals("test") && !split.equals("valid")) {
            throw new IllegalArgumentException("--split must be test or valid, but is '" + split + "'");
        }
        Dataset data = training.dataset();
        long start = System.nanoTime();
        Parameters parameters =
                Trainer.train(data.train(), settings, TrainingObserver.NONE, TrainingOptions.printingTo(System.err));
        long trained = System.nanoTime();
        RankingEvaluation ranking = RankingEvaluation.of(
                new EmbeddingModel(settings.scoringFunction(), parameters),
                split.equals("test") ? data.test() : data.valid(),
                data.known(),
                settings.concurrency(),
                () -> {});
        long evaluated = System.nanoTime();
        Figures figures = new Figures(System.out);
        figures.print("mrr", ranking.both().mrr());
        figures.print("hits1", ranking.both().hits1());
        figures.print("hits3", ranking.both().hits3());
        figures.print("hits10", ranking.both().hits10());
        figures.print("mean_rank", ranking.both().meanRank());
        figures.print("mrr_tail", ranking.tail().mrr());
        figures.print("mrr_head", ranking.head().mrr());
        figures.print("train_seconds", (trained - start) / 1e9);
        figures.print("evaluate_seconds", (evaluated - trained) / 1e9);
        return 0;
    }
}
