package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
    private final Facts facts = RandomFacts.of(120, 20, 4, 9);

    private static Parameters train(Facts facts, Settings settings) {
        return Trainer.train(facts, settings.build(), TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    static List<String> optimizers() {
        return OptimizerSettings.names();
    }

    static List<String> scorers() {
        return ScoringFunctions.names();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void theSameSeedGivesTheSameBitsWhateverTheConcurrency(String optimizer) {
        for (int batchSize : new int[] {1, 16, 1000}) {
            Settings settings = Settings.small().optimizer(optimizer).batchSize(batchSize);
            Parameters expected = train(facts, settings);
            for (int concurrency : new int[] {1, 2, 5}) {
                assertSameBits(expected, train(facts, settings.concurrency(concurrency)));
            }
        }
    }

    /** Recorded once; a change of these numbers is a change of every model that users train, and belongs in the changelog. */
    @ParameterizedTest
    @CsvSource({
        "DistMult, SGD, softmax, perFact, 1147726748",
        "ComplEx, Adagrad, softmax, perFact, -346216235",
        "TransE, Adagrad, margin, perFact, 263128896",
        "TransE-L1, LazyAdam, logistic, perFact, -619272699",
        "DistMult, Adam, logistic, perFact, 1421827399",
        "ComplEx, Adagrad, softmax, shared, -434886552",
        "RotatE, Adagrad, selfAdversarial, shared, 1752975137",
        "ComplEx, SGD, softmax, 1vsAll, 599167995",
        "DistMult, RowAdagrad, logistic, KvsAll, -1195324602"
    })
    void theSameSeedGivesTheSameBitsOnEveryJavaAndKernel(
            String scorer, String optimizer, String loss, String regime, int recorded) {
        TrainingSettings settings = Settings.small()
                .scorer(scorer)
                .optimizer(optimizer)
                .loss(loss)
                .epochs(20)
                .batchSize(regime.equals("perFact") ? 1 : 32)
                .builder()
                .negatives(new Negatives(
                        Negatives.regime(regime), 4, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false))
                .build();
        Parameters trained = Trainer.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        int bits = 31 * Arrays.deepHashCode(trained.entities()) + Arrays.deepHashCode(trained.relations());
        assertEquals(recorded, bits);
    }

    @Test
    void anotherSeedGivesAnotherModel() {
        TrainingSettings settings = Settings.small().build();
        Parameters other = Trainer.train(facts, settings.withSeed(43), TrainingObserver.NONE, TrainingMonitor.NONE);
        assertFalse(Arrays.equals(train(facts, Settings.small()).entities()[0], other.entities()[0]));
    }

    /** With one fact a step a masked fact is as good as absent: order and negatives of the others hang on their keys. */
    @ParameterizedTest
    @CsvSource({"SGD", "Adagrad"})
    void removingAFactChangesNothingElse(String optimizer) {
        Settings settings = Settings.small().optimizer(optimizer);
        for (int gone : new int[] {0, 57, 119}) {
            BitSet removed = new BitSet();
            removed.set(gone);
            Parameters masked = Trainer.trainWithout(removed, facts, settings.build());
            int[] others =
                    IntStream.range(0, facts.count()).filter(i -> i != gone).toArray();
            assertSameBits(train(facts.select(others), settings), masked);
        }
    }

    /** In a batch the slot of a removed fact stays empty: one step is the sum of the others' gradients. */
    @Test
    void aStepIsTheSumOfTheExampleGradientsOfTheFactsThatAreLeft() {
        TrainingSettings settings =
                Settings.small().batchSize(facts.count()).epochs(1).build();
        BitSet removed = new BitSet();
        removed.set(3);
        removed.set(80);
        Parameters trained = Trainer.trainWithout(removed, facts, settings);

        Parameters expected = Trainer.initialParameters(facts, settings);
        RowGradients sum = RowGradients.shapedLike(expected);
        ExampleGradient example = new ExampleGradient(new Examples(facts, settings));
        for (int fact = 0; fact < facts.count(); fact++) {
            if (!removed.get(fact)) {
                example.add(expected, fact, 0, 0, sum);
            }
        }
        for (Table table : Table.values()) {
            for (int i = 0; i < sum.count(table); i++) {
                float[] row = expected.row(table, sum.id(table, i));
                for (int column = 0; column < row.length; column++) {
                    double value = row[column] - 0.1 * sum.values(table, i)[column];
                    assertEquals(value, trained.row(table, sum.id(table, i))[column], Tolerance.SUMMED_UPDATES);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scorers")
    void trainingRanksItsOwnFactsFarBetterThanChance(String scorer) {
        Settings settings = Settings.small().scorer(scorer).optimizer("Adagrad").epochs(60);
        KnownFacts known = KnownFacts.of(facts);
        double before = mrr(settings, Trainer.initialParameters(facts, settings.build()), known);
        double after = mrr(settings, train(facts, settings), known);
        assertTrue(after > before + 0.2, "MRR from %.3f to %.3f".formatted(before, after));
    }

    @Test
    void epochsAreReportedWithFallingLoss() {
        List<Double> losses = new ArrayList<>();
        Trainer.train(facts, Settings.small().epochs(20).build(), TrainingObserver.NONE, new TrainingMonitor() {
            @Override
            public void epochFinished(int epoch, int epochs, double meanLoss) {
                assertEquals(losses.size() + 1, epoch);
                assertEquals(20, epochs);
                losses.add(meanLoss);
            }
        });
        assertEquals(20, losses.size());
        assertTrue(losses.get(19) < 0.8 * losses.get(0), losses.toString());
    }

    @ParameterizedTest
    @CsvSource({"1", "16"})
    void theMonitorCancelsByThrowing(int batchSize) {
        var cancelled = assertThrows(
                IllegalStateException.class,
                () -> Trainer.train(
                        facts,
                        Settings.small().batchSize(batchSize).epochs(1000).build(),
                        TrainingObserver.NONE,
                        new TrainingMonitor() {
                            private int calls;

                            @Override
                            public void checkCancelled() {
                                if (++calls == 7) {
                                    throw new IllegalStateException("enough");
                                }
                            }
                        }));
        assertEquals("enough", cancelled.getMessage());
    }

    @Test
    void divergenceStopsAtOnceAndNamesEpochAndRemedy() {
        TrainingSettings wild = Settings.small()
                .builder()
                .epochs(50)
                .optimizer(new OptimizerSettings("SGD", LearningRate.constant(1e6f), 0f))
                .build();
        var diverged = assertThrows(
                TrainingDivergedException.class,
                () -> Trainer.train(facts, wild, TrainingObserver.NONE, TrainingMonitor.NONE));
        assertTrue(diverged.getMessage().contains("epoch 1"), diverged.getMessage());
        assertTrue(diverged.getMessage().contains("learning rate"), diverged.getMessage());
    }

    @Test
    void whatCannotBeAttributedIsNotObserved() {
        TrainingObserver observer = (fact, head, relation, tail, optimizer) -> {};
        TrainingSettings settings =
                Settings.small().optimizer("Adam").batchSize(2).build();
        var refused = assertThrows(
                IllegalArgumentException.class, () -> Trainer.train(facts, settings, observer, TrainingMonitor.NONE));
        assertTrue(refused.getMessage().contains("Adam"), refused.getMessage());
    }

    @Test
    void noFactsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> train(facts.select(new int[0]), Settings.small()));
    }

    /** Once warm, ten more epochs allocate the orders of the facts, 12 bytes a fact, and next to nothing else. */
    @ParameterizedTest
    @CsvSource({"SGD, 1", "Adagrad, 1", "LazyAdam, 1", "Adam, 1", "Adagrad, 16"})
    void steadyTrainingAllocatesNothing(String optimizer, int batchSize) {
        Settings settings = Settings.small().optimizer(optimizer).batchSize(batchSize);
        train(facts, settings.epochs(30));
        long tenEpochs = allocatedBy(() -> train(facts, settings.epochs(10)));
        long fortyEpochs = allocatedBy(() -> train(facts, settings.epochs(40)));
        long perEpoch = (fortyEpochs - tenEpochs) / 30;
        assertTrue(perEpoch < 12L * facts.count() + 600, perEpoch + " bytes per epoch");
    }

    private static long allocatedBy(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private double mrr(Settings settings, Parameters parameters, KnownFacts known) {
        EmbeddingModel model = new EmbeddingModel(settings.build().scoringFunction(), parameters);
        return RankingEvaluation.of(model, facts, known, 1, () -> {}).both().mrr();
    }

    /** The parameters are those of a training that ends there, and the rate is that of the epoch's last step. */
    @Test
    void theEndOfEachEpochIsShown() {
        LearningRate falling = new LearningRate("linear", 0.1f, 1f, 1, 3);
        TrainingSettings settings = Settings.small()
                .batchSize(16)
                .builder()
                .optimizer(new OptimizerSettings("SGD", falling, 0f))
                .build();
        List<Integer> seen = new ArrayList<>();
        Trainer.trainFirst(
                3,
                facts,
                settings,
                new BitSet(),
                TrainingObserver.NONE,
                TrainingMonitor.NONE,
                (epoch, rate, parameters) -> {
                    seen.add(epoch);
                    assertEquals(falling.at(8L * (epoch + 1) - 1, 8L * settings.epochs()), rate);
                    assertSameBits(
                            Trainer.trainFirst(
                                    epoch + 1,
                                    facts,
                                    settings,
                                    new BitSet(),
                                    TrainingObserver.NONE,
                                    TrainingMonitor.NONE),
                            parameters);
                });
        assertEquals(List.of(0, 1, 2), seen);
    }

    private static void assertSameBits(Parameters expected, Parameters actual) {
        for (Table table : Table.values()) {
            for (int i = 0; i < expected.table(table).length; i++) {
                assertArrayEquals(expected.row(table, i), actual.row(table, i));
            }
        }
    }
}
