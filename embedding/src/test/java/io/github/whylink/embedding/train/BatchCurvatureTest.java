package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Weights;
import io.github.whylink.embedding.train.BatchCurvature.Batch;
import io.github.whylink.embedding.train.BatchCurvature.OwnGradients;
import io.github.whylink.embedding.train.ExampleCurvature.Direction;
import io.github.whylink.embedding.train.Negatives.Regime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The curvature of a batch against the definition: the sum of that of its facts. */
class BatchCurvatureTest {
    private static final int DIRECTIONS = 3;
    private static final int EPOCH = 2;
    private static final int BATCH = 1;

    /** Enough facts and entities for several chunks of columns and several blocks of candidates. */
    private final Facts facts = RandomFacts.of(150, 230, 5, 3);

    static List<TrainingSettings> settings() {
        return BlockBatchesTest.settings();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theBatchIsTheSumOfItsFacts(TrainingSettings settings) {
        assertSum(facts, settings, Curvature.FULL);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theBatchIsTheSumOfItsFactsWithTheirWeights(TrainingSettings settings) {
        assertSum(Weights.mixed(facts), settings, Curvature.FULL);
        assertSum(Weights.mixed(facts), settings, Curvature.GAUSS_NEWTON);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theGaussNewtonPartOfTheBatchIsTheSumOfThoseOfItsFacts(TrainingSettings settings) {
        assertSum(facts, settings, Curvature.GAUSS_NEWTON);
    }

    private void assertSum(Facts facts, TrainingSettings settings, Curvature curvature) {
        Examples examples = new Examples(facts, settings);
        Parameters parameters = parameters(settings);
        Direction[] directions = directions(parameters);
        Batch batch = batch(facts.count() - 2);

        ExampleCurvature example = new ExampleCurvature(examples, curvature);
        RowGradients[] expected = results(parameters);
        double[][] expectedSlopes = new double[DIRECTIONS][batch.factCount()];
        double[] slopes = new double[DIRECTIONS];
        for (int i = 0; i < batch.factCount(); i++) {
            example.add(parameters, batch.fact(i), EPOCH, BATCH, directions, DIRECTIONS, expected, slopes);
            for (int k = 0; k < DIRECTIONS; k++) {
                expectedSlopes[k][i] = slopes[k];
            }
        }

        Computed computed = compute(examples, parameters, directions, batch, curvature);
        double moved = 0;
        for (int k = 0; k < DIRECTIONS; k++) {
            for (int i = 0; i < batch.factCount(); i++) {
                assertEquals(expectedSlopes[k][i], computed.slopes[k][i], 1e-4 * (1 + Math.abs(expectedSlopes[k][i])));
            }
            for (Table table : Table.values()) {
                for (int id = 0; id < parameters.table(table).length; id++) {
                    float[] row = rowOrZeros(expected[k], table, id, parameters);
                    assertArrayEquals(row, rowOrZeros(computed.results[k], table, id, parameters), 1e-3f);
                    for (float value : row) {
                        moved += Math.abs(value);
                    }
                }
            }
        }
        boolean level = settings.loss() instanceof Margin
                && (curvature == Curvature.GAUSS_NEWTON
                        || settings.scoringFunction().name().startsWith("TransE"));
        assertTrue(level || moved > 1, "the gradients move with the rows, by " + moved);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theOwnGradientsAreThoseOfTheExamples(TrainingSettings settings) {
        Examples examples = new Examples(facts, settings);
        Parameters parameters = parameters(settings);
        Batch batch = batch(facts.count());
        Computed computed = compute(examples, parameters, directions(parameters), batch, Curvature.FULL);
        ExampleGradient example = new ExampleGradient(examples);
        for (int i = 0; i < batch.factCount(); i++) {
            int fact = batch.fact(i);
            RowGradients gradient = RowGradients.shapedLike(parameters);
            example.add(parameters, fact, EPOCH, BATCH, gradient);
            assertArrayEquals(gradient.row(Table.ENTITIES, facts.head(fact)), computed.own.head(i), 1e-3f);
            assertArrayEquals(gradient.row(Table.RELATIONS, facts.relation(fact)), computed.own.relation(i), 1e-3f);
            assertArrayEquals(gradient.row(Table.ENTITIES, facts.tail(fact)), computed.own.tail(i, fact), 1e-3f);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theBitsDoNotDependOnTheNumberOfThreads(TrainingSettings settings) {
        Parameters parameters = parameters(settings);
        Direction[] directions = directions(parameters);
        Batch batch = batch(facts.count());
        Computed one = compute(new Examples(facts, settings), parameters, directions, batch, Curvature.FULL);
        TrainingSettings threaded = settings.with().concurrency(3).build();
        Computed three = compute(new Examples(facts, threaded), parameters, directions, batch, Curvature.FULL);
        for (int k = 0; k < DIRECTIONS; k++) {
            assertArrayEquals(one.slopes[k], three.slopes[k]);
            for (int id = 0; id < facts.entityCount(); id++) {
                assertArrayEquals(
                        rowOrZeros(one.results[k], Table.ENTITIES, id, parameters),
                        rowOrZeros(three.results[k], Table.ENTITIES, id, parameters));
            }
        }
    }

    @Test
    void sharedCandidatesComparedByDotProductsUseMatrixProducts() {
        for (String scorer : ScoringFunctions.names()) {
            for (Regime regime : Regime.values()) {
                TrainingSettings settings = TrainingSettings.of(ScoringFunctions.named(scorer, false), 4)
                        .negatives(new Negatives(regime, 5, NegativeSides.BOTH, Negatives.Sampling.UNIFORM, false))
                        .batchSize(4)
                        .build();
                boolean products =
                        regime != Regime.PER_FACT && settings.scoringFunction().similarity() == Similarity.DOT;
                try (BatchCurvature curvature = BatchCurvature.of(new Examples(facts, settings), 1, Curvature.FULL)) {
                    assertEquals(products, curvature instanceof BlockCurvature, scorer);
                }
            }
        }
    }

    private static final class Computed {
        private final RowGradients[] results;
        private final double[][] slopes;
        private final OwnGradients own;

        Computed(RowGradients[] results, double[][] slopes, OwnGradients own) {
            this.results = results;
            this.slopes = slopes;
            this.own = own;
        }
    }

    private Computed compute(
            Examples examples, Parameters parameters, Direction[] directions, Batch batch, Curvature curvature) {
        RowGradients[] results = results(parameters);
        double[][] slopes = new double[DIRECTIONS][batch.factCount()];
        OwnGradients own = new OwnGradients(examples, batch.factCount());
        try (BatchCurvature computing = BatchCurvature.of(examples, DIRECTIONS, curvature)) {
            // Twice, so that what the first call leaves behind would show.
            computing.add(parameters, batch, directions, DIRECTIONS, results(parameters), slopes, own);
            computing.add(parameters, batch, directions, DIRECTIONS, results, slopes, own);
        }
        return new Computed(results, slopes, own);
    }

    /** Rows of ordinary size: distances and hinges are not near their kinks. */
    private Parameters parameters(TrainingSettings settings) {
        return Parameters.initial(
                settings.scoringFunction(), settings.dimension(), facts.entityCount(), facts.relationCount(), 0.7f, 11);
    }

    /** A dense one, one that knows some rows only, and one that moves nothing but a relation. */
    private static Direction[] directions(Parameters shape) {
        Random random = new Random(5);
        Parameters dense = Parameters.zerosLike(shape);
        for (Table table : Table.values()) {
            for (float[] row : dense.table(table)) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = random.nextFloat() - 0.5f;
                }
            }
        }
        return new Direction[] {
            dense::row,
            (table, index) -> index % 3 == 0 ? dense.row(table, index) : null,
            (table, index) -> table == Table.RELATIONS && index == 1 ? dense.row(table, index) : null
        };
    }

    private static Batch batch(int count) {
        return new Batch() {
            @Override
            public int epoch() {
                return EPOCH;
            }

            @Override
            public int batch() {
                return BATCH;
            }

            @Override
            public int factCount() {
                return count;
            }

            @Override
            public int fact(int i) {
                return i;
            }
        };
    }

    private static RowGradients[] results(Parameters shape) {
        RowGradients[] results = new RowGradients[DIRECTIONS];
        for (int k = 0; k < DIRECTIONS; k++) {
            results[k] = RowGradients.shapedLike(shape);
        }
        return results;
    }

    private static float[] rowOrZeros(RowGradients gradients, Table table, int id, Parameters shape) {
        float[] row = gradients.rowIfTouched(table, id);
        return row == null ? new float[shape.row(table, id).length] : row;
    }
}
