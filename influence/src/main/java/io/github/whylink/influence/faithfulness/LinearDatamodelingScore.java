package io.github.whylink.influence.faithfulness;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The linear datamodeling score (LDS) of influences: how well their sums predict what a training without many facts at once
 * makes of a link.
 *
 * <pre>
 * for random sets S of facts to leave out
 *   truth(S)   = mean over some seeds of the link's probability after training without S
 *   claimed(S) = -Σ over f in S of influence(f)
 * LDS = Spearman correlation of truth and claimed over the sets
 * </pre>
 *
 * <p>With the seed of the explained model alone it judges answers to "why does this model say so", with several seeds those to
 * "why do models of this graph say so". The truth is noisy where seeds matter: {@link #reliability} says how noisy. Source:
 * Park, Georgiev, Ilyas, Leclerc and Madry, "TRAK: attributing model behavior at scale", ICML 2023, arXiv 2303.14186,
 * definition 2.4.
 */
public final class LinearDatamodelingScore {
    private final List<Link> links;
    private final BitSet[] removed;

    /** {@code [link][set][seed]}. */
    private final double[][][] probabilities;

    private LinearDatamodelingScore(List<Link> links, BitSet[] removed, int seeds) {
        this.links = links;
        this.removed = removed;
        probabilities = new double[links.size()][removed.length][seeds];
    }

    /**
     * Trains once for each set and seed.
     *
     * @param share of the facts that a set leaves out, above 0, below 1
     * @param sets how many, at least 2
     * @param seeds of the trainings
     * @param draw seed of the sets
     * @param concurrency trainings at a time
     */
    public static LinearDatamodelingScore measure(
            Facts facts,
            TrainingSettings settings,
            List<Link> links,
            double share,
            int sets,
            long[] seeds,
            long draw,
            int concurrency) {
        BitSet[] removed = IntStream.range(0, sets)
                .mapToObj(set -> draw(facts, share, CounterHash.hash(draw, set, 0, 0)))
                .toArray(BitSet[]::new);
        LinearDatamodelingScore score = new LinearDatamodelingScore(links, removed, seeds.length);
        TrainingSettings oneThread = settings.with().concurrency(1).build();
        try (Team team = new Team(concurrency)) {
            team.run(sets, (worker, set) -> {
                for (int seed = 0; seed < seeds.length; seed++) {
                    EmbeddingModel model = new EmbeddingModel(
                            settings.scoringFunction(),
                            Trainer.trainWithout(removed[set], facts, oneThread.withSeed(seeds[seed])));
                    for (int k = 0; k < links.size(); k++) {
                        score.probabilities[k][set][seed] = RemovalExperiment.probability(model, links.get(k));
                    }
                }
            });
        }
        return score;
    }

    /** The facts with the smallest hashes: exactly the share, rounded, at least one. */
    private static BitSet draw(Facts facts, double share, long seed) {
        int count = (int) Math.max(1, Math.round(share * facts.count()));
        BitSet removed = new BitSet();
        IntStream.range(0, facts.count())
                .boxed()
                .sorted((a, b) -> Long.compare(
                        CounterHash.hash(seed, facts.key(a), 0, 0), CounterHash.hash(seed, facts.key(b), 0, 0)))
                .limit(count)
                .forEach(removed::set);
        return removed;
    }

    /**
     * The score of a link's influences.
     *
     * @param claimed facts that it does not name have none
     * @return -1 to 1
     */
    public double of(int link, FactInfluences claimed) {
        double[] sums = new double[removed.length];
        double[] truth = new double[removed.length];
        for (int set = 0; set < truth.length; set++) {
            sums[set] = claimed.changeWithout(removed[set]);
            truth[set] = mean(probabilities[link][set], 0, 1);
        }
        return RankCorrelation.spearman(sums, truth);
    }

    /**
     * How far the truth agrees with itself: the mean over the links of the correlation of one half of the seeds with the
     * other, stepped up to all seeds (Spearman-Brown). Its root is about what a perfect prediction would score. NaN for one
     * seed.
     */
    public double reliability() {
        if (probabilities[0][0].length < 2) {
            return Double.NaN;
        }
        double sum = 0;
        for (double[][] ofLink : probabilities) {
            double[] even = new double[ofLink.length];
            double[] odd = new double[ofLink.length];
            for (int set = 0; set < ofLink.length; set++) {
                even[set] = mean(ofLink[set], 0, 2);
                odd[set] = mean(ofLink[set], 1, 2);
            }
            sum += RankCorrelation.spearman(even, odd);
        }
        double half = sum / links.size();
        return 2 * half / (1 + half);
    }

    private static double mean(double[] values, int from, int step) {
        double sum = 0;
        int count = 0;
        for (int i = from; i < values.length; i += step) {
            sum += values[i];
            count++;
        }
        return sum / count;
    }
}
