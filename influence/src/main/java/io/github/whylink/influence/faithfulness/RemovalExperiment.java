package io.github.whylink.influence.faithfulness;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;

/**
 * The removal experiment of the gradient rollback paper: remove the facts that an explanation names, train again from the
 * same seed with those facts masked, and look at the prediction.
 *
 * <p>PD (probability drop) is the share of predictions whose probability is lower afterwards, TC (top-1 change) the share
 * whose query has another best answer afterwards. PD alone flatters: under an unstable training half of the probabilities
 * drop whatever is removed, so that both belong beside {@link #changingTheSeed} and a random fact of the neighbourhood.
 * One training per prediction. Source: Lawrence, Sztyler and Niepert, AAAI 2021, arXiv 2010.05516, section 5.
 */
public final class RemovalExperiment {
    /** Stands for "all facts with a positive influence" where a number of facts is asked for. */
    public static final int ALL = Integer.MAX_VALUE;

    private final Facts facts;
    private final TrainingSettings settings;
    private final KnownFacts masked;
    private final TopPrediction[] predictions;
    private final int concurrency;

    /**
     * Prepares the experiment.
     *
     * @param facts of the training that is explained
     * @param settings of the training that is explained
     * @param masked known facts, whose tails are no answers
     * @param predictions of the model that is explained
     * @param concurrency trainings at a time
     */
    public RemovalExperiment(
            Facts facts, TrainingSettings settings, KnownFacts masked, TopPrediction[] predictions, int concurrency) {
        this.facts = facts;
        this.settings = settings;
        this.masked = masked;
        this.predictions = predictions;
        this.concurrency = concurrency;
    }

    /**
     * What became of the predictions.
     *
     * @param probabilityDrop PD, 0 to 1
     * @param topChange TC, 0 to 1
     */
    public record Outcome(double probabilityDrop, double topChange) {}

    /** Removes for each prediction its k most influential facts of positive influence, each time from all facts. */
    public Outcome removingTop(int k, FactInfluences[] explanations) {
        boolean[] dropped = new boolean[predictions.length];
        boolean[] changed = new boolean[predictions.length];
        try (Team team = new Team(concurrency)) {
            team.run(predictions.length, (worker, i) -> {
                Parameters parameters = Trainer.trainWithout(explanations[i].strongest(k), facts, settings);
                EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
                judge(i, model, new LinkPredictor(model), dropped, changed);
            });
        }
        return new Outcome(share(dropped), share(changed));
    }

    /** The floor under every removal: removes nothing, but trains with another seed. */
    public Outcome changingTheSeed(long otherSeed) {
        boolean[] dropped = new boolean[predictions.length];
        boolean[] changed = new boolean[predictions.length];
        Parameters parameters =
                Trainer.train(facts, settings.withSeed(otherSeed), TrainingObserver.NONE, TrainingMonitor.NONE);
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), parameters);
        LinkPredictor predictor = new LinkPredictor(model);
        for (int i = 0; i < predictions.length; i++) {
            judge(i, model, predictor, dropped, changed);
        }
        return new Outcome(share(dropped), share(changed));
    }

    private void judge(int i, EmbeddingModel model, LinkPredictor predictor, boolean[] dropped, boolean[] changed) {
        Link link = predictions[i].link();
        dropped[i] = probability(model, link) < predictions[i].probability();
        changed[i] = TopPrediction.best(predictor, link.head(), link.relation(), masked)
                        .link()
                        .tail()
                != link.tail();
    }

    /** The probability of a link's tail among all entities. O(entities · d). */
    public static double probability(EmbeddingModel model, Link link) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        return Softmax.probability(scores, link.tail());
    }

    private static double share(boolean[] flags) {
        int set = 0;
        for (boolean flag : flags) {
            set += flag ? 1 : 0;
        }
        return (double) set / flags.length;
    }
}
