package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.Allocation;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Estimates of memory against what is really allocated by one thread. */
class MemoryEstimateTest {
    private static final int ENTITIES = 3000;
    private static final int RELATIONS = 20;

    private final Facts facts = RandomFacts.of(1500, ENTITIES, RELATIONS, 7);

    private String kernel;

    /** Before they are compiled, vectors of the other kernel are objects on the heap: garbage that nobody holds. */
    @BeforeEach
    void takeThePlainKernel() {
        kernel = System.setProperty("whylink.kernel", "plain");
    }

    @AfterEach
    void takeTheKernelOfBefore() {
        if (kernel == null) {
            System.clearProperty("whylink.kernel");
        } else {
            System.setProperty("whylink.kernel", kernel);
        }
    }

    static List<TrainingSettings> trainings() {
        return List.of(
                builder("DistMult", 50).build(),
                builder("ComplEx", 32)
                        .batchSize(256)
                        .negatives(Negatives.shared(400, NegativeSides.BOTH))
                        .build(),
                builder("TransE", 24)
                        .batchSize(100)
                        .negatives(Negatives.shared(1000, NegativeSides.TAIL))
                        .optimizer(optimizer("RowAdagrad"))
                        .build(),
                builder("DistMult", 64)
                        .batchSize(128)
                        .negatives(Negatives.all(Regime.ONE_VS_ALL, NegativeSides.BOTH))
                        .optimizer(optimizer("LazyAdam"))
                        .build(),
                builder("ComplEx", 16)
                        .batchSize(128)
                        .negatives(Negatives.all(Regime.K_VS_ALL, NegativeSides.HEAD))
                        .loss(LossSettings.of("logistic").create())
                        .build(),
                builder("DistMult", 100)
                        .batchSize(64)
                        .negatives(Negatives.perFact(40, NegativeSides.BOTH))
                        .optimizer(optimizer("SGD"))
                        .build(),
                builder("DistMult", 8)
                        .batchSize(512)
                        .negatives(new Negatives(Regime.PER_FACT, 10, NegativeSides.TAIL, Sampling.UNIFORM, true))
                        .regularizer(new Regularizer("L2", 0.1f, 0.1f, false))
                        .build());
    }

    private static TrainingSettings.Builder builder(String scorer, int dimension) {
        return TrainingSettings.of(ScoringFunctions.named(scorer), dimension).epochs(1);
    }

    private static OptimizerSettings optimizer(String name) {
        return new OptimizerSettings(name, LearningRate.constant(0.01f), 0.1f, 1f);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void aTrainingTakesWhatIsEstimated(TrainingSettings settings) {
        long measured =
                Allocation.of(() -> Trainer.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE));
        assertClose(Trainer.bytes(settings, facts.count(), ENTITIES, RELATIONS), measured);
    }

    @Test
    void parametersTakeWhatIsEstimated() {
        long measured = Allocation.of(
                () -> Parameters.initial(ScoringFunctions.named("RotatE"), 10, ENTITIES, RELATIONS, 0.1f, 1));
        assertClose(Parameters.bytes(ENTITIES, 20, RELATIONS, 10), measured);
    }

    @Test
    void factsTakeWhatIsEstimated() {
        int[] all = new int[facts.count()];
        assertClose(Facts.bytes(facts.count()), Allocation.of(() -> facts.select(all)));
    }

    /** The estimate is a bound, and building the index counts the answers first. */
    @Test
    void knownFactsTakeAtMostWhatIsEstimated() {
        long measured = Allocation.of(() -> KnownFacts.of(facts));
        long counts = 2 * Integer.BYTES * 4096L;
        long estimate = KnownFacts.bytes(facts.count()) + counts;
        assertTrue(estimate >= measured * (1 - Tolerance.MEMORY_ESTIMATE), estimate + " for " + measured);
        assertTrue(estimate <= measured * (1 + Tolerance.MEMORY_ESTIMATE), estimate + " for " + measured);
    }

    @Test
    void rankingTakesWhatIsEstimated() {
        EmbeddingModel model = new EmbeddingModel(
                ScoringFunctions.named("DistMult"),
                Parameters.initial(ScoringFunctions.named("DistMult"), 64, ENTITIES, RELATIONS, 0.1f, 1));
        KnownFacts known = KnownFacts.of(facts);
        long measured = Allocation.of(() -> RankingEvaluation.of(model, facts, known, 1, () -> {}));
        assertClose(RankingEvaluation.bytes(facts.count(), 64, 1), measured);
    }

    private static void assertClose(long estimate, long measured) {
        assertEquals(1.0, (double) estimate / measured, Tolerance.MEMORY_ESTIMATE, estimate + " for " + measured);
    }
}
