package io.github.whylink.influence.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.unrolled.UnrolledExplainer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinearDatamodelingScoreTest {
    private final Facts facts = RandomFacts.of(80, 20, 3, 5);
    private final TrainingSettings settings = TrainingSettings.of(ScoringFunctions.named("DistMult"), 6)
            .epochs(5)
            .negatives(Negatives.perFact(5, NegativeSides.BOTH))
            .optimizer(new OptimizerSettings("SGD", LearningRate.constant(0.05f), 0f))
            .initialScale(0.5f)
            .seed(4)
            .build();
    private final Link link = new Link(facts.head(0), facts.relation(0), facts.tail(3));

    private LinearDatamodelingScore measure(long[] seeds, int concurrency) {
        return LinearDatamodelingScore.measure(facts, settings, List.of(link), 0.1, 40, seeds, 9, concurrency);
    }

    @Test
    void whatPredictsTheSameSeedScoresHighAndItsOppositeLow() {
        TrainedModel trained = TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        FactInfluences unrolled = new UnrolledExplainer(trained, 1 << 24, TrainingMonitor.NONE).explain(link);
        LinearDatamodelingScore score = measure(new long[] {4}, 1);
        double high = score.of(0, unrolled);
        assertTrue(high > 0.8, "score " + high);
        double[] opposite = IntStream.range(0, unrolled.count())
                .mapToDouble(i -> -unrolled.influence(i))
                .toArray();
        int[] all = IntStream.range(0, unrolled.count()).toArray();
        assertEquals(-high, score.of(0, new FactInfluences(all, opposite)), 1e-12);
    }

    @Test
    void whatNamesNoFactPredictsNothing() {
        assertEquals(0, measure(new long[] {4}, 1).of(0, new FactInfluences(new int[0], new double[0])));
    }

    @Test
    void theTruthIsReliableWhereTheSeedsAreTheSameAndLessWhereTheyDiffer() {
        assertEquals(1, measure(new long[] {4, 4}, 1).reliability(), 1e-12);
        double reliability = measure(new long[] {4, 5, 6, 7}, 2).reliability();
        assertTrue(reliability < 0.99, "reliability " + reliability);
        assertTrue(Double.isNaN(measure(new long[] {4}, 1).reliability()));
    }

    @Test
    void threadsChangeNothing() {
        FactInfluences some = new FactInfluences(new int[] {0, 5, 9}, new double[] {0.3, -0.1, 0.2});
        long[] seeds = {1, 2};
        assertEquals(measure(seeds, 1).of(0, some), measure(seeds, 3).of(0, some));
    }
}
