package io.github.whylink.influence.ensemble;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.influencefunctions.GaussNewtonExplainer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Models of the same facts that differ by their seed alone, asked together: why do models of <em>this graph</em> say so?
 *
 * <p>On small graphs half of the best answers change with the seed, and what a fact did to one of these models says little
 * about the others. Scores are averaged over the members, which is the mean of log probabilities up to a constant and agrees
 * more between ensembles than means of probabilities, of ranks, or votes. Influences are averaged too, those of {@link
 * GaussNewtonExplainer}. Facts that share no row with a link bring noise alone and are left out.
 *
 * @param members the models
 */
public record Ensemble(List<TrainedModel> members) {
    /**
     * Trains the members, with seeds that count up from that of the settings.
     *
     * @param count how many, at least 1
     */
    public static Ensemble train(Facts facts, TrainingSettings settings, int count, TrainingMonitor monitor) {
        if (count < 1) {
            throw new IllegalArgumentException("an ensemble has at least 1 member, not " + count);
        }
        return new Ensemble(IntStream.range(0, count)
                .mapToObj(i -> TrainedModel.train(
                        facts, settings.withSeed(settings.seed() + i), TrainingObserver.NONE, monitor))
                .toList());
    }

    /**
     * Answers (head, relation, ?) by the mean of the members' scores. O(members · entities · d).
     *
     * @param known facts whose tails are no answers
     * @return the entity with the highest mean score
     * @throws IllegalArgumentException if every entity is a known answer
     */
    public int best(int head, int relation, KnownFacts known) {
        return best(head, relation, known.known(Side.TAIL, head, relation));
    }

    /**
     * Answers (head, relation, ?) by the mean of the members' scores. O(members · entities · d).
     *
     * @param excluded entities that are no answers, ascending
     * @return the entity with the highest mean score
     * @throws IllegalArgumentException if every entity is excluded
     */
    public int best(int head, int relation, int[] excluded) {
        double[] sum = new double[members.get(0).model().entityCount()];
        float[] scores = new float[sum.length];
        for (TrainedModel member : members) {
            EmbeddingModel model = member.model();
            model.scores(Side.TAIL, head, relation, new float[model.parameters().entities()[0].length], scores);
            for (int e = 0; e < sum.length; e++) {
                sum[e] += scores[e];
            }
        }
        return best(sum, excluded);
    }

    private static int best(double[] scores, int[] excluded) {
        int best = -1;
        for (int e = 0; e < scores.length; e++) {
            if ((best < 0 || scores[e] > scores[best]) && Arrays.binarySearch(excluded, e) < 0) {
                best = e;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("every entity is a known answer: there is nothing to predict");
        }
        return best;
    }

    /**
     * What the members think of the facts.
     *
     * @param mean influence of each fact
     * @param spread the standard deviation of its influence over the members, for the same facts; 0 for one member
     */
    public record Influences(FactInfluences mean, FactInfluences spread) {}

    /** Explains links by the mean of {@link GaussNewtonExplainer}, with the facts that share a row with the link. */
    public Influences[] explain(List<Link> links, TrainingMonitor monitor) {
        Facts facts = members.get(0).facts();
        return explain(
                links,
                member -> new GaussNewtonExplainer(member, GaussNewtonExplainer.DEFAULT_DAMPING, monitor)
                        .explainAll(links),
                (link, fact) -> !link.sharedWith(facts, fact).isEmpty());
    }

    /**
     * Explains links by the mean of what an explainer says of the members, with all facts; of one member with those that the
     * explainer names.
     *
     * @param explainer explains the links by a member
     */
    public Influences[] explain(List<Link> links, Function<TrainedModel, FactInfluences[]> explainer) {
        if (members.size() == 1) {
            return Arrays.stream(explainer.apply(members.get(0)))
                    .map(alone -> new Influences(alone, zerosLike(alone)))
                    .toArray(Influences[]::new);
        }
        return explain(links, explainer, (link, fact) -> true);
    }

    private static FactInfluences zerosLike(FactInfluences influences) {
        int[] facts =
                IntStream.range(0, influences.count()).map(influences::fact).toArray();
        return new FactInfluences(facts, new double[facts.length]);
    }

    private Influences[] explain(
            List<Link> links, Function<TrainedModel, FactInfluences[]> explainer, BiPredicate<Link, Integer> counts) {
        Facts facts = members.get(0).facts();
        double[][] sums = new double[links.size()][facts.count()];
        double[][] squares = new double[links.size()][facts.count()];
        for (TrainedModel member : members) {
            FactInfluences[] influences = explainer.apply(member);
            for (int k = 0; k < sums.length; k++) {
                for (int i = 0; i < influences[k].count(); i++) {
                    double influence = influences[k].influence(i);
                    sums[k][influences[k].fact(i)] += influence;
                    squares[k][influences[k].fact(i)] += influence * influence;
                }
            }
        }
        Influences[] result = new Influences[links.size()];
        for (int k = 0; k < result.length; k++) {
            result[k] = summarize(facts, links.get(k), counts, sums[k], squares[k]);
        }
        return result;
    }

    private Influences summarize(
            Facts facts, Link link, BiPredicate<Link, Integer> counts, double[] sums, double[] squares) {
        int n = members.size();
        int[] around = IntStream.range(0, facts.count())
                .filter(fact -> counts.test(link, fact))
                .toArray();
        double[] mean = new double[around.length];
        double[] spread = new double[around.length];
        for (int i = 0; i < around.length; i++) {
            mean[i] = sums[around[i]] / n;
            double variance = n == 1 ? 0 : (squares[around[i]] - n * mean[i] * mean[i]) / (n - 1);
            spread[i] = Math.sqrt(Math.max(0, variance));
        }
        return new Influences(new FactInfluences(around, mean), new FactInfluences(around, spread));
    }
}
