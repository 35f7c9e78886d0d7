package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.influence.Link;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PartitionBoundTest {
    private static final int ENTITIES = 1_500;

    static List<String> scorers() {
        return ScoringFunctions.names();
    }

    /** Every bound is above the sum that it bounds, and close to it where the change is small. */
    @ParameterizedTest
    @MethodSource("scorers")
    void boundsAreAboveTheSumOverTheWrongAnswers(String scorer) {
        ScoringFunction function = ScoringFunctions.named(scorer);
        EmbeddingModel model = new EmbeddingModel(function, Parameters.initial(function, 8, ENTITIES, 2, 0.9f, 4));
        MatrixKernel kernel = MatrixKernels.fastest();
        EntityColumns columns = EntityColumns.of(model);
        LinkScores at = new LinkScores(model, columns);
        PartitionBound bound = new PartitionBound(model, columns, kernel);
        float[][] queries = new float[1][function.entityWidth(8)];
        float[] change = new float[queries[0].length];
        float[][] frontScores = new float[1][PartitionBound.FRONT];
        Random random = new Random(5);
        for (int i = 0; i < 40; i++) {
            at.of(new Link(i, i % 2, 3 * i));
            bound.of(at);
            for (float size : new float[] {1e-4f, 0.02f, 0.3f, 2f}) {
                float[] step = RandomFacts.row(change.length, random);
                for (int k = 0; k < change.length; k++) {
                    queries[0][k] = at.query()[k] + size * step[k];
                    change[k] = queries[0][k] - at.query()[k];
                }
                double norm = (1 + 1e-6) * Math.sqrt(Rows.squaredNorm(change));
                double sum = 0;
                for (int j = 0; j < ENTITIES; j++) {
                    float score = function.similarity()
                            .of(queries[0], model.parameters().entities()[j]);
                    sum += j == 3 * i ? 0 : Math.exp((double) score - at.max());
                }
                requireBetween(sum, bound.ofAll(norm, Rows.dot(bound.mean(), change)), size);
                for (int part = 0; part < PartitionBound.PART_COUNT; part++) {
                    bound.scoreFront(part, queries, 1, frontScores);
                    double behind = bound.behindFront(part, norm, Rows.dot(bound.meanBehind(part), change));
                    requireBetween(sum, bound.ofFront(part, frontScores[0]) + behind, size);
                }
            }
        }
    }

    /** As in small graphs, where the first part of the front takes all. */
    @ParameterizedTest
    @MethodSource("scorers")
    void theBoundByTheMeanHoldsWhereNobodyIsBehindTheFront(String scorer) {
        ScoringFunction function = ScoringFunctions.named(scorer);
        EmbeddingModel model = new EmbeddingModel(function, Parameters.initial(function, 8, 200, 2, 0.9f, 4));
        EntityColumns columns = EntityColumns.of(model);
        LinkScores at = new LinkScores(model, columns);
        PartitionBound bound = new PartitionBound(model, columns, MatrixKernels.fastest());
        at.of(new Link(1, 1, 3));
        bound.of(at);
        double sum = at.sum() - at.weights()[3];
        requireBetween(sum, bound.ofAll(0, 0), 0);
        assertTrue(bound.ofAll(0.1, 0) < 2 * sum, "bound " + bound.ofAll(0.1, 0) + " of " + sum);
    }

    /** Nearly all rows along one line, which is what a bound by the mean square of all directions is not made for. */
    @Test
    void theScatterBoundsAllDirections() {
        Random random = new Random(6);
        float[] line = RandomFacts.row(8, random);
        float[][] rows = new float[ENTITIES][];
        for (int j = 0; j < ENTITIES; j++) {
            rows[j] = RandomFacts.row(8, random);
            float along = 5 * random.nextFloat() + 2;
            for (int k = 0; k < 8; k++) {
                rows[j][k] = 0.1f * rows[j][k] + along * line[k];
            }
        }
        EntityScatter scatter = new EntityScatter(rows);
        double lineScatter = scatterAlong(line, rows);
        assertTrue(scatter.largest() >= lineScatter && scatter.largest() < 1.2 * lineScatter);
        for (int i = 0; i < 50; i++) {
            assertTrue(scatter.largest() >= scatterAlong(RandomFacts.row(8, random), rows));
        }
    }

    private static double scatterAlong(float[] direction, float[][] rows) {
        double sum = 0;
        double squares = 0;
        for (float[] row : rows) {
            double x = Rows.dot(row, direction) / Math.sqrt(Rows.squaredNorm(direction));
            sum += x;
            squares += x * x;
        }
        return squares - sum * sum / rows.length;
    }

    @Test
    void thePolynomialIsAboveTheExponential() {
        for (int i = -3_000; i <= 3_000; i++) {
            double x = i / 1_000.0;
            double bound = PartitionBound.exponentialAtMost(x);
            assertTrue(bound >= (1 - 1e-14) * Math.exp(x) && bound < 1.05 * Math.exp(x), "at " + x);
        }
    }

    private static void requireBetween(double sum, double bound, float size) {
        assertTrue(bound >= sum, bound + " is below " + sum);
        assertTrue(size > 1e-3 || bound < 1.001 * sum, bound + " is far above " + sum);
    }
}
