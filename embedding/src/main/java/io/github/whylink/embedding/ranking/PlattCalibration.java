package io.github.whylink.embedding.ranking;

/**
 * Platt scaling: {@code P(true | s) = 1 / (1 + exp(-(slope · s + intercept)))}.
 *
 * <p>The two numbers minimise the cross-entropy to smoothed targets: {@code (N₊ + 1) / (N₊ + 2)} for the {@code N₊} true
 * facts and {@code 1 / (N₋ + 2)} for the {@code N₋} false ones, so that they are finite even where the scores separate
 * the two. Newton's method with a line search, on scores shifted to mean 0 and scaled to variance 1, O(n) a step. Only
 * {@link StrictMath}, so that the same facts give the same bits everywhere.
 *
 * <p>Sources: Platt, "Probabilistic outputs for support vector machines and comparisons to regularized likelihood
 * methods", 1999; Lin, Lin and Weng, "A note on Platt's probabilistic outputs for support vector machines",
 * Machine Learning 68, 2007, algorithm 1.
 *
 * @param slope above 0 where higher scores are more often true
 * @param intercept the log odds at score 0
 */
public record PlattCalibration(double slope, double intercept) implements Calibration {
    private static final int MOST_STEPS = 100;

    /** Added to the diagonal of the Hessian, which is singular where all scores are equal. */
    private static final double RIDGE = 1e-12;

    /** The line search gives up below this share of a Newton step. */
    private static final double LEAST_STEP = 1e-10;

    /** The gradient per fact that counts as none. */
    private static final double NO_GRADIENT = 1e-12;

    /** A step must lower the objective by this share of what its slope promises. */
    private static final double SUFFICIENT = 1e-4;

    @Override
    public double probability(double score) {
        return logistic(slope * score + intercept);
    }

    static PlattCalibration fit(ScoreGroups groups) {
        int n = groups.total();
        double mean = 0;
        for (int i = 0; i < groups.size(); i++) {
            mean += groups.count(i) * (groups.score(i) / n);
        }
        double variance = 0;
        for (int i = 0; i < groups.size(); i++) {
            double deviation = groups.score(i) - mean;
            variance += groups.count(i) * (deviation * deviation / n);
        }
        // With a single score its rounding is all the variance that there is.
        double scale = groups.size() > 1 && variance > 0 ? StrictMath.sqrt(variance) : 1;
        double[] z = new double[groups.size()];
        for (int i = 0; i < z.length; i++) {
            z[i] = (groups.score(i) - mean) / scale;
        }
        PlattCalibration standard = new Objective(groups, z).minimise();
        return new PlattCalibration(standard.slope / scale, standard.intercept - standard.slope * mean / scale);
    }

    private static double logistic(double x) {
        if (x >= 0) {
            return 1 / (1 + StrictMath.exp(-x));
        }
        double e = StrictMath.exp(x);
        return e / (1 + e);
    }

    /** The cross-entropy of standardised scores, summed over the facts. */
    private static final class Objective {
        private final int[] counts;

        /** The sum of the targets of the facts with one score. */
        private final double[] targets;

        private final double[] z;
        private final int positives;
        private final int negatives;

        Objective(ScoreGroups groups, double[] z) {
            this.z = z;
            counts = new int[z.length];
            positives = groups.totalPositives();
            negatives = groups.total() - positives;
            double high = (positives + 1.0) / (positives + 2.0);
            double low = 1 / (negatives + 2.0);
            targets = new double[z.length];
            for (int i = 0; i < z.length; i++) {
                int trueOnes = groups.positives(i);
                counts[i] = groups.count(i);
                targets[i] = trueOnes * high + (counts[i] - trueOnes) * low;
            }
        }

        PlattCalibration minimise() {
            PlattCalibration at = new PlattCalibration(0, StrictMath.log((positives + 1.0) / (negatives + 1.0)));
            double value = value(at);
            for (int step = 0; step < MOST_STEPS; step++) {
                double slopeGradient = 0;
                double interceptGradient = 0;
                double slopeCurvature = RIDGE;
                double interceptCurvature = RIDGE;
                double mixedCurvature = 0;
                for (int i = 0; i < z.length; i++) {
                    double p = at.probability(z[i]);
                    double error = counts[i] * p - targets[i];
                    double weight = counts[i] * p * (1 - p);
                    slopeGradient += error * z[i];
                    interceptGradient += error;
                    slopeCurvature += weight * z[i] * z[i];
                    interceptCurvature += weight;
                    mixedCurvature += weight * z[i];
                }
                double none = NO_GRADIENT * (positives + negatives);
                if (Math.abs(slopeGradient) < none && Math.abs(interceptGradient) < none) {
                    break;
                }
                double determinant = slopeCurvature * interceptCurvature - mixedCurvature * mixedCurvature;
                double slopeStep =
                        -(interceptCurvature * slopeGradient - mixedCurvature * interceptGradient) / determinant;
                double interceptStep =
                        -(slopeCurvature * interceptGradient - mixedCurvature * slopeGradient) / determinant;
                double descent = slopeGradient * slopeStep + interceptGradient * interceptStep;
                PlattCalibration better = null;
                for (double share = 1; better == null && share >= LEAST_STEP; share /= 2) {
                    PlattCalibration tried =
                            new PlattCalibration(at.slope + share * slopeStep, at.intercept + share * interceptStep);
                    double triedValue = value(tried);
                    if (triedValue < value + SUFFICIENT * share * descent) {
                        better = tried;
                        value = triedValue;
                    }
                }
                if (better == null) {
                    // No lower value can be told from this one in double precision.
                    break;
                }
                at = better;
            }
            return at;
        }

        /** {@code Σ n·log(1 + exp(x)) - t·x}, with the exponent never above 0. */
        private double value(PlattCalibration at) {
            double sum = 0;
            for (int i = 0; i < z.length; i++) {
                double x = at.slope * z[i] + at.intercept;
                sum += counts[i] * (Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)))) - targets[i] * x;
            }
            return sum;
        }
    }
}
