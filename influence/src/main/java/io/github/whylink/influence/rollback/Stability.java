package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.train.ExampleCurvature;
import io.github.whylink.embedding.train.ExampleGradient;
import io.github.whylink.embedding.train.Examples;
import io.github.whylink.embedding.train.FactOrder;
import io.github.whylink.embedding.train.OptimizerSettings;
import io.github.whylink.embedding.train.RowGradients;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.LinkGradients;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;

/**
 * How far gradient rollback can be from a training without a fact, by theory: the figures of a model that the bound is made
 * of, and the bound.
 *
 * <pre>
 * lipschitz    max over the training facts and their rows x of  ‖∂score/∂x‖       x: head, relation, tail
 * steepness    max over some training facts of  ‖∇loss‖                           L of the theorem
 * smoothness   max over some training facts of  ‖∇²loss‖, the spectral norm       β of the theorem
 *
 * bound        α·L·((1 + αβ)ⁿ - 1)                                                n: steps after the fact's
 * </pre>
 *
 * <p>For DistMult the first is the largest norm of the products h∘r, r∘t and h∘t; by all three rows together the score is at
 * most √3 times as steep. Where head and tail are one entity, its row has one gradient, the sum.
 *
 * <p><b>Theorem.</b> Let each loss have gradients of at most L that are β-Lipschitz, and take SGD with a rate of at most α. A
 * training that leaves out one use of a fact differs by α·L at first, and by a factor of at most 1 + αβ more after every
 * step that touches what differs. Rolling back subtracts the first difference exactly, so that its error grows in each
 * such step by αβ times the difference alone, which sums up to the bound. It is α·L less than the bound on the stability of
 * SGD itself. No convexity is asked for. Source: Lawrence, Sztyler and Niepert, "Explaining neural matrix factorization with
 * gradient rollback", AAAI 2021, arXiv 2010.05516; after Hardt, Recht and Singer, "Train faster, generalize better", ICML
 * 2016, arXiv 1509.01240.
 *
 * <p><b>What to make of it.</b> Little, for most trainings: n stands in the exponent, and the bound exceeds any difference that
 * two models can have after some hundreds of steps, which is why it comes as a logarithm. And it is no guarantee:
 *
 * <ul>
 *   <li>L and β must hold wherever the two trainings go. They are measured at the final rows, β by power iteration, which
 *       comes from below, over a sample of the facts. No finite β exists for losses and norms with kinks (margin, L1); the
 *       self-adversarial loss has a derivative that is not symmetric, of which the iteration finds an eigenvalue.
 *   <li>A fact is used once an epoch. The bound is about one use, the first, where it is largest.
 *   <li>Only steps that touch an affected row count. An affected relation carries on to all its facts and negatives to
 *       everything, within few steps; therefore all later steps are counted.
 *   <li>In a batch gradients are summed, so that a step has up to batchSize · β.
 *   <li>What the fact did to its negatives is not in the ledger; leaving that where it is adds up to α·L.
 *   <li>Other optimizers than SGD, and bounds on the gradient's norm, are beyond the theorem: there is no bound then.
 * </ul>
 *
 * @param lipschitz of the score on the training facts
 * @param steepness of the loss on sampled facts
 * @param smoothness of the loss on sampled facts
 * @param log10Bound decimal logarithm of the bound on the distance of the parameters; NaN where the theorem says nothing
 */
public record Stability(double lipschitz, double steepness, double smoothness, double log10Bound) {
    private static final int ITERATIONS = 30;
    private static final int CHECK_EVERY = 1_000;

    /**
     * Measures a trained model. O(facts · d) for the first figure, O(30 · negatives · d) for each sampled fact.
     *
     * @param trained Not modified.
     * @param sampled for how many facts, evenly spread, to measure the loss
     * @param checkCancelled called now and then, cancels by throwing
     */
    public static Stability of(TrainedModel trained, int sampled, Runnable checkCancelled) {
        Facts facts = trained.facts();
        TrainingSettings settings = trained.settings();
        Parameters parameters = trained.model().parameters();
        Examples examples = new Examples(facts, settings);
        ExampleGradient gradient = new ExampleGradient(examples);
        PowerIteration iteration = new PowerIteration(examples, parameters);
        RowGradients sum = RowGradients.shapedLike(parameters);
        int epoch = trained.epochs() - 1;
        int[] batches = new FactOrder(facts, settings.seed()).batches(epoch, settings.batchSize());
        double steepness = 0;
        double smoothness = 0;
        int count = Math.min(sampled, facts.count());
        for (int i = 0; i < count; i++) {
            checkCancelled.run();
            int fact = (int) ((long) i * facts.count() / count);
            sum.clear();
            gradient.add(parameters, fact, epoch, batches[fact], sum);
            steepness = Math.max(steepness, norm(sum));
            smoothness = Math.max(smoothness, iteration.spectralNorm(fact, epoch, batches[fact], sum));
        }
        OptimizerSettings optimizer = settings.optimizer();
        boolean plain = optimizer.name().equals("SGD") && optimizer.maxGradientNorm() == 0f;
        int batch = Math.min(settings.batchSize(), facts.count());
        long steps = (facts.count() + batch - 1L) / batch * trained.epochs();
        return new Stability(
                lipschitz(trained.model(), facts, checkCancelled),
                steepness,
                smoothness,
                plain
                        ? log10Bound(optimizer.learningRate().initial(), steepness, batch * smoothness, steps - 1)
                        : Double.NaN);
    }

    /**
     * The largest norm of the score's gradient by a row of a fact, over all facts. O(facts · d), in one thread.
     *
     * @param checkCancelled called now and then, cancels by throwing
     */
    public static double lipschitz(EmbeddingModel model, Facts facts, Runnable checkCancelled) {
        ScoringFunction function = model.function();
        float[][] entities = model.parameters().entities();
        float[] query = new float[entities[0].length];
        float[] queryGradient = new float[query.length];
        float[] head = new float[query.length];
        float[] tail = new float[query.length];
        float[] relation = new float[model.parameters().relations()[0].length];
        double largest = 0;
        for (int fact = 0; fact < facts.count(); fact++) {
            if (fact % CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            float[] headRow = entities[facts.head(fact)];
            float[] relationRow = model.parameters().relations()[facts.relation(fact)];
            float[] tailRow = entities[facts.tail(fact)];
            for (float[] gradient : new float[][] {queryGradient, head, relation, tail}) {
                Arrays.fill(gradient, 0f);
            }
            function.tailQuery(headRow, relationRow, query);
            float score = function.similarity().of(query, tailRow);
            function.similarity().gradient(query, tailRow, score, 1f, queryGradient, tail);
            function.tailQueryGradient(headRow, relationRow, queryGradient, head, relation);
            if (facts.head(fact) == facts.tail(fact)) {
                Rows.add(tail, head);
            } else {
                largest = Math.max(largest, Rows.squaredNorm(tail));
            }
            largest = Math.max(largest, Math.max(Rows.squaredNorm(head), Rows.squaredNorm(relation)));
        }
        return Math.sqrt(largest);
    }

    /**
     * {@code log10(α·L·((1 + αβ)ⁿ - 1))}, where the bound itself may be too large for a double.
     *
     * @param rate α
     * @param steepness L
     * @param smoothness β
     * @param steps n, those after the fact's own that touch an affected row
     * @return negative infinity where nothing can differ
     */
    static double log10Bound(double rate, double steepness, double smoothness, long steps) {
        double growth = (double) steps * Math.log1p(rate * smoothness);
        // From 40 on the 1 is beyond the precision of a double.
        double logOfRise = growth > 40 ? growth : Math.log(Math.expm1(growth));
        return (Math.log(rate * steepness) + logOfRise) / Math.log(10);
    }

    private static double norm(RowGradients rows) {
        return Math.sqrt(LinkGradients.squaredNorm(rows));
    }

    /** Power iteration with the second derivative of one fact's loss. */
    private static final class PowerIteration {
        private final ExampleCurvature products;
        private final Parameters parameters;
        private RowGradients vector;
        private RowGradients product;

        PowerIteration(Examples examples, Parameters parameters) {
            products = new ExampleCurvature(examples);
            this.parameters = parameters;
            vector = RowGradients.shapedLike(parameters);
            product = RowGradients.shapedLike(parameters);
        }

        /** From below: ‖J·v‖ for v of norm 1, which rises from one iteration to the next where J is symmetric. */
        double spectralNorm(int fact, int epoch, int batch, RowGradients touched) {
            start(touched);
            double norm = norm(vector);
            for (int i = 0; i < ITERATIONS && norm > 0; i++) {
                scale(vector, 1 / norm);
                product.clear();
                products.add(
                        parameters,
                        fact,
                        epoch,
                        batch,
                        new ExampleCurvature.Direction[] {vector},
                        1,
                        new RowGradients[] {product},
                        new double[1]);
                norm = norm(product);
                RowGradients swap = vector;
                vector = product;
                product = swap;
            }
            return norm;
        }

        /** Not the gradient itself, which may be at a right angle to the steepest direction. */
        private void start(RowGradients touched) {
            vector.clear();
            int number = 0;
            for (Table table : Table.values()) {
                for (int i = 0; i < touched.count(table); i++) {
                    float[] row = vector.row(table, touched.id(table, i));
                    for (int k = 0; k < row.length; k++) {
                        row[k] = CounterHash.symmetric(CounterHash.hash(1, number++, 0, 0));
                    }
                }
            }
        }

        private static void scale(RowGradients rows, double factor) {
            for (Table table : Table.values()) {
                for (int i = 0; i < rows.count(table); i++) {
                    float[] row = rows.values(table, i);
                    for (int k = 0; k < row.length; k++) {
                        row[k] = (float) (factor * row[k]);
                    }
                }
            }
        }
    }
}
