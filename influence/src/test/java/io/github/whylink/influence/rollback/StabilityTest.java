package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.Tolerance;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.TrainedModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StabilityTest {
    private static final float STEP = 1e-2f;

    /** Self-loops are among them. */
    private final Facts facts = RandomFacts.of(20, 4, 2, 2);

    static List<Arguments> scorers() {
        List<Arguments> scorers = new ArrayList<>();
        for (String name : ScoringFunctions.names()) {
            scorers.add(Arguments.of(name, false));
            scorers.add(Arguments.of(name, true));
        }
        return scorers;
    }

    /** Every number of every row of every fact is moved to and fro. */
    @ParameterizedTest
    @MethodSource("scorers")
    void theLipschitzConstantIsTheLargestSlopeOfTheScore(String scorer, boolean reciprocal) {
        Parameters parameters = Parameters.initial(ScoringFunctions.named(scorer, reciprocal), 6, 4, 2, 1f, 5);
        EmbeddingModel model = new EmbeddingModel(ScoringFunctions.named(scorer, reciprocal), parameters);
        double largest = 0;
        for (int fact = 0; fact < facts.count(); fact++) {
            int head = facts.head(fact);
            int relation = facts.relation(fact);
            int tail = facts.tail(fact);
            for (float[] row : List.of(
                    parameters.entities()[head],
                    parameters.relations()[relation],
                    parameters.entities()[tail])) {
                double squares = 0;
                for (int i = 0; i < row.length; i++) {
                    float before = row[i];
                    row[i] = before + STEP;
                    double above = model.score(head, relation, tail);
                    row[i] = before - STEP;
                    double below = model.score(head, relation, tail);
                    row[i] = before;
                    double slope = (above - below) / (2 * STEP);
                    squares += slope * slope;
                }
                largest = Math.max(largest, Math.sqrt(squares));
            }
        }
        assertEquals(largest, Stability.lipschitz(model, facts, () -> {}), largest * Tolerance.FINITE_DIFFERENCE);
    }

    @Test
    void forDistMultItIsTheLargestNormOfTheProductsOfTwoRows() {
        Parameters parameters = Parameters.initial(ScoringFunctions.named("DistMult"), 6, 4, 2, 1f, 5);
        double largest = 0;
        Facts straight = facts.select(IntStream.range(0, facts.count())
                .filter(fact -> facts.head(fact) != facts.tail(fact))
                .toArray());
        for (int fact = 0; fact < straight.count(); fact++) {
            float[] head = parameters.entities()[straight.head(fact)];
            float[] relation = parameters.relations()[straight.relation(fact)];
            float[] tail = parameters.entities()[straight.tail(fact)];
            largest =
                    Math.max(largest, Math.max(norm(head, relation), Math.max(norm(relation, tail), norm(head, tail))));
        }
        EmbeddingModel model = new EmbeddingModel(ScoringFunctions.named("DistMult"), parameters);
        assertEquals(largest, Stability.lipschitz(model, straight, () -> {}), Tolerance.FLOAT_ARITHMETIC);
    }

    /** The whole matrix of second derivatives, by differences of gradients, and its largest eigenvalue by EJML. */
    @ParameterizedTest
    @MethodSource("scorers")
    void smoothnessIsTheLargestEigenvalueOfTheSecondDerivative(String scorer, boolean reciprocal) {
        TrainingSettings settings = settings(scorer, reciprocal);
        TrainedModel trained = TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
        Examples examples = new Examples(facts, settings);
        int[] batches = new FactOrder(facts, settings.seed()).batches(trained.epochs() - 1, settings.batchSize());
        double steepest = 0;
        double largest = 0;
        int sampled = 4;
        for (int i = 0; i < sampled; i++) {
            int fact = i * facts.count() / sampled;
            Dense dense = new Dense(examples, trained.model().parameters(), fact, trained.epochs() - 1, batches[fact]);
            steepest = Math.max(steepest, Math.sqrt(Rows.squaredNorm(dense.gradient())));
            largest = Math.max(largest, dense.largestEigenvalue());
        }
        Stability measured = Stability.of(trained, sampled, () -> {});
        assertEquals(steepest, measured.steepness(), 1e-6 * steepest);
        // Power iteration comes from below, slowly where the second eigenvalue is near; differences have errors too.
        assertTrue(measured.smoothness() <= 1.01 * largest, measured.smoothness() + " > " + largest);
        assertTrue(measured.smoothness() >= 0.9 * largest, measured.smoothness() + " < " + largest);
    }

    @Test
    void theBoundIsTheSumOfItsRecursion() {
        for (int steps : new int[] {1, 7, 60}) {
            double error = 0;
            double difference = 0.1 * 3;
            for (int step = 0; step < steps; step++) {
                error += 0.1 * 2 * difference;
                difference *= 1 + 0.1 * 2;
            }
            assertEquals(Math.log10(error), Stability.log10Bound(0.1, 3, 2, steps), Tolerance.PROBABILITY);
        }
        assertEquals(Double.NEGATIVE_INFINITY, Stability.log10Bound(0.1, 3, 2, 0));
        assertEquals(1e6 * Math.log10(1.2) + Math.log10(0.3), Stability.log10Bound(0.1, 3, 2, 1_000_000), 1e-6);
        double tiny = Stability.log10Bound(1e-9, 3, 1e-3, 10);
        assertEquals(Math.log10(1e-9 * 3 * 10 * 1e-12), tiny, 1e-6);
    }

    /** One use of each fact, as in the theorem, and the rows of its negatives allowed for. */
    @Test
    void theErrorOfRollingBackStaysBelowTheBound() {
        TrainingSettings settings =
                Settings.small().epochs(1).builder().initialScale(0.3f).build();
        RollbackRecorder recorder = RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
        TrainedModel trained = TrainedModel.train(facts, settings, recorder, TrainingMonitor.NONE);
        Stability measured = Stability.of(trained, facts.count(), () -> {});
        double bound = Math.pow(10, measured.log10Bound()) + 0.1 * measured.steepness();
        for (int fact = 0; fact < facts.count(); fact++) {
            BitSet removed = new BitSet();
            removed.set(fact);
            Parameters without = trained.without(removed).parameters();
            Parameters rolledBack = trained.model().parameters().copy();
            float[] updates = recorder.ledger().row(fact);
            int width = settings.entityWidth();
            for (int i = 0; i < width; i++) {
                rolledBack.entities()[facts.head(fact)][i] -= updates[i];
                rolledBack.relations()[facts.relation(fact)][i] -= updates[width + i];
                rolledBack.entities()[facts.tail(fact)][i] -= updates[2 * width + i];
            }
            double error = 0;
            for (Table table : Table.values()) {
                for (int row = 0; row < without.table(table).length; row++) {
                    for (int i = 0; i < width; i++) {
                        error += Math.pow(rolledBack.row(table, row)[i] - without.row(table, row)[i], 2);
                    }
                }
            }
            assertTrue(Math.sqrt(error) <= bound, Math.sqrt(error) + " > " + bound);
        }
    }

    @Test
    void thereIsNoBoundWhereTheTheoremSaysNothing() {
        for (TrainingSettings settings : List.of(
                Settings.small().optimizer("Adagrad").build(),
                Settings.small().optimizer("Adam").build())) {
            TrainedModel trained = TrainedModel.train(facts, settings, TrainingObserver.NONE, TrainingMonitor.NONE);
            Stability measured = Stability.of(trained, 2, () -> {});
            assertTrue(Double.isNaN(measured.log10Bound()));
            assertTrue(measured.smoothness() > 0);
        }
    }

    @Test
    void measuringIsCancelledByThrowing() {
        EmbeddingModel model = TrainedModel.train(
                        facts, Settings.small().build(), TrainingObserver.NONE, TrainingMonitor.NONE)
                .model();
        assertThrows(
                IllegalStateException.class,
                () -> Stability.lipschitz(model, facts, () -> {
                    throw new IllegalStateException("enough");
                }));
    }

    private static TrainingSettings settings(String scorer, boolean reciprocal) {
        TrainingSettings base = Settings.small().build();
        return TrainingSettings.of(ScoringFunctions.named(scorer, reciprocal), 4)
                .epochs(3)
                .negatives(base.negatives())
                .loss(base.loss())
                .optimizer(base.optimizer())
                .initialScale(0.5f)
                .seed(42)
                .build();
    }

    private static double norm(float[] a, float[] b) {
        return Math.sqrt(IntStream.range(0, a.length)
                .mapToDouble(i -> (double) a[i] * b[i] * a[i] * b[i])
                .sum());
    }

    /** The derivatives of one fact's loss by all numbers of the model. */
    private static final class Dense {
        private final Parameters parameters;
        private final ExampleGradient example;
        private final int fact;
        private final int epoch;
        private final int batch;

        Dense(Examples examples, Parameters parameters, int fact, int epoch, int batch) {
            this.parameters = parameters;
            example = new ExampleGradient(examples);
            this.fact = fact;
            this.epoch = epoch;
            this.batch = batch;
        }

        float[] gradient() {
            RowGradients rows = RowGradients.shapedLike(parameters);
            example.add(parameters, fact, epoch, batch, rows);
            List<Float> numbers = new ArrayList<>();
            for (Table table : Table.values()) {
                for (int id = 0; id < parameters.table(table).length; id++) {
                    float[] row = rows.rowIfTouched(table, id);
                    for (int i = 0; i < parameters.row(table, id).length; i++) {
                        numbers.add(row == null ? 0f : row[i]);
                    }
                }
            }
            float[] flat = new float[numbers.size()];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = numbers.get(i);
            }
            return flat;
        }

        double largestEigenvalue() {
            int n = gradient().length;
            DMatrixRMaj matrix = new DMatrixRMaj(n, n);
            int column = 0;
            float step = 2e-3f;
            for (Table table : Table.values()) {
                for (float[] row : parameters.table(table)) {
                    for (int i = 0; i < row.length; i++) {
                        float before = row[i];
                        row[i] = before + step;
                        float[] above = gradient();
                        row[i] = before - step;
                        float[] below = gradient();
                        row[i] = before;
                        for (int k = 0; k < n; k++) {
                            matrix.add(k, column, (above[k] - below[k]) / (4 * step));
                            matrix.add(column, k, (above[k] - below[k]) / (4 * step));
                        }
                        column++;
                    }
                }
            }
            EigenDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.eig(n, false, true);
            assertTrue(decomposition.decompose(matrix));
            return IntStream.range(0, n)
                    .mapToDouble(i -> Math.abs(decomposition.getEigenvalue(i).getReal()))
                    .max()
                    .orElseThrow();
        }
    }
}
