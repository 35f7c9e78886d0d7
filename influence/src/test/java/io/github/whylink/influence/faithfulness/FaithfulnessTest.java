package io.github.whylink.influence.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.faithfulness.RemovalExperiment.Outcome;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaithfulnessTest {
    private final Facts facts = RandomFacts.of(80, 12, 3, 6);
    private final Facts queries = facts.select(new int[] {0, 10, 20, 30});
    private final KnownFacts known = KnownFacts.of(facts);
    private final TrainingSettings settings = Settings.small().epochs(10).build();
    private final EmbeddingModel model = trained(facts);
    private final TopPrediction[] predictions = TopPrediction.of(model, queries, known);

    private EmbeddingModel trained(Facts some) {
        Parameters parameters = Trainer.train(some, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        return new EmbeddingModel(settings.scoringFunction(), parameters);
    }

    private static FactInfluences claim(int[] facts, double... influences) {
        return new FactInfluences(facts, influences);
    }

    private RemovalExperiment experiment(int concurrency) {
        return new RemovalExperiment(facts, settings, known, predictions, concurrency);
    }

    @Test
    void theTopPredictionIsTheBestUnknownTail() {
        for (int i = 0; i < queries.count(); i++) {
            Link link = predictions[i].link();
            assertFalse(known.contains(link.head(), link.relation(), link.tail()));
            for (int tail = 0; tail < facts.entityCount(); tail++) {
                if (Arrays.binarySearch(known.known(Side.TAIL, link.head(), link.relation()), tail) < 0) {
                    float best = model.score(link.head(), link.relation(), link.tail());
                    assertTrue(model.score(link.head(), link.relation(), tail) <= best);
                }
            }
        }
    }

    @Test
    void removingNothingChangesNothing() {
        FactInfluences[] nothing = new FactInfluences[predictions.length];
        Arrays.fill(nothing, claim(new int[] {1, 2}, 0, -0.5));
        assertEquals(
                new Outcome(0, 0),
                experiment(1).removingTop(RemovalExperiment.ALL, nothing),
                "facts without positive influence stay");
    }

    @Test
    void changingTheSeedToTheSameSeedChangesNothing() {
        assertEquals(new Outcome(0, 0), experiment(1).changingTheSeed(settings.seed()));
    }

    /** Each prediction is judged against a training on a table that really lacks the removed facts. */
    @Test
    void removalIsJudgedByATrainingWithoutTheFacts() {
        int[] all = IntStream.range(0, facts.count()).toArray();
        FactInfluences[] claims = new FactInfluences[predictions.length];
        int drops = 0;
        int changes = 0;
        for (int i = 0; i < predictions.length; i++) {
            double[] influences = new double[all.length];
            influences[3 * i] = 0.5;
            influences[3 * i + 1] = 0.9;
            influences[3 * i + 2] = 0.7;
            claims[i] = claim(all, influences);
            int first = 3 * i + 1;
            int second = 3 * i + 2;
            EmbeddingModel without = trained(facts.select(
                    Arrays.stream(all).filter(f -> f != first && f != second).toArray()));
            Link link = predictions[i].link();
            drops += RemovalExperiment.probability(without, link) < predictions[i].probability() ? 1 : 0;
            changes += TopPrediction.of(without, queries, known)[i].link().equals(link) ? 0 : 1;
        }
        Outcome expected = new Outcome(drops / 4.0, changes / 4.0);
        assertEquals(expected, experiment(1).removingTop(2, claims));
        assertEquals(expected, experiment(3).removingTop(2, claims));
    }

    @Test
    void leaveOneOutIsTheDropOfATrainingWithoutTheFact() {
        int[] sampled = {5, 17, 60};
        LeaveOneOut truth = LeaveOneOut.measure(facts, settings, sampled, predictions, 2);
        for (int i = 0; i < sampled.length; i++) {
            int gone = sampled[i];
            EmbeddingModel without = trained(facts.select(
                    IntStream.range(0, facts.count()).filter(f -> f != gone).toArray()));
            for (int p = 0; p < predictions.length; p++) {
                double drop =
                        predictions[p].probability() - RemovalExperiment.probability(without, predictions[p].link());
                assertEquals(drop, truth.drops(p)[i]);
            }
        }
    }

    @Test
    void leaveOneOutAgreesPerfectlyWithItself() {
        int[] sampled = IntStream.range(0, 20).toArray();
        LeaveOneOut truth = LeaveOneOut.measure(facts, settings, sampled, predictions, 2);
        for (int p = 0; p < predictions.length; p++) {
            FactInfluences itself = claim(sampled, truth.drops(p));
            assertEquals(1, truth.spearmanOverAll(p, itself), 1e-12);
            assertEquals(1, truth.spearmanOverShared(p, itself), 1e-12);
            double[] reversed = Arrays.stream(truth.drops(p)).map(drop -> -drop).toArray();
            assertEquals(-1, truth.spearmanOverAll(p, claim(sampled, reversed)), 1e-12);
            assertEquals(0, truth.spearmanOverAll(p, claim(new int[0])), "claiming nothing orders nothing");
        }
    }
}
