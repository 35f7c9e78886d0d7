package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.testing.Weights;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The batched kernels against the definition: the sum of the examples' gradients. */
class BlockBatchesTest {
    /** Enough entities for several blocks and, with the long columns, several chunks. */
    private static final int ENTITIES = 230;

    private final Facts facts = RandomFacts.of(150, ENTITIES, 5, 3);

    /** Every scoring function, loss and regime, then what else changes a fact's loss. */
    static List<TrainingSettings> settings() {
        List<TrainingSettings> all = new ArrayList<>();
        for (String scorer : ScoringFunctions.names()) {
            for (Regime regime : List.of(Regime.SHARED, Regime.ONE_VS_ALL, Regime.K_VS_ALL)) {
                all.add(small(scorer, regime).build());
            }
        }
        for (String loss : LossSettings.names()) {
            for (Regime regime : List.of(Regime.SHARED, Regime.ONE_VS_ALL, Regime.K_VS_ALL)) {
                Loss made = LossSettings.of(loss).create();
                if (regime != Regime.K_VS_ALL || made.sharesNegatives()) {
                    all.add(small("ComplEx", regime).loss(made).build());
                    all.add(small("TransE", regime).loss(made).build());
                }
            }
        }
        for (Regime regime : List.of(Regime.SHARED, Regime.ONE_VS_ALL)) {
            for (NegativeSides sides : List.of(NegativeSides.TAIL, NegativeSides.HEAD, NegativeSides.BOTH)) {
                all.add(small("DistMult", regime)
                        .negatives(new Negatives(regime, 40, sides, Sampling.UNIFORM, true))
                        .build());
            }
            for (float smoothing : new float[] {0.1f, 0.5f}) {
                all.add(small("ComplEx", regime)
                        .loss(new LossSettings("softmax", 1f, smoothing, 1f).create())
                        .build());
                all.add(small("ComplEx", regime)
                        .loss(new LossSettings("logistic", 1f, smoothing, 1f).create())
                        .build());
            }
            all.add(small("ComplEx", regime).dropout(new Dropout(0.3f, 0.2f)).build());
            all.add(small("ComplEx", regime)
                    .regularizer(new Regularizer("N3", 0.3f, 0.2f, true))
                    .build());
            all.add(small("DistMult", regime)
                    .regularizer(new Regularizer("L2", 0.3f, 0.2f, false))
                    .build());
        }
        return all;
    }

    private static TrainingSettings.Builder small(String scorer, Regime regime) {
        return Settings.small()
                .scorer(scorer)
                .builder()
                .epochs(1)
                .batchSize(1000)
                .negatives(new Negatives(regime, 120, NegativeSides.BOTH, Sampling.UNIFORM, false));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aStepIsTheSumOfTheExampleGradientsOfItsFacts(TrainingSettings settings) {
        assertStepIsTheSum(facts, settings);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aStepIsTheSumOfTheExampleGradientsOfItsFactsWithTheirWeights(TrainingSettings settings) {
        assertStepIsTheSum(Weights.mixed(facts), settings);
    }

    private static void assertStepIsTheSum(Facts facts, TrainingSettings settings) {
        BitSet removed = new BitSet();
        removed.set(3);
        removed.set(80);
        Parameters initial = Trainer.initialParameters(facts, settings);
        RowGradients sum = RowGradients.shapedLike(initial);
        ExampleGradient example = new ExampleGradient(new Examples(facts, settings));
        double[] loss = new double[1];
        for (int fact = 0; fact < facts.count(); fact++) {
            if (!removed.get(fact)) {
                loss[0] += example.add(initial, fact, 0, 0, sum);
            }
        }
        double[] meanLoss = new double[1];
        Parameters trained = Trainer.train(facts, settings, removed, TrainingObserver.NONE, new TrainingMonitor() {
            @Override
            public void epochFinished(int epoch, int epochs, double mean) {
                meanLoss[0] = mean;
            }
        });
        int trainedOn =
                facts.count() - new Examples(facts, settings).resting(removed).cardinality();
        assertEquals(loss[0] / trainedOn, meanLoss[0], 1e-4 * loss[0] / facts.count());
        double moved = 0;
        for (Table table : Table.values()) {
            for (int id = 0; id < initial.table(table).length; id++) {
                float[] gradient = sum.rowIfTouched(table, id);
                for (int i = 0; i < initial.row(table, id).length; i++) {
                    double step = gradient == null ? 0 : -0.1 * gradient[i];
                    moved += Math.abs(step);
                    double expected = initial.row(table, id)[i] + step;
                    assertEquals(expected, trained.row(table, id)[i], Tolerance.SUMMED_UPDATES, () -> table + " row");
                }
            }
        }
        assertTrue(moved > 1, "the step moves rows, by " + moved);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theObserverSeesTheWholeGradientOfEachFactOnItsOwnRows(TrainingSettings settings) {
        Parameters initial = Trainer.initialParameters(facts, settings);
        ExampleGradient example = new ExampleGradient(new Examples(facts, settings));
        int[] seen = new int[facts.count()];
        Trainer.train(
                facts,
                settings,
                (fact, head, relation, tail, optimizer) -> {
                    seen[fact]++;
                    RowGradients own = RowGradients.shapedLike(initial);
                    example.add(initial, fact, 0, 0, own);
                    assertRow(own.rowIfTouched(Table.ENTITIES, facts.head(fact)), head);
                    assertRow(own.rowIfTouched(Table.RELATIONS, facts.relation(fact)), relation);
                    assertRow(own.rowIfTouched(Table.ENTITIES, facts.tail(fact)), tail);
                },
                TrainingMonitor.NONE);
        assertArrayEquals(IntStream.range(0, facts.count()).map(i -> 1).toArray(), seen);
    }

    private static void assertRow(float[] expected, float[] actual) {
        for (int i = 0; i < expected.length; i++) {
            // Gradients of distances of nearly 0 are sums of terms in the hundreds.
            assertEquals(expected[i], actual[i], Tolerance.SUMMED_UPDATES * Math.max(1, Math.abs(expected[i])));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theSameSeedGivesTheSameBitsWhateverTheConcurrency(TrainingSettings settings) {
        TrainingSettings twoEpochs = settings.with()
                .batchSize(64)
                .epochs(2)
                .optimizer(new OptimizerSettings("Adagrad", LearningRate.constant(0.1f), 0.1f))
                .build();
        Parameters expected = Trainer.trainWithout(new BitSet(), facts, twoEpochs);
        for (int concurrency : new int[] {2, 5}) {
            Parameters actual = Trainer.trainWithout(
                    new BitSet(),
                    facts,
                    twoEpochs.with().concurrency(concurrency).build());
            for (Table table : Table.values()) {
                for (int i = 0; i < expected.table(table).length; i++) {
                    assertArrayEquals(expected.row(table, i), actual.row(table, i));
                }
            }
        }
    }
}
