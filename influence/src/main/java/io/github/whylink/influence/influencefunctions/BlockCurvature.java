package io.github.whylink.influence.influencefunctions;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.ExampleCurvature;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;

/**
 * The Hessian of the summed loss of some facts, restricted to the rows of a {@link TargetBlock}, with the negatives that the
 * facts had in the last epoch: as a matrix, or as products with vectors. In parallel over the facts, in pieces that do not
 * depend on the number of threads.
 */
final class BlockCurvature implements AutoCloseable {
    private static final int PIECES = 16;

    private final Parameters parameters;
    private final int epoch;
    private final int[] batches;
    private final TrainingMonitor monitor;
    private final Team team;
    private final ExampleCurvature[] curvatures;

    BlockCurvature(TrainedModel trained, Examples examples, TrainingMonitor monitor) {
        this.monitor = monitor;
        parameters = trained.model().parameters();
        epoch = trained.epochs() - 1;
        Facts facts = trained.facts();
        TrainingSettings settings = trained.settings();
        batches = new FactOrder(facts, settings.seed()).batches(epoch, Math.min(settings.batchSize(), facts.count()));
        team = new Team(Math.min(settings.concurrency(), PIECES));
        curvatures = new ExampleCurvature[team.concurrency()];
        Arrays.setAll(curvatures, worker -> new ExampleCurvature(examples));
    }

    /** The matrix, row by row and made symmetric; {@code size²} numbers. O(facts · size · negatives · d). */
    double[] matrix(TargetBlock block, int[] facts) {
        int size = block.size();
        RowGradients[] units = gradients(size);
        for (int j = 0; j < size; j++) {
            block.writeUnit(j, units[j]);
        }
        double[][] columns = products(block, facts, units);
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                matrix[i * size + j] = 0.5 * (columns[j][i] + columns[i][j]);
            }
        }
        return matrix;
    }

    /** The product with a vector. O(facts · negatives · d). */
    double[] times(TargetBlock block, int[] facts, double[] vector) {
        RowGradients[] direction = gradients(1);
        block.write(vector, direction[0]);
        return products(block, facts, direction)[0];
    }

    private double[][] products(TargetBlock block, int[] facts, RowGradients[] directions) {
        int count = directions.length;
        double[][][] pieces = new double[PIECES][][];
        RowGradients[][] results = new RowGradients[team.concurrency()][];
        Arrays.setAll(results, worker -> gradients(count));
        int each = (facts.length + PIECES - 1) / PIECES;
        team.run(PIECES, (worker, piece) -> {
            double[][] sums = new double[count][block.size()];
            double[] slopes = new double[count];
            for (int i = piece * each; i < Math.min(facts.length, (piece + 1) * each); i++) {
                monitor.checkCancelled();
                for (RowGradients result : results[worker]) {
                    result.clear();
                }
                curvatures[worker].add(
                        parameters, facts[i], epoch, batches[facts[i]], directions, count, results[worker], slopes);
                for (int j = 0; j < count; j++) {
                    block.add(results[worker][j], sums[j]);
                }
            }
            pieces[piece] = sums;
        });
        double[][] total = pieces[0];
        for (int piece = 1; piece < PIECES; piece++) {
            for (int j = 0; j < count; j++) {
                for (int i = 0; i < total[j].length; i++) {
                    total[j][i] += pieces[piece][j][i];
                }
            }
        }
        return total;
    }

    private RowGradients[] gradients(int count) {
        RowGradients[] gradients = new RowGradients[count];
        Arrays.setAll(gradients, i -> RowGradients.shapedLike(parameters));
        return gradients;
    }

    @Override
    public void close() {
        team.close();
    }
}
