package io.github.whylink.influence.audit;

import java.util.Arrays;

/**
 * How many false facts of a kind there are, and how many to expect in the head of a list.
 *
 * <pre>
 * of n facts and m canaries of the kind, in p plantings together (every fact stands there p times)
 *     above(s), found(s) = those of each with odds of at least s
 *     left(s)            = above(s) - n · share of false facts of the other kind · share of its canaries that have at least s;
 *                          at least √(above(s) · p), and p
 *     error(s)           = √(1/found(s) + 1/above(s))  in one planting,  0 in several
 * noise = min over s of  left(s)/n · m/found(s) · (1 + error(s)),  at most 1
 *
 * precision down to place k of n, of severity s = Σ over kinds noise · n · found(s)/m / k,  at most 1
 * </pre>
 *
 * <p>The facts are a mixture of true ones and false ones; if the false ones of a kind look like its canaries, their share
 * cannot be higher than any ratio above/found, and where the canaries that stand highest are rarely matched by true facts, it
 * is about the smallest of them. That estimate is high rather than low. Few canaries are not believed: the minimum is over
 * thresholds that some dozens of them pass.
 */
final class ExpectedPrecision {
    private static final int LEAST_FOUND = 30;

    private ExpectedPrecision() {}

    /**
     * The share of false facts of a kind.
     *
     * @param facts log odds of the facts against the canaries of the kind, in each of some plantings. Not modified.
     * @param plantings how often each fact stands there: the same facts again make nothing more certain
     * @param canaries the same of the canaries of all plantings. Not modified.
     * @param others the same of canaries of another kind. Not modified.
     * @param othersNoise the share of false facts of that kind: what stands high because of them is no sign of this kind
     */
    static double noise(double[] facts, int plantings, double[] canaries, double[] others, double othersNoise) {
        double[] f = sorted(facts);
        double[] c = sorted(canaries);
        double[] o = sorted(others);
        double least = 1;
        for (int k = Math.min(Math.max(LEAST_FOUND, c.length / 20), c.length); k <= c.length && k > 0; k++) {
            double threshold = c[c.length - k];
            int found = atLeast(c, threshold);
            int above = atLeast(f, threshold);
            // A standard error up: the minimum over many uncertain ratios is too low. A graph so small that it is
            // planted several times has as many odd true facts as false ones up there: for it none.
            double error = Math.sqrt(1.0 / found + 1.0 / Math.max(1, above / plantings));
            double explained = o.length == 0 ? 0 : othersNoise * f.length * atLeast(o, threshold) / o.length;
            double left = Math.max(Math.sqrt((double) above * plantings), above - explained);
            double doubted = plantings == 1 ? 1 + error : 1;
            least = Math.min(least, Math.max(plantings, left) / f.length * c.length / found * doubted);
        }
        return least;
    }

    /**
     * Adds the precision that false facts of a kind make to that at each place of the list.
     *
     * @param descending severities of the list. Not modified.
     * @param canaries severities of the canaries of the kind. Not modified.
     * @param noise share of false facts of the kind
     * @param precision Modified.
     */
    static void add(double[] descending, double[] canaries, double noise, double[] precision) {
        double[] c = sorted(canaries);
        for (int k = 0; k < descending.length; k++) {
            double found = (double) atLeast(c, descending[k]) / c.length;
            precision[k] = Math.min(1, precision[k] + noise * descending.length * found / (k + 1));
        }
    }

    private static double[] sorted(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /** How many of some ascending values are at least so high. */
    private static int atLeast(double[] ascending, double threshold) {
        int from = 0;
        int to = ascending.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (ascending[middle] < threshold) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return ascending.length - from;
    }
}
