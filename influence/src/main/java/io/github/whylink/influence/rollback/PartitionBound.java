package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.kernel.Exponentials;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * Upper bounds of what the wrong answers add up to after a change of the query, without scoring them again.
 *
 * <p>All similarities are concave in the query q (a dot product is linear, a negative norm concave), so that no score rises
 * more than its gradient {@code g_j} at q says. With {@code δ} the change of the query, {@code X_j = g_j·δ}, {@code w_j =
 * exp(score_j - max)} the weights before it, and expectations over j with these weights:
 *
 * <pre>
 * Σ_j exp(score_j(q + δ) - max)  ≤  Σ_j w_j exp(X_j)  =  W · E exp(X)
 * E exp(X)  ≤  exp(m) · (1 + Σ_bands σ_b²·φ(b_b)),    φ(b) = (exp(b) - 1 - b) / b²       (Bennett, term by term)
 *     m    = μ·δ,           μ = E g
 *     X - m ≤ b_b = ‖δ‖·(ρ_b + ‖c - μ‖)         where ‖g_j - c‖ ≤ ρ_b, the reach of the band
 *     σ_b² ≤ ‖δ‖²·Σ_{j in band} w_j·(‖g_j - c‖ + ‖c - μ‖)² / W
 *     Σ σ_b² = σ² ≤ V·‖δ‖²,   V = E ‖g - μ‖² = E ‖g‖² - ‖μ‖²                               (Cauchy, Schwarz)
 *              σ² ≤ U·‖δ‖²,   U = (Σ_front w_j·‖g_j - c‖² + λ·max_behind w_j) / W          where g_j are the entity rows
 *              σ² ≤ max_behind w_j·δᵀ·G·δ / W - ((μ - c)·δ)²                               for those behind some front
 * </pre>
 *
 * <p>Few rows are far from the mean row c, but one of them would make b large for all: so the answers are divided into bands
 * by their distance from c, and of the variance those that are farthest get as much as they can. V counts all directions, as
 * if δ went along each of them. The last two lines do not for the answers behind some front: {@code σ² = E (X - c·δ)² - ((μ -
 * c)·δ)²} for any c, and none of their weights is above the largest, so that those of them add up to that times {@code Σ_j
 * ((g_j - c)·δ)² = δᵀ·G·δ ≤ λ·‖δ‖²}, see {@link EntityScatter}. The last one takes O(d²), and is a fifth of U or less.
 *
 * <p>μ, V and U are computed once per link, O(entities · d); after that a bound takes O(d) per change. A second, much tighter
 * one scores the likeliest wrong answers, the <em>front</em>, exactly, and bounds only the small weight of the others; there,
 * {@code E exp(X) ≥ exp(m)} (Jensen) bounds from below as well, where scores are linear in the query.
 *
 * <p>Scores, means and changes are floats. Every bound carries the worst case of all their roundings: a chain of n fused
 * multiply-adds of x and y errs by at most {@code n·2^-24·‖x‖·‖y‖} (Higham, Accuracy and Stability of Numerical Algorithms,
 * section 3.1). Source of the inequality: Boucheron, Lugosi and Massart, Concentration Inequalities, 2013, theorem 2.9.
 * Scratch space, one instance per thread.
 */
final class PartitionBound {
    /** Wrong answers in each part of the front at most: a part settles most cases in a quarter of the time of the next. */
    private static final int[] PARTS = {256, 1_024};

    /** The parts of the front, each of which has all of the one before. */
    static final int PART_COUNT = PARTS.length;

    /** Wrong answers in the front at most. */
    static final int FRONT = PARTS[PART_COUNT - 1];

    /** The front is complete where less than this share of the weight is left. */
    private static final double NEGLIGIBLE = 1e-4;

    /** Rows in a float sum of gradients; longer sums are added up in double precision. */
    private static final int CHUNK = 256;

    /** Half a unit in the last place of a float, with one percent for the terms of second order. */
    private static final double UNIT = 1.01 * 0x1p-24;

    /** Steps of the norm of a change whose curvature is computed once: 32 in each power of two, from 2^-32 to 2^8. */
    private static final int STEP_BITS = 18;

    private static final int FIRST_STEP = (127 - 32) << (23 - STEP_BITS);
    private static final int STEPS = 40 << (23 - STEP_BITS);

    /** Weights are told apart by their powers of two, down to this one. */
    private static final int POWERS = 100;

    private final EmbeddingModel model;
    private final Similarity similarity;
    private final EntityColumns columns;
    private final MatrixKernel kernel;
    private final int width;

    /** The largest norm of a gradient. */
    private final double radius;

    /** The center c that gradients are compared with, and how far from it those of each band are at most. */
    private final double[] center;

    private final double[] reaches;

    /** Whether variances are known in each direction. */
    private final boolean directional;

    private final float[] centerRow;
    private final double centerNorm;
    private final float[][] products;
    private final float[] centerRises = new float[CHUNK];

    private final int[] front = new int[FRONT];
    private final int[] placeInFront;
    private final float[][] frontColumns;
    private final float[][] chunkRows = new float[CHUNK][];
    private final float[] chunkScores = new float[CHUNK];
    private final float[] chunkWeights = new float[CHUNK];
    private final float[] chunkSum;
    private final double[] exponentials = new double[FRONT];
    private final Group all;

    /** Behind each part of the front. */
    private final Group[] behind = new Group[PART_COUNT];

    /** Entities in each part of the front. */
    private final int[] frontCounts = new int[PART_COUNT];

    private int columnCount;

    private LinkScores at;
    private double queryNorm;

    PartitionBound(EmbeddingModel model, EntityColumns columns, MatrixKernel kernel) {
        this.model = model;
        this.similarity = model.function().similarity();
        this.columns = columns;
        this.kernel = kernel;
        width = model.parameters().entities()[0].length;
        radius = switch (similarity) {
            case DOT -> columns.largestNorm();
            case NEGATIVE_L1 -> Math.sqrt(width);
            case NEGATIVE_L2 -> 1;
        };
        if (similarity == Similarity.DOT) {
            center = columns.scatter().mean();
            reaches = columns.scatter().reaches();
        } else {
            center = new double[width];
            reaches = new double[EntityScatter.BANDS];
            reaches[0] = radius;
        }
        placeInFront = new int[model.entityCount()];
        Arrays.fill(placeInFront, -1);
        frontColumns = new float[width][FRONT];
        chunkSum = new float[width];
        directional = similarity == Similarity.DOT && columns.scatter().matrix() != null;
        centerRow = new float[width];
        double square = 0;
        for (int k = 0; k < width; k++) {
            centerRow[k] = (float) center[k];
            square += center[k] * center[k];
        }
        centerNorm = Math.sqrt(square);
        products = new float[directional ? CHUNK : 0][width];
        all = new Group(width);
        Arrays.setAll(behind, part -> new Group(width));
    }

    /** What is to be known of a set of wrong answers: weight, mean gradient and variance. */
    private static final class Group {
        private final double[] sum;
        private final float[] mean;
        private double weight;
        private double squares;
        private double largest;
        private double spread;
        private double meanNorm;
        private double variance;
        private double likelyVariance;

        /** Of each band: {@code Σ w_j} and {@code Σ w_j·‖g_j - c‖²}. */
        private final double[] bandWeights = new double[EntityScatter.BANDS];

        private final double[] bandSquares = new double[EntityScatter.BANDS];

        /** {@code ‖c - μ‖}. */
        private double centerDistance;

        /** At least {@code Σ_{j in band} w_j·‖g_j - μ‖² / W}. */
        private final double[] bandVariances = new double[EntityScatter.BANDS];

        /** {@link #convexity} divided by the square of its argument, at the upper end of each step; 0 if not computed yet. */
        private final double[] steps = new double[STEPS];

        Group(int width) {
            sum = new double[width];
            mean = new float[width];
        }

        void clear() {
            Arrays.fill(sum, 0);
            Arrays.fill(bandWeights, 0);
            Arrays.fill(bandSquares, 0);
            Arrays.fill(steps, 0);
            weight = 0;
            squares = 0;
            largest = 0;
            spread = 0;
        }

        /** Adds what is behind this group. */
        void add(Group other, double scatter) {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += other.sum[k];
            }
            weight += other.weight;
            squares += other.squares;
            spread += other.spread;
            for (int band = 0; band < bandWeights.length; band++) {
                bandWeights[band] += other.bandWeights[band];
                bandSquares[band] += other.bandSquares[band];
            }
            largest = Math.max(largest, other.largest);
            limitSpread(scatter);
        }

        /** At most the largest weight times what all entities together are scattered. */
        void limitSpread(double scatter) {
            if (largest == 0) {
                // Nobody is in the group; the scatter may be infinite.
                return;
            }
            spread = Math.min(spread, largest * scatter);
        }

        void finish(double[] center, double meanError) {
            double squaredNorm = 0;
            double squaredDistance = 0;
            for (int k = 0; k < sum.length; k++) {
                mean[k] = weight > 0 ? (float) (sum[k] / weight) : 0f;
                squaredNorm += (double) mean[k] * mean[k];
                squaredDistance += (mean[k] - center[k]) * (mean[k] - center[k]);
            }
            meanNorm = Math.sqrt(squaredNorm) + meanError;
            double least = Math.max(0, Math.sqrt(squaredNorm) - meanError);
            variance = weight > 0 ? Math.max(0, (1 + 1e-6) * squares / weight - least * least) : 0;
            likelyVariance = weight > 0 ? variance / sum.length : 0;
            variance = weight > 0 ? Math.min(variance, (1 + 1e-6) * spread / weight) : 0;
            centerDistance = Math.sqrt(squaredDistance) + meanError;
            for (int band = 0; band < bandVariances.length; band++) {
                // Minkowski: the norm of a sum is at most the sum of the norms.
                double root = Math.sqrt(bandSquares[band]) + centerDistance * Math.sqrt(bandWeights[band]);
                bandVariances[band] = weight > 0 ? (1 + 1e-6) * root * root / weight : 0;
            }
        }

        /** At least {@code E exp(X - m) - 1} where σ² is known. */
        double convexity(double changeNorm, double[] reaches, double squaredDeviation) {
            double square = changeNorm * changeNorm;
            double most = squaredDeviation < variance * square ? (1 + 1e-9) * squaredDeviation / square : variance;
            return square * curvature(changeNorm, most, reaches);
        }

        /** At least {@code E exp(X - m) - 1}. */
        double convexity(double changeNorm, double[] reaches) {
            int step = (Float.floatToRawIntBits((float) changeNorm) >>> STEP_BITS) - FIRST_STEP;
            if (step < 0 || step >= STEPS) {
                return changeNorm * changeNorm * curvature(changeNorm, variance, reaches);
            }
            if (steps[step] == 0) {
                float end = Float.intBitsToFloat((step + FIRST_STEP + 1) << STEP_BITS);
                steps[step] = curvature(end, variance, reaches);
            }
            return changeNorm * changeNorm * steps[step];
        }

        /** {@code Σ_bands φ(b)·σ²} at its largest: the bands that are farthest out have as much variance as they can. */
        private double curvature(double changeNorm, double most, double[] reaches) {
            double sum = 0;
            double left = most;
            for (int band = 0; band < bandVariances.length && !(left <= 0); band++) {
                // Where something is not finite, all of it counts as that of the widest band.
                double ofBand = bandVariances[band] < left ? bandVariances[band] : left;
                if (!(ofBand <= 0)) {
                    sum += ofBand * phi(changeNorm * (reaches[band] + centerDistance));
                }
                left -= ofBand;
            }
            return sum;
        }
    }

    /** Prepares the bounds for a link: O(entities · d). */
    void of(LinkScores scores) {
        at = scores;
        queryNorm = Math.sqrt(Rows.squaredNorm(at.query()));
        chooseFront();
        Gatherer gatherer = new Gatherer();
        all.clear();
        for (Group group : behind) {
            group.clear();
        }
        for (int part = 0; part < PART_COUNT; part++) {
            // What is in a part is behind the one before.
            Group group = part == 0 ? all : behind[part - 1];
            for (int i = part == 0 ? 0 : frontCounts[part - 1]; i < frontCounts[part]; i++) {
                gatherer.add(front[i], group);
            }
            gatherer.flush(group);
        }
        Group last = behind[PART_COUNT - 1];
        int answer = at.link().tail();
        for (int j = 0; j < placeInFront.length; j++) {
            if (placeInFront[j] < 0 && j != answer) {
                gatherer.add(j, last);
            }
        }
        gatherer.flush(last);
        double scatter = similarity == Similarity.DOT ? columns.scatter().largest() : Double.POSITIVE_INFINITY;
        last.limitSpread(scatter);
        for (int part = PART_COUNT - 1; part >= 0; part--) {
            (part == 0 ? all : behind[part - 1]).add(behind[part], scatter);
            behind[part].finish(center, meanError());
        }
        all.finish(center, meanError());
    }

    /**
     * Bounds {@code σ²} of some changes for the wrong answers behind a part of the front: how much they disagree.
     *
     * @param changeNorms ‖δ‖
     * @param meanRises {@code meanBehind(part)·δ}
     * @param out Modified. Infinite where nothing is known in particular.
     */
    void variances(int part, float[][] changes, int n, double[] changeNorms, float[] meanRises, double[] out) {
        if (!directional) {
            Arrays.fill(out, 0, n, Double.POSITIVE_INFINITY);
            return;
        }
        EntityScatter scatter = columns.scatter();
        Group group = behind[part];
        for (int i = 0; i < n; i++) {
            Arrays.fill(products[i], 0f);
        }
        kernel.multiplyAdd(changes, scatter.matrix(), width, width, 0, n, products);
        Rows.dots(centerRow, changes, n, centerRises);
        // The norm of a matrix of magnitudes is at most that of Frobenius, and this is at most the trace.
        double squareError = (2 * width + 4) * UNIT * scatter.trace() + scatter.matrixError();
        double shiftError = meanError() + (width + 6) * UNIT * centerNorm;
        for (int i = 0; i < n; i++) {
            double norm = changeNorms[i];
            double squares = Rows.dot(products[i], changes[i]) + squareError * norm * norm;
            double shift = Math.max(0, Math.abs((double) meanRises[i] - centerRises[i]) - norm * shiftError);
            out[i] = group.weight > 0
                    ? Math.max(0, (1 + 1e-6) * group.largest / group.weight * squares - (1 - 1e-6) * shift * shift)
                    : 0;
        }
    }

    /** The heaviest wrong answers, part by part. */
    private void chooseFront() {
        for (int i = 0; i < frontCounts[PART_COUNT - 1]; i++) {
            placeInFront[front[i]] = -1;
        }
        int[] counts = new int[POWERS + 1];
        double[] weights = at.weights();
        for (double weight : weights) {
            counts[power(weight)]++;
        }
        double enough = NEGLIGIBLE * at.sum() / weights.length;
        int last = (int) Math.min(POWERS, -Math.log(enough) / Math.log(2) + 1);
        int count = 0;
        for (int part = 0; part < PART_COUNT; part++) {
            count = fillFront(counts, last, count, PARTS[part]);
            frontCounts[part] = count;
        }
        columnCount = 0;
    }

    /** Takes those of the largest powers of two as far as there is room, and some of the next; returns the new count. */
    private int fillFront(int[] counts, int last, int from, int limit) {
        int full = 0;
        int room = limit;
        while (full <= last && counts[full] <= room) {
            room -= counts[full++];
        }
        double[] weights = at.weights();
        int answer = at.link().tail();
        int count = from;
        for (int j = 0; j < weights.length && count < limit; j++) {
            int power = power(weights[j]);
            if (power <= full && power <= last && j != answer && placeInFront[j] < 0 && (power < full || room-- > 0)) {
                placeInFront[j] = count;
                front[count++] = j;
            }
        }
        return count;
    }

    /** 0 for weights in (½, 1], 1 for those in (¼, ½], ... */
    private static int power(double weight) {
        return weight > 0 ? Math.min(POWERS, -Math.getExponent(weight)) : POWERS;
    }

    /** Sums up gradients with their weights, some at a time. */
    private final class Gatherer {
        private int n;

        void add(int entity, Group group) {
            double weight = at.weights()[entity];
            chunkRows[n] = model.parameters().entities()[entity];
            chunkScores[n] = at.scores()[entity];
            chunkWeights[n] = (float) weight;
            group.weight += weight;
            group.largest = Math.max(group.largest, weight);
            double square;
            int band;
            if (similarity == Similarity.DOT) {
                group.squares += weight * columns.squaredNorms()[entity];
                square = weight * columns.scatter().squares()[entity];
                band = columns.scatter().band(entity);
            } else {
                square = weight * radius * radius;
                group.squares += square;
                band = 0;
            }
            group.spread += square;
            group.bandSquares[band] += square;
            group.bandWeights[band] += weight;
            if (++n == CHUNK) {
                flush(group);
            }
        }

        void flush(Group group) {
            Arrays.fill(chunkSum, 0f);
            similarity.queryGradient(at.query(), chunkRows, chunkScores, chunkWeights, n, chunkSum);
            for (int k = 0; k < width; k++) {
                group.sum[k] += chunkSum[k];
            }
            n = 0;
        }
    }

    /** Bounds the error of a mean, and of its dot product with a row of norm 1. */
    private double meanError() {
        return (2 * CHUNK + 4 * width + 16) * UNIT * radius;
    }

    /** Bounds the rounding error of a score of two rows of these norms. */
    double scoreError(double norm, double otherNorm) {
        double units = (width + 6) * UNIT;
        return switch (similarity) {
            case DOT -> units * norm * otherNorm;
            case NEGATIVE_L1 -> units * Math.sqrt(width) * (norm + otherNorm);
            case NEGATIVE_L2 -> units * (norm + otherNorm);
        };
    }

    /** Bounds how far the score of any entity row is from itself if the row is moved by so much. */
    double scoreChange(double otherQueryNorm, double moved) {
        return switch (similarity) {
            case DOT -> otherQueryNorm * moved;
            case NEGATIVE_L1 -> Math.sqrt(width) * moved;
            case NEGATIVE_L2 -> moved;
        };
    }

    /** The mean gradient of all wrong answers: what a change is to be multiplied with. Not a copy. */
    float[] mean() {
        return all.mean;
    }

    /** The mean gradient of the wrong answers behind a part of the front. Not a copy. */
    float[] meanBehind(int part) {
        return behind[part].mean;
    }

    /** The sum over all wrong answers as the model is. */
    double now() {
        return all.weight;
    }

    /** The norm of the query as the model is. */
    double queryNorm() {
        return queryNorm;
    }

    /** The largest norm of an entity row. */
    double largestNorm() {
        return columns.largestNorm();
    }

    /** Bounds the exponent by which the weights of two entities grow with the query, or fall. */
    double largestRise(int entity, int other, double changeNorm) {
        double[] squares = columns.squaredNorms();
        double gradient = similarity == Similarity.DOT ? Math.sqrt(Math.max(squares[entity], squares[other])) : radius;
        return changeNorm * gradient + roundings(changeNorm);
    }

    /**
     * Bounds {@code Σ_j exp(score_j - max)} over all wrong answers after a change of the query.
     *
     * @param changeNorm ‖δ‖
     * @param meanRise {@code mean()·δ} as {@link Rows#dot} computes it
     */
    double ofAll(double changeNorm, double meanRise) {
        return bound(all, changeNorm, meanRise, 0);
    }

    /**
     * Bounds {@code Σ_j exp(score_j - score_tail)·exp(score_tail before - max)} over all wrong answers after a change of the
     * relation row, without the query that it makes.
     *
     * @param relativeRise {@code Jᵀ·(mean() - row of the tail)} times ρ, as a chain of floats, or the product of their norms
     * @param reach ‖J‖
     * @param rounding bounds what is rounded in the two queries
     * @param relationChangeNorm ‖ρ‖
     */
    double ofAllRelativeToLink(double relativeRise, double reach, double rounding, double relationChangeNorm) {
        double changeNorm = reach * relationChangeNorm + rounding;
        double gradients = radius + all.meanNorm;
        // Of the transposed row and of its product with ρ, which is at most four times as wide.
        double riseError = (8 * width + 16) * UNIT * reach * gradients;
        double rise = relativeRise + riseError * relationChangeNorm + rounding * gradients;
        // The score of the link is rounded as well, and so is the bound below.
        return bound(all, changeNorm, rise, roundings(changeNorm));
    }

    /** Bounds the rounding of a query made of a relation row of this norm, and of that made of a changed one. */
    double queryRounding(double reach, double relationNorm, double relationChangeNorm) {
        return (2 * width + 16) * UNIT * reach * (2 * relationNorm + relationChangeNorm);
    }

    /** What the same sum may be: with the first two terms of its cumulants, as if the variance were the same all around. */
    double guess(double changeNorm, double meanRise) {
        return guess(all, changeNorm, meanRise);
    }

    private double guess(Group group, double changeNorm, double meanRise) {
        return group.weight * Math.exp(meanRise + group.likelyVariance * changeNorm * changeNorm / 2);
    }

    private double bound(Group group, double changeNorm, double meanRise, double moreRise) {
        return bound(group, changeNorm, meanRise, moreRise, group.convexity(changeNorm, reaches));
    }

    private double bound(Group group, double changeNorm, double meanRise, double moreRise, double excess) {
        double b = changeNorm * (reaches[0] + group.centerDistance);
        double convexity = 1 + excess;
        // exp(b) bounds as well; it is at least 1 + b.
        if (!(convexity <= 1 + b)) {
            convexity = Math.min(convexity, Math.exp(b));
        }
        return group.weight
                * exponentialAtMost(meanRise + changeNorm * meanError() + roundings(changeNorm) + moreRise)
                * convexity;
    }

    /** Of the score before the change, of that after it, and of the change itself. */
    private double roundings(double changeNorm) {
        double norm = columns.largestNorm();
        return scoreError(queryNorm, norm)
                + scoreError(queryNorm + changeNorm, norm)
                + 2 * UNIT * changeNorm * radius
                + 1e-12;
    }

    /**
     * At least {@code exp(x)}, but for roundings in double precision: up to 1 a polynomial, as {@code Σ_n |x|^n / n! ≤ |x|⁵ /
     * 100} for n from 5 on.
     */
    static double exponentialAtMost(double x) {
        double magnitude = Math.abs(x);
        if (!(magnitude <= 1)) {
            return Math.exp(x);
        }
        double square = x * x;
        return 1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x / 24))) + square * square * magnitude / 100;
    }

    /**
     * At least {@code (exp(b) - 1 - b) / b²}, never falling; the first form is Bernstein's and keeps its digits where b is
     * small, up to the value at 1.
     */
    private static double phi(double b) {
        return b < 1 ? Math.min(0.5 / (1 - b / 3), Math.E - 2) : (Math.exp(b) - 1 - b) / (b * b);
    }

    /**
     * Scores the front for some queries.
     *
     * @param part of the front
     * @param scores at least {@code n} rows of {@link #FRONT}. Modified.
     */
    void scoreFront(int part, float[][] queries, int n, float[][] scores) {
        float[][] entities = model.parameters().entities();
        for (; columnCount < frontCounts[part]; columnCount++) {
            float[] row = entities[front[columnCount]];
            for (int k = 0; k < width; k++) {
                frontColumns[k][columnCount] = row[k];
            }
        }
        similarity.ofColumns(kernel, queries, n, frontColumns, frontCounts[part], scores);
    }

    /** The place of an entity in the front, negative if it is in none or not in this part of it. */
    int placeInFront(int part, int entity) {
        return placeInFront[entity] < frontCounts[part] ? placeInFront[entity] : -1;
    }

    /** The exact part of the sum, given the scores of the front. Not modified. */
    double ofFront(int part, float[] frontScores) {
        int count = frontCounts[part];
        // A shift of its own, as the scores may have risen beyond the old maximum.
        double shift = Math.max(at.max(), Exponentials.max(frontScores, count));
        Exponentials.exp(frontScores, shift, count, exponentials);
        return Exponentials.sum(exponentials, count) * Math.exp(shift - at.max());
    }

    /**
     * Bounds what the wrong answers behind a part of the front add.
     *
     * @param meanRise {@code meanBehind(part)·δ}
     */
    double behindFront(int part, double changeNorm, double meanRise) {
        return bound(behind[part], changeNorm, meanRise, 0);
    }

    /** The same where the variance is known, see {@link #variances}. */
    double behindFront(int part, double changeNorm, double meanRise, double variance) {
        Group group = behind[part];
        return bound(group, changeNorm, meanRise, 0, group.convexity(changeNorm, reaches, variance));
    }

    /**
     * Bounds from below what they add: {@code E exp(X) ≥ exp(E X)} (Jensen), where scores are linear in the query; else 0.
     */
    double behindFrontAtLeast(int part, double changeNorm, double meanRise) {
        return similarity == Similarity.DOT
                ? behind[part].weight * Math.exp(meanRise - changeNorm * meanError() - roundings(changeNorm))
                : 0;
    }

    /** What they may add. */
    double guessBehindFront(int part, double changeNorm, double meanRise) {
        return guess(behind[part], changeNorm, meanRise);
    }
}
