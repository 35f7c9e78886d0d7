package io.github.whylink.influence.influencefunctions;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.BatchCurvature;
import io.github.whylink.embedding.train.Curvature;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.Negatives;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.LinkGradients;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Influence functions over all parameters, with the Gauss–Newton matrix for the Hessian, averaged over checkpoints of the
 * training.
 *
 * <pre>
 * influence(f) = -mean over checkpoints θ of  ∇p(link; θ)ᵀ · (G(θ) + λI)⁻¹ · ∇loss(f; θ)
 * G(θ) = Σ over all facts f  Jᵀ·C·J + P     J = ∂scores(f)/∂θ,  C = the second derivative of f's loss by its scores
 *                                          P = the second derivative of f's penalty
 * </pre>
 *
 * <p>with the negatives of the checkpoint's epoch. G is positive semidefinite, so that the system can be solved wherever the
 * training stopped, and it forgets the part of the curvature that differs from seed to seed: what is left is what the facts
 * say about the scores, which is why this answers for models of the graph rather than for the one at hand. A training
 * without some facts has gone less far, which checkpoints before the end stand for. Whatever the optimizer was.
 *
 * <p>Solved by conjugate gradient for several links at once, {@link BatchCurvature} multiplying: each iteration costs about
 * an epoch of training for the facts and as much again for each link. Time: the training, and for each checkpoint some
 * tens of iterations. Memory: the parameters five times in double precision for each link of a group. Source: Koh and Liang, ICML
 * 2017, arXiv 1703.04730, with the generalised Gauss–Newton matrix of Schraudolph, Neural Computation 14, 2002; Bae et al.,
 * "If influence functions are the answer, then what is the question?", NeurIPS 2022, arXiv 2209.05364.
 */
public final class GaussNewtonExplainer implements Explainer {
    /**
     * A damping of summed losses. On Nations (DistMult, d = 10, SGD or Adagrad) what ten such models say of random halves of the
     * facts agrees best with trainings there, and hardly less between 1 and 10.
     */
    public static final double DEFAULT_DAMPING = 3;

    /** Shares of the epochs. */
    private static final double[] CHECKPOINTS = {0.3, 0.6, 1.0};

    /** Facts multiplied with at once where batches mean nothing to them. */
    private static final int BATCH = 256;

    private static final int LINKS_AT_ONCE = 16;
    private static final int MOST_ITERATIONS = 100;

    /** Of conjugate gradient, relative to the gradient of the link. A tenth of it gives no better ranking for twice the time. */
    private static final double RESIDUAL = 5e-2;

    private final TrainedModel trained;
    private final double damping;
    private final double residual;
    private final TrainingMonitor monitor;

    /**
     * Explains predictions of a model by the curvature of its loss along its training.
     *
     * @param damping λ, above 0
     * @throws IllegalArgumentException if the damping is not above 0
     */
    public GaussNewtonExplainer(TrainedModel trained, double damping, TrainingMonitor monitor) {
        this(trained, damping, RESIDUAL, monitor);
    }

    /** For tests against a solution that is exact. */
    GaussNewtonExplainer(TrainedModel trained, double damping, double residual, TrainingMonitor monitor) {
        if (!(damping > 0) || Double.isInfinite(damping)) {
            throw new IllegalArgumentException("the damping must be above 0, but is " + damping);
        }
        this.trained = trained;
        this.damping = damping;
        this.residual = residual;
        this.monitor = monitor;
    }

    @Override
    public String name() {
        return "gauss_newton";
    }

    @Override
    public FactInfluences explain(Link link) {
        return explainAll(List.of(link))[0];
    }

    @Override
    public FactInfluences[] explainAll(List<Link> links) {
        if (links.isEmpty()) {
            return new FactInfluences[0];
        }
        int[] checkpoints = Arrays.stream(CHECKPOINTS)
                .mapToInt(share -> (int) Math.max(1, Math.round(share * trained.epochs())))
                .distinct()
                .toArray();
        double[][] influences = new double[links.size()][trained.facts().count()];
        Examples examples = new Examples(trained.facts(), trained.settings());
        try (BatchCurvature curvature =
                BatchCurvature.of(examples, Math.min(LINKS_AT_ONCE, links.size()), Curvature.GAUSS_NEWTON)) {
            Trainer.trainFirst(
                    trained.epochs(),
                    trained.facts(),
                    trained.settings(),
                    new BitSet(),
                    TrainingObserver.NONE,
                    monitor,
                    (epoch, rate, parameters) -> {
                        if (Arrays.binarySearch(checkpoints, epoch + 1) >= 0) {
                            Checkpoint checkpoint =
                                    new Checkpoint(curvature, parameters, epoch, Math.min(LINKS_AT_ONCE, links.size()));
                            for (int from = 0; from < links.size(); from += LINKS_AT_ONCE) {
                                int to = Math.min(links.size(), from + LINKS_AT_ONCE);
                                checkpoint.explain(
                                        links.subList(from, to),
                                        1.0 / checkpoints.length,
                                        Arrays.copyOfRange(influences, from, to));
                            }
                        }
                    });
        }
        return FactInfluences.ofAll(influences);
    }

    /** One place of the training. */
    private final class Checkpoint {
        private final BatchCurvature curvature;
        private final Parameters parameters;
        private final int epoch;
        private final int[] order;
        private final int batchSize;

        /** Scratch space of {@link #multiply}. */
        private final RowGradients[] directions;

        private final RowGradients[] products;

        Checkpoint(BatchCurvature curvature, Parameters parameters, int epoch, int mostLinks) {
            this.curvature = curvature;
            this.parameters = parameters;
            this.epoch = epoch;
            Facts facts = trained.facts();
            TrainingSettings settings = trained.settings();
            order = new FactOrder(facts, settings.seed()).of(epoch).clone();
            boolean alone = settings.negatives().regime() == Negatives.Regime.PER_FACT;
            batchSize = Math.min(alone ? BATCH : settings.batchSize(), facts.count());
            directions = gradients(mostLinks);
            products = gradients(mostLinks);
        }

        /** Adds the influences on some links, times a weight. */
        void explain(List<Link> links, double weight, double[][] influences) {
            EmbeddingModel model = new EmbeddingModel(trained.settings().scoringFunction(), parameters);
            LinkGradients gradients = LinkGradients.of(model, links);
            double[][] ofLinks = new double[links.size()][];
            Arrays.setAll(ofLinks, k -> flat(gradients.of(k)));
            multiply(solve(ofLinks), (k, fact, slope) -> influences[k][fact] -= weight * slope);
        }

        /** Conjugate gradient for each right side, their products with G taken together. */
        private double[][] solve(double[][] b) {
            int count = b.length;
            double[][] x = new double[count][b[0].length];
            double[][] residuals = new double[count][];
            double[][] searched = new double[count][];
            double[] squares = new double[count];
            double[] enough = new double[count];
            for (int k = 0; k < count; k++) {
                residuals[k] = b[k].clone();
                searched[k] = b[k].clone();
                squares[k] = dot(b[k], b[k]);
                enough[k] = residual * residual * squares[k];
            }
            for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
                monitor.checkCancelled();
                int[] open = IntStream.range(0, count)
                        .filter(k -> squares[k] > enough[k])
                        .toArray();
                if (open.length == 0) {
                    break;
                }
                double[][] multiplied = multiply(
                        Arrays.stream(open).mapToObj(k -> searched[k]).toArray(double[][]::new),
                        (k, fact, slope) -> {});
                for (int i = 0; i < open.length; i++) {
                    int k = open[i];
                    double[] direction = searched[k];
                    double[] product = multiplied[i];
                    double curvature = dot(direction, product) + damping * dot(direction, direction);
                    if (!(curvature > 0)) {
                        // Where the loss is no function of the scores alone, its matrix need not be positive.
                        squares[k] = 0;
                        continue;
                    }
                    double step = squares[k] / curvature;
                    for (int j = 0; j < direction.length; j++) {
                        x[k][j] += step * direction[j];
                        residuals[k][j] -= step * (product[j] + damping * direction[j]);
                    }
                    double next = dot(residuals[k], residuals[k]);
                    double ratio = next / squares[k];
                    for (int j = 0; j < direction.length; j++) {
                        direction[j] = residuals[k][j] + ratio * direction[j];
                    }
                    squares[k] = next;
                }
            }
            return x;
        }

        /** The products of some vectors with G; shows the slope of each fact's loss along them. */
        private double[][] multiply(double[][] vectors, SlopeVisitor visitor) {
            int count = vectors.length;
            for (int k = 0; k < count; k++) {
                write(vectors[k], directions[k]);
                products[k].clear();
            }
            double[][] slopes = new double[count][batchSize];
            for (int b = 0; (long) b * batchSize < order.length; b++) {
                monitor.checkCancelled();
                FactBatch batch = new FactBatch(order, epoch, b, batchSize);
                curvature.add(parameters, batch, directions, count, products, slopes, null);
                for (int k = 0; k < count; k++) {
                    for (int i = 0; i < batch.factCount(); i++) {
                        visitor.visit(k, batch.fact(i), slopes[k][i]);
                    }
                }
            }
            double[][] result = new double[count][];
            Arrays.setAll(result, k -> read(products[k]));
            return result;
        }

        private RowGradients[] gradients(int count) {
            RowGradients[] made = new RowGradients[count];
            Arrays.setAll(made, k -> RowGradients.shapedLike(parameters));
            return made;
        }

        private double[] flat(Parameters gradient) {
            double[] vector = new double[size()];
            int at = 0;
            for (Table table : Table.values()) {
                for (float[] row : gradient.table(table)) {
                    for (float value : row) {
                        vector[at++] = value;
                    }
                }
            }
            return vector;
        }

        private void write(double[] vector, RowGradients gradient) {
            int at = 0;
            for (Table table : Table.values()) {
                float[][] rows = parameters.table(table);
                for (int id = 0; id < rows.length; id++) {
                    float[] row = gradient.row(table, id);
                    for (int i = 0; i < row.length; i++) {
                        row[i] = (float) vector[at++];
                    }
                }
            }
        }

        private double[] read(RowGradients gradient) {
            double[] vector = new double[size()];
            int at = 0;
            for (Table table : Table.values()) {
                float[][] rows = parameters.table(table);
                for (int id = 0; id < rows.length; id++) {
                    float[] row = gradient.rowIfTouched(table, id);
                    if (row != null) {
                        for (int i = 0; i < row.length; i++) {
                            vector[at + i] = row[i];
                        }
                    }
                    at += rows[id].length;
                }
            }
            return vector;
        }

        private int size() {
            int size = 0;
            for (Table table : Table.values()) {
                float[][] rows = parameters.table(table);
                size += rows.length * rows[0].length;
            }
            return size;
        }
    }

    /** Sees how steep a fact's loss is along the k-th of some vectors. */
    @FunctionalInterface
    private interface SlopeVisitor {
        void visit(int k, int fact, double slope);
    }

    /** Facts that come one after another in the order of an epoch. */
    private static final class FactBatch implements BatchCurvature.Batch {
        private final int[] order;
        private final int epoch;
        private final int batch;
        private final int from;
        private final int factCount;

        FactBatch(int[] order, int epoch, int batch, int batchSize) {
            this.order = order;
            this.epoch = epoch;
            this.batch = batch;
            from = batch * batchSize;
            factCount = Math.min(batchSize, order.length - from);
        }

        @Override
        public int epoch() {
            return epoch;
        }

        @Override
        public int batch() {
            return batch;
        }

        @Override
        public int factCount() {
            return factCount;
        }

        @Override
        public int fact(int i) {
            return order[from + i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
