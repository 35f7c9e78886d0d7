package io.github.whylink.influence.faithfulness;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * What each of some facts is really worth to some predictions: probability with the fact minus probability after training
 * again without it, same seed, order and negatives. One training per fact serves all predictions.
 */
public final class LeaveOneOut {
    private final Facts facts;
    private final int[] sampled;
    private final Link[] links;
    private final double[][] drops;

    private LeaveOneOut(Facts facts, int[] sampled, Link[] links) {
        this.facts = facts;
        this.sampled = sampled;
        this.links = links;
        drops = new double[links.length][sampled.length];
    }

    /**
     * Trains once per sampled fact.
     *
     * @param sampled indexes of the facts to leave out, ascending
     * @param predictions of the model trained on all facts with these settings
     * @param concurrency trainings at a time
     */
    public static LeaveOneOut measure(
            Facts facts, TrainingSettings settings, int[] sampled, TopPrediction[] predictions, int concurrency) {
        LeaveOneOut result = new LeaveOneOut(
                facts,
                sampled,
                Arrays.stream(predictions).map(TopPrediction::link).toArray(Link[]::new));
        try (Team team = new Team(concurrency)) {
            team.run(sampled.length, (worker, i) -> {
                BitSet removed = new BitSet();
                removed.set(sampled[i]);
                EmbeddingModel model =
                        new EmbeddingModel(settings.scoringFunction(), Trainer.trainWithout(removed, facts, settings));
                for (int p = 0; p < predictions.length; p++) {
                    result.drops[p][i] =
                            predictions[p].probability() - RemovalExperiment.probability(model, predictions[p].link());
                }
            });
        }
        return result;
    }

    /** The true drop of a prediction's probability for each sampled fact. */
    public double[] drops(int prediction) {
        return drops[prediction];
    }

    /** The true drops as if a method had claimed them: what the best method that judges facts one by one knows. */
    public FactInfluences influences(int prediction) {
        return new FactInfluences(sampled, drops[prediction]);
    }

    /** Spearman correlation of claimed and true effects over all sampled facts; facts not explained claim 0. */
    public double spearmanOverAll(int prediction, FactInfluences claimed) {
        return RankCorrelation.spearman(claims(claimed), drops[prediction]);
    }

    /** The same over the sampled facts that share a row with the prediction; NaN if fewer than two do. */
    public double spearmanOverShared(int prediction, FactInfluences claimed) {
        double[] all = claims(claimed);
        int[] shared = IntStream.range(0, sampled.length)
                .filter(i -> !links[prediction].sharedWith(facts, sampled[i]).isEmpty())
                .toArray();
        return RankCorrelation.spearman(
                Arrays.stream(shared).mapToDouble(i -> all[i]).toArray(),
                Arrays.stream(shared).mapToDouble(i -> drops[prediction][i]).toArray());
    }

    private double[] claims(FactInfluences claimed) {
        double[] byFact = new double[facts.count()];
        for (int i = 0; i < claimed.count(); i++) {
            byFact[claimed.fact(i)] = claimed.influence(i);
        }
        return Arrays.stream(sampled).mapToDouble(fact -> byFact[fact]).toArray();
    }
}
