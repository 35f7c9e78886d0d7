package io.github.whylink.influence;

import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.influence.influencefunctions.GaussNewtonExplainer;
import io.github.whylink.influence.influencefunctions.InfluenceFunctionExplainer;
import io.github.whylink.influence.paths.PathExplainer;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.tracin.TracInExplainer;
import io.github.whylink.influence.unrolled.UnrolledExplainer;
import java.util.List;
import java.util.Locale;

/** The registry of explainers. Adding one is its file and one line in each place here. */
public final class Explainers {
    private Explainers() {}

    /**
     * What an explainer can need.
     *
     * @param trained the model and its training
     * @param index of the facts of the training
     * @param ledger what was recorded in the training, or null where nothing was
     * @param memory bytes for a walk back through the training, see {@link io.github.whylink.embedding.train.Replay}
     * @param seed of baselines that draw at random
     * @param monitor asked often, cancels by throwing
     */
    public record Context(
            TrainedModel trained,
            FactIndex index,
            InfluenceLedger ledger,
            long memory,
            long seed,
            TrainingMonitor monitor) {}

    /** The names of all explainers: the methods in the order of preference, and behind them the baselines. */
    public static List<String> names() {
        return List.of(
                "rollback",
                "unrolled",
                "tracin",
                "influence_function",
                "gauss_newton",
                "paths",
                "similarity",
                "neighbourhood",
                "random");
    }

    /**
     * Makes an explainer. It may hold scratch space: one instance per thread.
     *
     * @param name one of {@link #names}, whatever the case
     * @throws IllegalArgumentException if there is no such explainer, or if it needs what the context or the training does
     *     not give
     */
    public static Explainer named(String name, Context context) {
        TrainedModel trained = context.trained();
        TrainingMonitor monitor = context.monitor();
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "rollback" ->
                new RollbackExplainer(
                        trained.model(),
                        trained.facts(),
                        context.index(),
                        recorded(context.ledger()),
                        monitor::checkCancelled);
            case "unrolled" -> new UnrolledExplainer(trained, context.memory(), monitor);
            case "tracin" -> new TracInExplainer(trained, monitor);
            case "influence_function" ->
                new InfluenceFunctionExplainer(
                        trained, context.index(), InfluenceFunctionExplainer.DEFAULT_DAMPING, monitor);
            case "gauss_newton" -> new GaussNewtonExplainer(trained, GaussNewtonExplainer.DEFAULT_DAMPING, monitor);
            case "paths" -> new PathExplainer(trained.facts(), monitor::checkCancelled);
            case "similarity" -> new SimilarityExplainer(trained, monitor);
            case "neighbourhood" -> new NeighbourhoodExplainer(trained.facts(), context.index(), context.seed());
            case "random" -> new RandomExplainer(trained.facts(), context.seed());
            default ->
                throw new IllegalArgumentException(
                        "unknown explainer '%s'%s".formatted(name, Nearest.hint(name, names())));
        };
    }

    private static InfluenceLedger recorded(InfluenceLedger ledger) {
        if (ledger == null) {
            throw new IllegalArgumentException(
                    "rollback needs what was recorded while the model was trained, and nothing was: train again with influence, or explain with 'unrolled' or 'tracin', which replay the training");
        }
        return ledger;
    }
}
