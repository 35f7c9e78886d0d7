package io.github.whylink.influence.audit;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The area under the curve of true against false positives: the probability that an example of one class has a higher value
 * than one of the other, equal values counting half. Missing values count as lowest. O(n log n).
 */
public final class Area {
    private Area() {}

    /**
     * Computes the area.
     *
     * @param values by example. Not modified.
     * @param positive which examples should have the high values
     */
    public static double under(double[] values, IntPredicate positive) {
        Integer[] order = new Integer[values.length];
        Arrays.setAll(order, i -> i);
        double[] v = values.clone();
        for (int i = 0; i < v.length; i++) {
            v[i] = Double.isNaN(v[i]) ? Double.NEGATIVE_INFINITY : v[i];
        }
        Arrays.sort(order, (a, b) -> Double.compare(v[a], v[b]));
        double below = 0;
        double positives = 0;
        double area = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            double p = 0;
            while (to < order.length && v[order[to]] == v[order[from]]) {
                p += positive.test(order[to]) ? 1 : 0;
                to++;
            }
            double n = to - from - p;
            area += p * (below + n / 2);
            below += n;
            positives += p;
            from = to;
        }
        return area / (positives * below);
    }
}
