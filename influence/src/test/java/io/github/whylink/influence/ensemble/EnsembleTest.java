package io.github.whylink.influence.ensemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.ensemble.Ensemble.Influences;
import io.github.whylink.influence.influencefunctions.GaussNewtonExplainer;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnsembleTest {
    private final Facts facts = RandomFacts.of(80, 20, 3, 5);
    private final TrainingSettings settings = TrainingSettings.of(ScoringFunctions.named("DistMult"), 6)
            .epochs(5)
            .negatives(Negatives.perFact(5, NegativeSides.BOTH))
            .optimizer(new OptimizerSettings("SGD", LearningRate.constant(0.1f), 0f))
            .initialScale(0.5f)
            .build();
    private final KnownFacts known = KnownFacts.of(facts);
    private final Link link = new Link(3, 1, 7);

    private Ensemble ensemble(int members) {
        return Ensemble.train(facts, settings, members, TrainingMonitor.NONE);
    }

    @Test
    void oneMemberAnswersAsItsModelDoes() {
        Ensemble one = ensemble(1);
        int[] answers = known.known(Side.TAIL, 3, 1);
        LinkPredictor.Prediction expected =
                new LinkPredictor(one.members().get(0).model()).best(Side.TAIL, 3, 1, answers, 1)[0];
        assertEquals(expected.entity(), one.best(3, 1, known));
    }

    @Test
    void membersDifferByTheirSeedAndAnswerByTheMeanOfTheirScores() {
        List<EmbeddingModel> models =
                ensemble(3).members().stream().map(TrainedModel::model).toList();
        assertNotEquals(models.get(0).score(3, 1, 7), models.get(1).score(3, 1, 7));
        int[] answers = known.known(Side.TAIL, 3, 1);
        int best = IntStream.range(0, facts.entityCount())
                .filter(e -> Arrays.binarySearch(answers, e) < 0)
                .boxed()
                .max(Comparator.comparingDouble(e -> models.stream()
                        .mapToDouble(model -> model.score(3, 1, e))
                        .sum()))
                .orElseThrow();
        assertEquals(best, ensemble(3).best(3, 1, known));
    }

    @Test
    void theInfluenceIsTheMeanOverMembers() {
        Ensemble two = ensemble(2);
        Influences explained = two.explain(List.of(link), TrainingMonitor.NONE)[0];
        double[] expected = new double[facts.count()];
        for (TrainedModel member : two.members()) {
            FactInfluences influences = new GaussNewtonExplainer(
                            member, GaussNewtonExplainer.DEFAULT_DAMPING, TrainingMonitor.NONE)
                    .explain(link);
            for (int i = 0; i < influences.count(); i++) {
                expected[influences.fact(i)] += influences.influence(i) / 2;
            }
        }
        boolean spread = false;
        for (int i = 0; i < explained.mean().count(); i++) {
            int fact = explained.mean().fact(i);
            assertFalse(link.sharedWith(facts, fact).isEmpty(), "a fact that touches the link");
            assertEquals(expected[fact], explained.mean().influence(i), 1e-12);
            assertEquals(fact, explained.spread().fact(i));
            spread |= explained.spread().influence(i) > 0;
        }
        assertTrue(explained.mean().count() > 0);
        assertTrue(spread, "members do not agree to the last bit");
    }

    @Test
    void theSpreadOfOneMemberIs0() {
        Influences explained = ensemble(1).explain(List.of(link), TrainingMonitor.NONE)[0];
        for (int i = 0; i < explained.spread().count(); i++) {
            assertEquals(0, explained.spread().influence(i));
        }
    }

    @Test
    void anEnsembleOfNoneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ensemble(0));
    }

    /** Each member without what it recorded of a fact: the softmax of the mean of what is left of the scores. */
    @Test
    void whatMembersRecordedSideBySideIsRolledBackInAllOfThemAtOnce() {
        SideBySide sideBySide = new SideBySide(settings.scoringFunction(), 3);
        InfluenceLedger joinedLedger =
                InfluenceLedger.zeros(facts.count(), 3 * settings.entityWidth(), 3 * settings.relationWidth());
        List<EmbeddingModel> models = new ArrayList<>();
        List<InfluenceLedger> ledgers = new ArrayList<>();
        for (int m = 0; m < 3; m++) {
            RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
            models.add(TrainedModel.train(facts, settings.withSeed(m), recorder, TrainingMonitor.NONE)
                    .model());
            ledgers.add(recorder.ledger());
            joinedLedger.put(sideBySide, m, recorder.ledger());
        }
        EmbeddingModel joined = sideBySide.join(models);
        FactInfluences explained =
                new RollbackExplainer(joined, facts, new FactIndex(facts), joinedLedger, () -> {}).explain(link);
        assertTrue(explained.count() > 0);
        double with = probability(models);
        for (int i = 0; i < explained.count(); i++) {
            int fact = explained.fact(i);
            List<EmbeddingModel> without = new ArrayList<>();
            for (int m = 0; m < 3; m++) {
                without.add(rolledBack(models.get(m), ledgers.get(m), fact));
            }
            assertEquals(with - probability(without), explained.influence(i), Tolerance.FLOAT_ARITHMETIC);
        }
    }

    private EmbeddingModel rolledBack(EmbeddingModel model, InfluenceLedger ledger, int fact) {
        Parameters parameters = model.parameters().copy();
        float[] updates = ledger.row(fact);
        int w = settings.entityWidth();
        int v = settings.relationWidth();
        subtract(updates, 0, parameters.entities()[facts.head(fact)]);
        subtract(updates, w, parameters.relations()[facts.relation(fact)]);
        subtract(updates, w + v, parameters.entities()[facts.tail(fact)]);
        return new EmbeddingModel(model.function(), parameters);
    }

    private static void subtract(float[] updates, int offset, float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] -= updates[offset + i];
        }
    }

    private double probability(List<EmbeddingModel> models) {
        double[] exponentials = new double[facts.entityCount()];
        double sum = 0;
        for (int e = 0; e < exponentials.length; e++) {
            double mean = 0;
            for (EmbeddingModel model : models) {
                mean += model.score(link.head(), link.relation(), e) / (double) models.size();
            }
            exponentials[e] = Math.exp(mean);
            sum += exponentials[e];
        }
        return exponentials[link.tail()] / sum;
    }
}
