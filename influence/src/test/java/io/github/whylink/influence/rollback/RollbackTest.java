package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.testing.Weights;
import io.github.whylink.embedding.train.Beginning;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Newcomers;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RollbackTest {
    /** Few entities, so that facts share both ends, are self-loops, and are negatives of each other. */
    private final Facts facts = RandomFacts.of(90, 9, 3, 2);

    static List<Arguments> attributableTrainings() {
        List<Arguments> trainings = new ArrayList<>();
        for (String scorer : ScoringFunctions.names()) {
            for (String optimizer : OptimizerSettings.names()) {
                for (int batchSize : new int[] {1, 8}) {
                    if (Settings.small()
                            .optimizer(optimizer)
                            .build()
                            .optimizer()
                            .attributable(batchSize)) {
                        trainings.add(Arguments.of(scorer, optimizer, batchSize, Regime.PER_FACT));
                        if (scorer.equals("DistMult") || scorer.equals("RotatE")) {
                            trainings.add(Arguments.of(scorer, optimizer, batchSize, Regime.SHARED));
                            trainings.add(Arguments.of(scorer, optimizer, batchSize, Regime.ONE_VS_ALL));
                        }
                    }
                }
            }
        }
        return trainings;
    }

    static List<String> scorers() {
        return ScoringFunctions.names();
    }

    /** Initial row + all recorded updates = final row, for every row of every table. */
    @ParameterizedTest
    @MethodSource("attributableTrainings")
    void recordedUpdatesAreComplete(String scorer, String optimizer, int batchSize, Regime regime) {
        TrainingSettings settings = Settings.small()
                .scorer(scorer)
                .optimizer(optimizer)
                .batchSize(batchSize)
                .builder()
                .negatives(new Negatives(regime, 4, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false))
                .build();
        assertComplete(facts, settings);
        assertComplete(Weights.mixed(facts), settings);
    }

    private static void assertComplete(Facts facts, TrainingSettings settings) {
        Parameters sum = Trainer.initialParameters(facts, settings);
        RollbackRecorder recorder = RollbackRecorder.withElsewhere(facts, sum);
        Parameters trained = Trainer.train(facts, settings, recorder, TrainingMonitor.NONE);
        int entityWidth = sum.entities()[0].length;
        int relationWidth = sum.relations()[0].length;
        for (int fact = 0; fact < facts.count(); fact++) {
            float[] row = recorder.ledger().row(fact);
            for (int i = 0; i < entityWidth; i++) {
                sum.entities()[facts.head(fact)][i] += row[i];
                sum.entities()[facts.tail(fact)][i] += row[entityWidth + relationWidth + i];
            }
            for (int i = 0; i < relationWidth; i++) {
                sum.relations()[facts.relation(fact)][i] += row[entityWidth + i];
            }
        }
        for (Table table : Table.values()) {
            for (int id = 0; id < sum.table(table).length; id++) {
                float[] elsewhere = recorder.elsewhere().row(table, id);
                float[] expected = sum.row(table, id);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(trained.row(table, id)[i], expected[i] + elsewhere[i], Tolerance.SUMMED_UPDATES);
                }
            }
        }
    }

    /**
     * A training that goes on where another came to, with some facts less and some more: what both recorded of a fact is added,
     * and what facts had done that are gone belongs to no fact any more. Then only newcomers move, and the same holds of them.
     */
    @Test
    void recordedUpdatesAreCompleteOverTrainingsThatGoOn() {
        TrainingSettings settings =
                Settings.small().optimizer("Adagrad").batchSize(4).build();
        int[] early = IntStream.range(0, 70).toArray();
        int[] late = IntStream.range(20, 90).toArray();
        Parameters initial = Trainer.initialParameters(facts, settings);
        RollbackRecorder first = RollbackRecorder.withElsewhere(facts.select(early), initial);
        Parameters between = Trainer.train(facts.select(early), settings, first, TrainingMonitor.NONE);
        RollbackRecorder second = RollbackRecorder.withElsewhere(facts.select(late), initial);
        Parameters trained = Trainer.trainFrom(
                Beginning.at(between), settings.epochs(), facts.select(late), settings, second, TrainingMonitor.NONE);

        BitSet newcomers = BitSet.valueOf(new long[] {1L << 4});
        Facts ofNewcomers = facts.select(Newcomers.factsOf(facts, newcomers));
        RollbackRecorder third = RollbackRecorder.withElsewhere(ofNewcomers, initial);
        Parameters embedded = Newcomers.train(
                facts, settings, settings.epochs(), 0.1f, trained, newcomers, 20, third, TrainingMonitor.NONE);

        addAll(first, facts.select(early), initial);
        addAll(second, facts.select(late), initial);
        assertSame(trained, initial);
        addAll(third, ofNewcomers, initial);
        assertSame(embedded, initial);
        assertArrayEquals(trained.relations(), embedded.relations());
    }

    private static void addAll(RollbackRecorder recorder, Facts facts, Parameters sum) {
        InfluenceLedger ledger = recorder.ledger();
        for (int fact = 0; fact < facts.count(); fact++) {
            float[] row = ledger.row(fact);
            add(row, ledger.headOffset(), sum.entities()[facts.head(fact)]);
            add(row, ledger.relationOffset(), sum.relations()[facts.relation(fact)]);
            add(row, ledger.tailOffset(), sum.entities()[facts.tail(fact)]);
        }
        for (Table table : Table.values()) {
            for (int id = 0; id < sum.table(table).length; id++) {
                add(recorder.elsewhere().row(table, id), 0, sum.row(table, id));
            }
        }
    }

    private static void add(float[] updates, int offset, float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] += updates[offset + i];
        }
    }

    private static void assertSame(Parameters expected, Parameters sum) {
        for (Table table : Table.values()) {
            for (int id = 0; id < sum.table(table).length; id++) {
                assertArrayEquals(expected.row(table, id), sum.row(table, id), (float) Tolerance.SUMMED_UPDATES);
            }
        }
    }

    /** Ledgers must not depend on the number of threads any more than the model does. */
    @Test
    void theSameSeedRecordsTheSameBitsWhateverTheConcurrency() {
        RollbackRecorder one = record(Settings.small().batchSize(16));
        RollbackRecorder four = record(Settings.small().batchSize(16).concurrency(4));
        for (int fact = 0; fact < facts.count(); fact++) {
            assertArrayEquals(one.ledger().row(fact), four.ledger().row(fact));
        }
    }

    @Test
    void recordingDoesNotChangeTheModel() {
        TrainingSettings settings = Settings.small().build();
        Parameters observed = Trainer.train(facts, settings, recorder(settings), TrainingMonitor.NONE);
        Parameters plain = Trainer.trainWithout(new BitSet(), facts, settings);
        for (int entity = 0; entity < facts.entityCount(); entity++) {
            assertArrayEquals(plain.entities()[entity], observed.entities()[entity]);
        }
    }

    /** The definition, with a copy of the whole model for every fact and the softmax in double precision. */
    @ParameterizedTest
    @MethodSource("scorers")
    void influenceIsTheDropAfterSubtractingTheThreeSumsFromACopyOfTheModel(String scorer) {
        TrainingSettings settings =
                Settings.small().scorer(scorer).optimizer("Adagrad").epochs(20).build();
        RollbackRecorder recorder = recorder(settings);
        Parameters trained = Trainer.train(facts, settings, recorder, TrainingMonitor.NONE);
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), trained);
        FactIndex index = new FactIndex(facts);
        RollbackExplainer explainer = new RollbackExplainer(model, facts, index, recorder.ledger(), () -> {});
        for (int head = 0; head < facts.entityCount(); head++) {
            // A tail equal to the head is one of the cases.
            Link link = new Link(head, head % 3, (2 * head) % facts.entityCount());
            FactInfluences explained = explainer.explain(link);
            assertArrayEquals(index.sharingARow(link), facts(explained));
            for (int i = 0; i < explained.count(); i++) {
                EmbeddingModel without = rolledBack(model, recorder.ledger(), explained.fact(i));
                double expected = probability(model, link) - probability(without, link);
                assertEquals(expected, explained.influence(i), Tolerance.PROBABILITY);
            }
        }
    }

    /** Large scores leave nothing but one entity in the softmax; subtracting it must not lose the others. */
    @Test
    void influenceStaysExactWhenOneEntityHasAllTheProbability() {
        TrainingSettings settings = Settings.small().build();
        RollbackRecorder recorder = recorder(settings);
        Parameters trained = Trainer.train(facts, settings, recorder, TrainingMonitor.NONE);
        for (float[] row : trained.entities()) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= 20;
            }
        }
        EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), trained);
        RollbackExplainer explainer =
                new RollbackExplainer(model, facts, new FactIndex(facts), recorder.ledger(), () -> {});
        boolean saturated = false;
        for (int i = 0; i < facts.entityCount() * facts.entityCount(); i++) {
            Link link = new Link(i / facts.entityCount(), 1, i % facts.entityCount());
            saturated |= probability(model, link) > 0.999;
            FactInfluences explained = explainer.explain(link);
            for (int f = 0; f < explained.count(); f++) {
                EmbeddingModel without = rolledBack(model, recorder.ledger(), explained.fact(f));
                double expected = probability(model, link) - probability(without, link);
                assertEquals(expected, explained.influence(f), Tolerance.PROBABILITY);
            }
        }
        assertTrue(saturated, "the case under test did not occur");
    }

    @Test
    void explainingIsCancelledByThrowing() {
        TrainingSettings settings = Settings.small().build();
        RollbackRecorder recorder = recorder(settings);
        Parameters trained = Trainer.train(facts, settings, recorder, TrainingMonitor.NONE);
        RollbackExplainer explainer = new RollbackExplainer(
                new EmbeddingModel(settings.scoringFunction(), trained),
                facts,
                new FactIndex(facts),
                recorder.ledger(),
                () -> {
                    throw new IllegalStateException("enough");
                });
        assertThrows(IllegalStateException.class, () -> explainer.explain(new Link(0, 0, 1)));
    }

    @Test
    void ledgerRowsOfAnotherWidthAreRefused() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new InfluenceLedger(new float[1][10], 4, 3));
        assertTrue(refused.getMessage().contains("10 floats"), refused.getMessage());
    }

    private RollbackRecorder record(Settings settings) {
        RollbackRecorder recorder = recorder(settings.build());
        Trainer.train(facts, settings.build(), recorder, TrainingMonitor.NONE);
        return recorder;
    }

    private RollbackRecorder recorder(TrainingSettings settings) {
        return RollbackRecorder.of(
                facts,
                settings.scoringFunction().entityWidth(settings.dimension()),
                settings.scoringFunction().relationWidth(settings.dimension()));
    }

    private static int[] facts(FactInfluences explained) {
        int[] indexes = new int[explained.count()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = explained.fact(i);
        }
        return indexes;
    }

    private EmbeddingModel rolledBack(EmbeddingModel model, InfluenceLedger ledger, int fact) {
        Parameters copy = model.parameters().copy();
        float[] updates = ledger.row(fact);
        int entityWidth = copy.entities()[0].length;
        int relationWidth = copy.relations()[0].length;
        for (int i = 0; i < entityWidth; i++) {
            copy.entities()[facts.head(fact)][i] -= updates[i];
            copy.entities()[facts.tail(fact)][i] -= updates[entityWidth + relationWidth + i];
        }
        for (int i = 0; i < relationWidth; i++) {
            copy.relations()[facts.relation(fact)][i] -= updates[entityWidth + i];
        }
        return new EmbeddingModel(model.function(), copy);
    }

    private static double probability(EmbeddingModel model, Link link) {
        double max = Double.NEGATIVE_INFINITY;
        for (int tail = 0; tail < model.entityCount(); tail++) {
            max = Math.max(max, model.score(link.head(), link.relation(), tail));
        }
        double sum = 0;
        for (int tail = 0; tail < model.entityCount(); tail++) {
            sum += Math.exp(model.score(link.head(), link.relation(), tail) - max);
        }
        return Math.exp(model.score(link.head(), link.relation(), link.tail()) - max) / sum;
    }
}
