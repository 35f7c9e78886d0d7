package io.github.whylink.influence.unrolled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Weights;
import io.github.whylink.embedding.train.Dropout;
import io.github.whylink.embedding.train.LearningRate;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.Regularizer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.faithfulness.RankCorrelation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class UnrolledExplainerTest {
    private static final long PLENTY = 1L << 28;

    /** Without self-loops, which pull the relations of distance models to where a distance has a kink. */
    private final Facts facts = withoutLoops(RandomFacts.of(60, 20, 3, 4));

    /** Of two of the relations: the third starts close to no rotation at all, where the distance of RotatE has its kink. */
    private final List<Link> links = List.of(new Link(2, 1, 9), new Link(11, 0, 3), new Link(7, 0, 5));

    /** Every scoring function whose gradient has no jumps, and for one of them every loss, optimizer, regime and size of a batch. */
    static List<Arguments> trainings() {
        List<Arguments> trainings = new ArrayList<>();
        for (String scorer : ScoringFunctions.names()) {
            if (scorer.equals("TransE-L1")) {
                continue;
            }
            trainings.add(Arguments.of(scorer, "softmax", "SGD", Regime.PER_FACT, 1));
        }
        for (String optimizer : List.of("SGD", "Adagrad", "RowAdagrad")) {
            for (Regime regime : Regime.values()) {
                for (int batchSize : new int[] {1, 8}) {
                    trainings.add(Arguments.of("DistMult", "softmax", optimizer, regime, batchSize));
                }
            }
        }
        trainings.add(Arguments.of("ComplEx", "logistic", "SGD", Regime.PER_FACT, 8));
        trainings.add(Arguments.of("ComplEx", "logistic", "Adagrad", Regime.K_VS_ALL, 8));
        trainings.add(Arguments.of("RotatE", "selfAdversarial", "SGD", Regime.SHARED, 8));
        return trainings;
    }

    private static Facts withoutLoops(Facts some) {
        return some.select(IntStream.range(0, some.count())
                .filter(fact -> some.head(fact) != some.tail(fact))
                .toArray());
    }

    private static TrainingSettings.Builder settings(String scorer, String loss, String optimizer, int batchSize) {
        return Settings.small()
                .scorer(scorer)
                .loss(loss)
                .optimizer(optimizer)
                .batchSize(batchSize)
                .epochs(3)
                .builder();
    }

    private static Negatives negatives(Regime regime) {
        return new Negatives(regime, 4, NegativeSides.BOTH, Sampling.UNIFORM, false);
    }

    private TrainedModel train(TrainingSettings settings) {
        return TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    private static FactInfluences[] explain(TrainedModel trained, List<Link> links, long memory) {
        return new UnrolledExplainer(trained, memory, TrainingMonitor.NONE).explainAll(links);
    }

    private static double[] influences(FactInfluences explained) {
        double[] influences = new double[explained.count()];
        Arrays.setAll(influences, explained::influence);
        return influences;
    }

    private static double probability(EmbeddingModel model, Link link) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
        return Softmax.probability(scores, link.tail());
    }

    /** For each link the probability less that after training without each fact. */
    private double[][] drops(TrainedModel trained) {
        double[][] drops = new double[links.size()][facts.count()];
        for (int fact = 0; fact < facts.count(); fact++) {
            BitSet removed = new BitSet();
            removed.set(fact);
            EmbeddingModel without = trained.without(removed);
            for (int k = 0; k < drops.length; k++) {
                drops[k][fact] = probability(trained.model(), links.get(k)) - probability(without, links.get(k));
            }
        }
        return drops;
    }

    private static double relativeError(double[] claimed, double[] actual) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < actual.length; i++) {
            error += (claimed[i] - actual[i]) * (claimed[i] - actual[i]);
            size += actual[i] * actual[i];
        }
        return Math.sqrt(error / size);
    }

    private static OptimizerSettings optimizer(String name, float rate) {
        return new OptimizerSettings(name, LearningRate.constant(rate), 3f);
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void theOrderIsThatOfTrainingWithoutEachFact(
            String scorer, String loss, String optimizer, Regime regime, int batchSize) {
        TrainedModel trained = train(settings(scorer, loss, optimizer, batchSize)
                .optimizer(optimizer(optimizer, 0.01f))
                .negatives(negatives(regime))
                .build());
        double[][] drops = drops(trained);
        FactInfluences[] explained = explain(trained, links, PLENTY);
        for (int k = 0; k < drops.length; k++) {
            double spearman = RankCorrelation.spearman(influences(explained[k]), drops[k]);
            assertTrue(spearman > 0.95, "Spearman %.3f for link %d".formatted(spearman, k));
        }
    }

    /** What is neglected is of second order in what a fact does. */
    @ParameterizedTest
    @MethodSource("trainings")
    void withSmallStepsTheInfluenceIsTheDrop(
            String scorer, String loss, String optimizer, Regime regime, int batchSize) {
        TrainedModel trained = train(settings(scorer, loss, optimizer, batchSize)
                .optimizer(optimizer(optimizer, 0.001f))
                .negatives(negatives(regime))
                .build());
        double[][] drops = drops(trained);
        FactInfluences[] explained = explain(trained, links, PLENTY);
        for (int k = 0; k < drops.length; k++) {
            double error = relativeError(influences(explained[k]), drops[k]);
            assertTrue(error < 0.05, "relative error %.4f for link %d".formatted(error, k));
        }
    }

    @ParameterizedTest
    @EnumSource(Regime.class)
    void weightsArePartOfTheTraining(Regime regime) {
        TrainedModel trained = TrainedModel.train(
                Weights.mixed(facts),
                settings("ComplEx", "softmax", "SGD", 8)
                        .optimizer(optimizer("SGD", 0.001f))
                        .negatives(negatives(regime))
                        .regularizer(new Regularizer("N3", 0.05f, 0.02f, false))
                        .build(),
                TrainingObserver.NONE,
                TrainingMonitor.NONE);
        double[][] drops = drops(trained);
        FactInfluences[] explained = explain(trained, links, PLENTY);
        for (int k = 0; k < drops.length; k++) {
            assertEquals(0, relativeError(influences(explained[k]), drops[k]), 0.05);
        }
    }

    @Test
    void penaltyDropoutScheduleAndRandomSidesArePartOfTheTraining() {
        TrainedModel trained = train(settings("ComplEx", "softmax", "SGD", 1)
                .optimizer(new OptimizerSettings("SGD", new LearningRate("linear", 0.01f, 1f, 1, 20), 0f))
                .negatives(new Negatives(Regime.PER_FACT, 4, NegativeSides.RANDOM, Sampling.BERNOULLI, true))
                .regularizer(new Regularizer("N3", 0.05f, 0.02f, false))
                .dropout(new Dropout(0.2f, 0.1f))
                .build());
        double[][] drops = drops(trained);
        FactInfluences[] explained = explain(trained, links, PLENTY);
        for (int k = 0; k < drops.length; k++) {
            assertEquals(0, relativeError(influences(explained[k]), drops[k]), 0.05);
        }
    }

    /** Adagrad's first steps have the size of the rate, whatever the gradient: taking one away is no small change of it. */
    @Test
    void theStepOfASingleFactIsTakenAwayExactly() {
        TrainedModel trained = train(settings("DistMult", "softmax", "Adagrad", 1)
                .optimizer(new OptimizerSettings("Adagrad", LearningRate.constant(0.002f), 0.001f))
                .epochs(1)
                .build());
        double[][] drops = drops(trained);
        FactInfluences[] explained = explain(trained, links, PLENTY);
        for (int k = 0; k < drops.length; k++) {
            double spearman = RankCorrelation.spearman(influences(explained[k]), drops[k]);
            assertTrue(spearman > 0.95, "Spearman %.3f for link %d".formatted(spearman, k));
        }
    }

    @Test
    void aTrainingThatStoppedEarlyIsExplainedUpToThere() {
        TrainingSettings settings = settings("DistMult", "softmax", "SGD", 1)
                .optimizer(optimizer("SGD", 0.01f))
                .build();
        TrainedModel all = train(settings);
        TrainedModel early = new TrainedModel(
                new TrainedModel(all.model(), facts, settings, 2).without(new BitSet()), facts, settings, 2);
        double[][] drops = drops(early);
        FactInfluences[] explained = explain(early, links, PLENTY);
        for (int k = 0; k < drops.length; k++) {
            assertEquals(0, relativeError(influences(explained[k]), drops[k]), 0.05);
        }
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void linksShareAWalkWithoutDisturbingEachOtherAndMemoryAndThreadsLeaveNoTrace(
            String scorer, String loss, String optimizer, Regime regime, int batchSize) {
        TrainingSettings settings = settings(scorer, loss, optimizer, batchSize)
                .negatives(negatives(regime))
                .build();
        TrainedModel trained = train(settings);
        FactInfluences[] together = explain(trained, links, PLENTY);
        for (int k = 0; k < together.length; k++) {
            assertArrayEquals(
                    influences(together[k]), influences(explain(trained, links.subList(k, k + 1), PLENTY)[0]));
        }
        TrainedModel parallel = new TrainedModel(
                trained.model(), facts, settings.with().concurrency(3).build(), trained.epochs());
        FactInfluences[] again = explain(parallel, links, 10_000);
        for (int k = 0; k < together.length; k++) {
            assertArrayEquals(influences(together[k]), influences(again[k]));
        }
    }

    @Test
    void noLinksAreExplainedByNothing() {
        TrainedModel trained = train(settings("DistMult", "softmax", "SGD", 1).build());
        assertEquals(0, explain(trained, List.of(), PLENTY).length);
    }

    @Test
    void aTrainingThatCannotBeWalkedBackIsRefusedWithTheRemedy() {
        TrainedModel trained = train(settings("DistMult", "softmax", "Adam", 1).build());
        var refused = assertThrows(
                IllegalArgumentException.class, () -> new UnrolledExplainer(trained, PLENTY, TrainingMonitor.NONE));
        assertTrue(refused.getMessage().contains("train with SGD"), refused.getMessage());
    }

    @Test
    void aWalkIsCancelledByItsMonitor() {
        TrainingMonitor cancelling = new TrainingMonitor() {
            @Override
            public void checkCancelled() {
                throw new CancellationException();
            }
        };
        TrainedModel trained = train(settings("DistMult", "softmax", "SGD", 1).build());
        UnrolledExplainer explainer = new UnrolledExplainer(trained, PLENTY, cancelling);
        assertThrows(CancellationException.class, () -> explainer.explain(links.get(0)));
    }
}
