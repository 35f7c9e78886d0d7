package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.Similarity;
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
        requireBounds(new EmbeddingModel(function, Parameters.initial(function, 8, ENTITIES, 2, 0.9f, 4)));
    }

    /** As after a training: some entities are far from all others, and not all of them are likely answers. */
    @ParameterizedTest
    @MethodSource("scorers")
    void boundsHoldWhereSomeRowsAreLong(String scorer) {
        ScoringFunction function = ScoringFunctions.named(scorer);
        Parameters parameters = Parameters.initial(function, 8, ENTITIES, 2, 0.5f, 4);
        for (int j = 0; j < ENTITIES; j += 20) {
            float[] row = parameters.entities()[j];
            for (int k = 0; k < row.length; k++) {
                row[k] *= 1 + j % 7;
            }
        }
        requireBounds(new EmbeddingModel(function, parameters));
    }

    /** With one long row, the bound stays near the sum for changes that would move that row's score far. */
    @Test
    void oneLongRowDoesNotLoosenTheBoundOfTheOthers() {
        ScoringFunction function = ScoringFunctions.named("DistMult");
        Parameters parameters = Parameters.initial(function, 8, ENTITIES, 2, 0.5f, 4);
        for (int k = 0; k < 8; k++) {
            // Of no other direction than the query of the link, and against it: an answer of no weight.
            parameters.entities()[7][k] =
                    -20 * parameters.entities()[1][k] * parameters.relations()[1][k];
        }
        EmbeddingModel model = new EmbeddingModel(function, parameters);
        EntityColumns columns = EntityColumns.of(model);
        LinkScores at = new LinkScores(model, columns);
        PartitionBound bound = new PartitionBound(model, columns, MatrixKernels.fastest());
        at.of(new Link(1, 1, 3));
        bound.of(at);
        double norm = 8 / columns.largestNorm();
        assertTrue(bound.ofAll(norm, 0) < (1 + norm * norm) * bound.now(), bound.ofAll(norm, 0) + " of " + bound.now());
    }

    private static void requireBounds(EmbeddingModel model) {
        ScoringFunction function = model.function();
        MatrixKernel kernel = MatrixKernels.fastest();
        EntityColumns columns = EntityColumns.of(model);
        LinkScores at = new LinkScores(model, columns);
        PartitionBound bound = new PartitionBound(model, columns, kernel);
        float[][] queries = new float[1][function.entityWidth(8)];
        float[][] changes = new float[1][queries[0].length];
        float[] change = changes[0];
        double[] variance = new double[1];
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
                    float meanRise = Rows.dot(bound.meanBehind(part), change);
                    double ofFront = bound.ofFront(part, frontScores[0]);
                    requireBetween(sum, ofFront + bound.behindFront(part, norm, meanRise), size);
                    bound.variances(part, changes, 1, new double[] {norm}, new float[] {meanRise}, variance);
                    double inThisDirection = bound.behindFront(part, norm, meanRise, variance[0]);
                    requireBetween(sum, ofFront + inThisDirection, size);
                    assertTrue(
                            inThisDirection <= (1 + 1e-6) * bound.behindFront(part, norm, meanRise),
                            inThisDirection + " is above " + bound.behindFront(part, norm, meanRise));
                    double least = ofFront + bound.behindFrontAtLeast(part, norm, meanRise);
                    assertTrue(least <= (1 + 1e-10) * sum, least + " is above " + sum);
                    assertTrue(
                            function.similarity() != Similarity.DOT || size > 1e-3 || least > 0.999 * sum,
                            least + " is far below " + sum);
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
        for (int j = 0; j < ENTITIES; j++) {
            double distance = Math.sqrt(scatter.squares()[j]);
            int band = scatter.band(j);
            assertTrue(distance <= scatter.reaches()[band]);
            assertTrue(band + 1 == EntityScatter.BANDS || distance >= scatter.reaches()[band + 1]);
        }
        double lineScatter = scatterAlong(line, rows);
        assertTrue(scatter.largest() >= lineScatter && scatter.largest() < 1.2 * lineScatter);
        for (int i = 0; i < 50; i++) {
            float[] direction = RandomFacts.row(8, random);
            double along = scatterAlong(direction, rows);
            assertTrue(scatter.largest() >= along);
            assertEquals(along, ofMatrix(scatter.matrix(), direction), scatter.matrixError() + 1e-6 * scatter.trace());
        }
    }

    private static double ofMatrix(float[][] matrix, float[] direction) {
        double sum = 0;
        for (int i = 0; i < direction.length; i++) {
            for (int k = 0; k < direction.length; k++) {
                sum += (double) direction[i] * matrix[i][k] * direction[k];
            }
        }
        return sum / Rows.squaredNorm(direction);
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
