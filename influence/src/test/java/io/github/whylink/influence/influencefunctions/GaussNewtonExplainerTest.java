package io.github.whylink.influence.influencefunctions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.Curvature;
import io.github.whylink.embedding.train.ExampleCurvature;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.NegativeSides;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.LinkGradients;
import io.github.whylink.influence.TrainedModel;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GaussNewtonExplainerTest {
    private static final double DAMPING = 2;

    private final Facts facts = RandomFacts.of(50, 10, 3, 6);
    private final List<Link> links = List.of(new Link(2, 1, 9), new Link(7, 2, 7));

    private TrainingSettings settings(Regime regime) {
        return Settings.small()
                .epochs(4)
                .batchSize(7)
                .builder()
                .negatives(new Negatives(regime, 5, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false))
                .build();
    }

    private TrainedModel train(TrainingSettings settings) {
        return TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    /** The matrix is written down, unit vector by unit vector, and the system decomposed. */
    @ParameterizedTest
    @EnumSource(value = Regime.class)
    void influencesFollowTheDefinition(Regime regime) {
        TrainedModel trained = train(settings(regime));
        // Of four epochs, the shares .3, .6 and 1.
        double[][] expected = new double[links.size()][facts.count()];
        int[] checkpoints = {1, 2, 4};
        for (int epochs : checkpoints) {
            Parameters parameters = Trainer.trainFirst(
                    epochs, facts, trained.settings(), new BitSet(), TrainingObserver.NONE, TrainingMonitor.NONE);
            addOracle(parameters, trained.settings(), epochs - 1, 1.0 / checkpoints.length, expected);
        }
        FactInfluences[] explained =
                new GaussNewtonExplainer(trained, DAMPING, 1e-4, TrainingMonitor.NONE).explainAll(links);
        for (int k = 0; k < expected.length; k++) {
            double largest = 0;
            for (int fact = 0; fact < facts.count(); fact++) {
                largest = Math.max(largest, Math.abs(expected[k][fact]));
            }
            for (int fact = 0; fact < facts.count(); fact++) {
                assertEquals(expected[k][fact], explained[k].influence(fact), 1e-3 * largest);
            }
        }
    }

    private void addOracle(
            Parameters parameters, TrainingSettings settings, int epoch, double weight, double[][] expected) {
        Examples examples = new Examples(facts, settings);
        int[] batches = new FactOrder(facts, settings.seed()).batches(epoch, settings.batchSize());
        ExampleCurvature curvature = new ExampleCurvature(examples, Curvature.GAUSS_NEWTON);
        int n = flat(parameters).length;
        double[] matrix = new double[n * n];
        double[] unit = new double[n];
        for (int j = 0; j < n; j++) {
            unit[j] = 1;
            RowGradients direction = of(unit, parameters);
            unit[j] = 0;
            RowGradients column = RowGradients.shapedLike(parameters);
            for (int fact = 0; fact < facts.count(); fact++) {
                curvature.add(
                        parameters,
                        fact,
                        epoch,
                        batches[fact],
                        new RowGradients[] {direction},
                        1,
                        new RowGradients[] {column},
                        new double[1]);
            }
            double[] values = flat(column, parameters);
            for (int i = 0; i < n; i++) {
                matrix[i * n + j] = values[i];
            }
        }
        LinkGradients gradients = LinkGradients.of(new EmbeddingModel(settings.scoringFunction(), parameters), links);
        ExampleGradient gradient = new ExampleGradient(examples);
        for (int k = 0; k < links.size(); k++) {
            double[] solution = DampedSolver.cholesky(matrix, DAMPING, flat(gradients.of(k)));
            for (int fact = 0; fact < facts.count(); fact++) {
                RowGradients ofFact = RowGradients.shapedLike(parameters);
                gradient.add(parameters, fact, epoch, batches[fact], ofFact);
                double[] values = flat(ofFact, parameters);
                for (int i = 0; i < n; i++) {
                    expected[k][fact] -= weight * solution[i] * values[i];
                }
            }
        }
    }

    private static double[] flat(Parameters parameters) {
        RowGradients all = RowGradients.shapedLike(parameters);
        for (Table table : Table.values()) {
            for (int id = 0; id < parameters.table(table).length; id++) {
                float[] row = parameters.row(table, id);
                System.arraycopy(row, 0, all.row(table, id), 0, row.length);
            }
        }
        return flat(all, parameters);
    }

    private static double[] flat(RowGradients gradient, Parameters shape) {
        double[] values = new double
                [shape.entities().length * shape.entities()[0].length
                        + shape.relations().length * shape.relations()[0].length];
        int at = 0;
        for (Table table : Table.values()) {
            for (int id = 0; id < shape.table(table).length; id++) {
                float[] row = gradient.rowIfTouched(table, id);
                for (int i = 0; i < shape.row(table, id).length; i++, at++) {
                    values[at] = row == null ? 0 : row[i];
                }
            }
        }
        return values;
    }

    private static RowGradients of(double[] values, Parameters shape) {
        RowGradients gradient = RowGradients.shapedLike(shape);
        int at = 0;
        for (Table table : Table.values()) {
            for (int id = 0; id < shape.table(table).length; id++) {
                float[] row = gradient.row(table, id);
                for (int i = 0; i < row.length; i++, at++) {
                    row[i] = (float) values[at];
                }
            }
        }
        return gradient;
    }

    @Test
    void moreLinksThanAreTakenAtOnceAreExplainedAsIfAlone() {
        TrainedModel trained = train(settings(Regime.PER_FACT));
        GaussNewtonExplainer explainer = new GaussNewtonExplainer(trained, DAMPING, TrainingMonitor.NONE);
        List<Link> many = IntStream.range(0, 19)
                .mapToObj(i -> new Link(i % 10, i % 3, (3 * i + 1) % 10))
                .toList();
        FactInfluences[] together = explainer.explainAll(many);
        for (int k : new int[] {0, 15, 16, 18}) {
            FactInfluences alone = explainer.explain(many.get(k));
            for (int fact = 0; fact < facts.count(); fact++) {
                assertEquals(alone.influence(fact), together[k].influence(fact));
            }
        }
    }

    @Test
    void aDampingThatIsNotAbove0IsRefused() {
        TrainedModel trained = train(settings(Regime.PER_FACT));
        for (double damping : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            var refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> new GaussNewtonExplainer(trained, damping, TrainingMonitor.NONE));
            assertTrue(refused.getMessage().contains("damping"), refused.getMessage());
        }
    }
}
