package io.github.whylink.influence.influencefunctions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.LinkGradients;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.faithfulness.RankCorrelation;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfluenceFunctionExplainerTest {
    private static final double DAMPING = 5;
    private static final float STEP = 1e-2f;

    private final Facts facts = RandomFacts.of(60, 12, 3, 6);
    private final FactIndex index = new FactIndex(facts);
    private final List<Link> links = List.of(new Link(2, 1, 9), new Link(7, 2, 7));

    private TrainedModel train(String scorer) {
        return TrainedModel.train(
                facts, Settings.small().scorer(scorer).build(), TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    private double[] gradient(TrainedModel trained, TargetBlock block, int[] of) {
        Parameters parameters = trained.model().parameters();
        ExampleGradient gradients = new ExampleGradient(new Examples(facts, trained.settings()));
        RowGradients sum = RowGradients.shapedLike(parameters);
        for (int fact : of) {
            gradients.add(parameters, fact, trained.epochs() - 1, 0, sum);
        }
        double[] vector = new double[block.size()];
        block.add(sum, vector);
        return vector;
    }

    /** The numbers of the model that a block consists of, to nudge one after the other. */
    private static float[][] rows(TrainedModel trained, Link link) {
        Parameters parameters = trained.model().parameters();
        float[] head = parameters.row(Table.ENTITIES, link.head());
        float[] relation = parameters.row(Table.RELATIONS, link.relation());
        return link.head() == link.tail()
                ? new float[][] {head, relation}
                : new float[][] {head, relation, parameters.row(Table.ENTITIES, link.tail())};
    }

    @ParameterizedTest
    @ValueSource(strings = {"DistMult", "ComplEx", "RotatE"})
    void theBlockIsTheDerivativeOfTheSummedGradient(String scorer) {
        TrainedModel trained = train(scorer);
        for (Link link : links) {
            TargetBlock block = new TargetBlock(link, trained.model().parameters());
            int[] neighbours = index.sharingARow(link);
            double[] matrix;
            try (BlockCurvature curvature =
                    new BlockCurvature(trained, new Examples(facts, trained.settings()), TrainingMonitor.NONE)) {
                matrix = curvature.matrix(block, neighbours);
            }
            int j = 0;
            for (float[] row : rows(trained, link)) {
                for (int i = 0; i < row.length; i++) {
                    float before = row[i];
                    row[i] = before + STEP;
                    double[] more = gradient(trained, block, neighbours);
                    row[i] = before - STEP;
                    double[] less = gradient(trained, block, neighbours);
                    row[i] = before;
                    for (int other = 0; other < block.size(); other++) {
                        double expected = (more[other] - less[other]) / (2 * STEP);
                        assertEquals(
                                expected,
                                matrix[other * block.size() + j],
                                Tolerance.SECOND_DIFFERENCE * neighbours.length);
                    }
                    j++;
                }
            }
            assertEquals(block.size(), j);
        }
    }

    /** {@code (H + λI)·x} at the solution x, by products, is the gradient of the probability. */
    @Test
    void influencesFollowTheDefinition() {
        TrainedModel trained = train("DistMult");
        FactInfluences[] explained =
                new InfluenceFunctionExplainer(trained, index, DAMPING, TrainingMonitor.NONE).explainAll(links);
        for (int k = 0; k < links.size(); k++) {
            TargetBlock block = new TargetBlock(links.get(k), trained.model().parameters());
            double[] matrix;
            try (BlockCurvature curvature =
                    new BlockCurvature(trained, new Examples(facts, trained.settings()), TrainingMonitor.NONE)) {
                matrix = curvature.matrix(block, index.sharingARow(links.get(k)));
            }
            double[] solution = DampedSolver.cholesky(
                    matrix,
                    DAMPING,
                    block.of(LinkGradients.of(trained.model(), links).of(k)));
            for (int fact = 0; fact < facts.count(); fact++) {
                double[] gradient = gradient(trained, block, new int[] {fact});
                double expected = 0;
                for (int i = 0; i < gradient.length; i++) {
                    expected -= solution[i] * gradient[i];
                }
                assertEquals(expected, explained[k].influence(fact), Tolerance.FLOAT_ARITHMETIC);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DistMult", "RotatE"})
    void largeBlocksGiveTheSameByConjugateGradient(String scorer) {
        TrainedModel trained = train(scorer);
        FactInfluences[] small =
                new InfluenceFunctionExplainer(trained, index, DAMPING, TrainingMonitor.NONE).explainAll(links);
        FactInfluences[] large =
                new InfluenceFunctionExplainer(trained, index, DAMPING, 0, TrainingMonitor.NONE).explainAll(links);
        for (int k = 0; k < small.length; k++) {
            for (int fact = 0; fact < facts.count(); fact++) {
                assertEquals(small[k].influence(fact), large[k].influence(fact), 1e-4);
            }
        }
    }

    /** With a damping far above all curvature, one step of gradient descent at the final parameters is left. */
    @Test
    void muchDampingLeavesTheProductOfGradients() {
        TrainedModel trained = train("DistMult");
        Link link = links.get(0);
        TargetBlock block = new TargetBlock(link, trained.model().parameters());
        double[] ofProbability =
                block.of(LinkGradients.of(trained.model(), links).of(0));
        FactInfluences explained =
                new InfluenceFunctionExplainer(trained, index, 1e6, TrainingMonitor.NONE).explain(link);
        double[] influences = new double[facts.count()];
        Arrays.setAll(influences, explained::influence);
        double[] products = new double[facts.count()];
        for (int fact = 0; fact < facts.count(); fact++) {
            double[] gradient = gradient(trained, block, new int[] {fact});
            for (int i = 0; i < gradient.length; i++) {
                products[fact] -= ofProbability[i] * gradient[i];
            }
        }
        assertTrue(RankCorrelation.spearman(products, influences) > 0.99);
    }

    @Test
    void dampingMustBePositive() {
        TrainedModel trained = train("DistMult");
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new InfluenceFunctionExplainer(trained, index, wrong, TrainingMonitor.NONE));
        }
    }
}
