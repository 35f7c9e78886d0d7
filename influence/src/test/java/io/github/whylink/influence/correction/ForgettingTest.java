package io.github.whylink.influence.correction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackRecorder;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ForgettingTest {
    private static final int ENTITIES = 25;

    private final Facts facts = RandomFacts.of(140, ENTITIES, 3, 4);
    private final FactIndex index = new FactIndex(facts);

    static List<String> scorers() {
        return ScoringFunctions.names();
    }

    private record Trained(TrainedModel model, InfluenceLedger ledger) {}

    private Trained train(Facts of, TrainingSettings settings) {
        RollbackRecorder recorder = RollbackRecorder.of(of, settings.entityWidth(), settings.relationWidth());
        TrainedModel model = TrainedModel.train(of, settings, recorder, TrainingMonitor.NONE);
        return new Trained(model, recorder.ledger());
    }

    private static BitSet set(int... members) {
        BitSet set = new BitSet();
        IntStream.of(members).forEach(set::set);
        return set;
    }

    private static double probability(EmbeddingModel model, Facts of, int fact) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        model.scores(Side.TAIL, of.head(fact), of.relation(fact), query, scores);
        return Softmax.probability(scores, of.tail(fact));
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void whatIsForgottenIsAboutAsProbableAsIfItHadNeverBeenSeen(String scorer) {
        Trained trained =
                train(facts, Settings.small().scorer(scorer).epochs(20).build());
        double nothing = 0;
        double forgotten = 0;
        for (int fact = 0; fact < facts.count(); fact += 7) {
            EmbeddingModel truth = trained.model.without(set(fact));
            EditedModel edited =
                    Forgetting.forget(trained.model, index, trained.ledger, set(fact), TrainingMonitor.NONE);
            nothing += Math.abs(probability(trained.model.model(), facts, fact) - probability(truth, facts, fact));
            forgotten += Math.abs(probability(edited.model(), facts, fact) - probability(truth, facts, fact));
        }
        // The gradient of a distance jumps where a row meets a query: few steps do less.
        boolean distance = ScoringFunctions.named(scorer).similarity() != Similarity.DOT;
        assertTrue(forgotten < (distance ? 0.75 : 0.6) * nothing, "%s: %s of %s".formatted(scorer, forgotten, nothing));
    }

    @Test
    void onlyRowsOfTheFactsMoveAndTheModelStaysAsItIs() {
        Trained trained = train(facts, Settings.small().epochs(10).build());
        Parameters before = trained.model.model().parameters().copy();
        EditedModel edited = Forgetting.forget(trained.model, index, trained.ledger, set(3, 50), TrainingMonitor.NONE);
        assertEquals(set(facts.head(3), facts.tail(3), facts.head(50), facts.tail(50)), edited.changed(Table.ENTITIES));
        assertTrue(edited.changed(Table.RELATIONS).isEmpty());
        for (Table table : Table.values()) {
            assertArrayEquals(
                    before.table(table), trained.model.model().parameters().table(table));
        }
    }

    @Test
    void theSameFactsAreForgottenToTheSameBitsByAnyNumberOfThreads() {
        TrainingSettings settings = Settings.small().epochs(10).build();
        Trained trained = train(facts, settings);
        TrainedModel threads = new TrainedModel(
                trained.model.model(), facts, settings.with().concurrency(3).build(), 10);
        assertArrayEquals(
                Forgetting.forget(trained.model, index, null, set(1, 2, 99), TrainingMonitor.NONE)
                        .model()
                        .parameters()
                        .entities(),
                Forgetting.forget(threads, index, null, set(1, 2, 99), TrainingMonitor.NONE)
                        .model()
                        .parameters()
                        .entities());
    }

    /** Entity 4 and relation 1 are in no other fact. */
    @Test
    void aRowThatNoOtherFactHoldsGivesBackWhatItsFactsDid() {
        Facts some = Facts.of(5, 2, new int[] {0, 1, 2, 0, 4}, new int[] {0, 0, 0, 0, 1}, new int[] {1, 2, 3, 2, 1});
        TrainingSettings settings = Settings.small().epochs(8).build();
        Trained trained = train(some, settings);
        FactIndex ofSome = new FactIndex(some);
        EmbeddingModel recorded = Forgetting.forget(trained.model, ofSome, trained.ledger, set(4), TrainingMonitor.NONE)
                .model();
        EmbeddingModel rolledBack = Forgetting.rollBack(some, trained.model.model(), trained.ledger, set(4))
                .model();
        assertArrayEquals(
                rolledBack.parameters().entities()[4], recorded.parameters().entities()[4]);
        assertArrayEquals(
                rolledBack.parameters().relations()[1], recorded.parameters().relations()[1]);
        EmbeddingModel unrecorded = Forgetting.forget(trained.model, ofSome, null, set(4), TrainingMonitor.NONE)
                .model();
        Parameters initial = Trainer.initialParameters(some, settings);
        assertArrayEquals(initial.entities()[4], unrecorded.parameters().entities()[4]);
        assertArrayEquals(initial.relations()[1], unrecorded.parameters().relations()[1]);
    }

    /** The first change, written down: each draw has negatives of its own where any are drawn. */
    @ParameterizedTest
    @EnumSource(Regime.class)
    void theFirstChangeIsTheMeanPullOverSomeDraws(Regime regime) {
        TrainingSettings settings = Settings.small()
                .epochs(10)
                .builder()
                .negatives(new Negatives(regime, 3, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false))
                .build();
        Trained trained = train(facts, settings);
        int fact = 3;
        int head = facts.head(fact);
        Parameters before = trained.model.model().parameters();
        ExampleGradient gradients = new ExampleGradient(new Examples(facts, settings));
        RowGradients sum = RowGradients.shapedLike(before);
        int draws = regime.all() ? 1 : 4;
        for (int draw = 0; draw < draws; draw++) {
            gradients.add(before, fact, settings.epochs() - 1 + draw, 0, sum);
        }
        float[] moved = Forgetting.forget(
                        trained.model, index, trained.ledger, set(fact), Forgetting.EFFORT, 1, TrainingMonitor.NONE)
                .model()
                .parameters()
                .entities()[head];
        int degree = index.at(head).length;
        for (int i = 0; i < moved.length; i++) {
            float pull = sum.row(Table.ENTITIES, head)[i] / draws;
            assertEquals(before.entities()[head][i] + pull / degree, moved[i], 1e-5);
        }
    }

    @Test
    void aStepThatIsTooLongIsTakenBack() {
        Trained trained =
                train(facts, Settings.small().scorer("DistMult").epochs(20).build());
        BitSet many = new BitSet();
        for (int fact = 0; fact < facts.count(); fact += 2) {
            many.set(fact);
        }
        EditedModel edited =
                Forgetting.forget(trained.model, index, trained.ledger, many, 1, 200, TrainingMonitor.NONE);
        for (float[] row : edited.model().parameters().entities()) {
            for (float x : row) {
                assertTrue(Math.abs(x) < 100, "row " + x);
            }
        }
    }

    @Test
    void allMembersOfAnEnsembleForget() {
        TrainingSettings settings =
                Settings.small().scorer("ComplEx").epochs(10).build();
        List<Trained> members = List.of(train(facts, settings), train(facts, settings.withSeed(77)));
        SideBySide sideBySide = new SideBySide(settings.scoringFunction(), 2);
        EmbeddingModel together = sideBySide.join(
                members.stream().map(member -> member.model.model()).toList());
        EditedModel edited = Forgetting.forget(
                members.stream().map(Trained::model).toList(), together, index, null, set(5), TrainingMonitor.NONE);
        EmbeddingModel expected = sideBySide.join(members.stream()
                .map(member -> Forgetting.forget(member.model, index, null, set(5), TrainingMonitor.NONE)
                        .model())
                .toList());
        assertArrayEquals(
                expected.parameters().entities(), edited.model().parameters().entities());
        assertFalse(edited.changed(Table.ENTITIES).isEmpty());
    }
}
