package io.github.whylink.influence.audit;

import io.github.whylink.embedding.kernel.CounterHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Gradient boosted trees of small depth for two classes: learns to tell examples with label 1 from those with label 0.
 *
 * <pre>
 * F ← log odds of the label
 * for each tree:   g = label - σ(F),  h = σ(F)·(1 - σ(F))
 *     grow level by level the split of largest gain  G_l²/(H_l + λ) + G_r²/(H_r + λ) - G²/(H + λ)
 *     F ← F + rate · G/(H + λ) of the leaf
 * </pre>
 *
 * <p>Columns are divided into bins of about equal size; values that are missing have a bin of their own below all others.
 * O(trees · depth · examples · columns). Source: Friedman, "Greedy function approximation: a gradient boosting machine",
 * Annals of Statistics 2001; second-order gains: Chen and Guestrin, "XGBoost", KDD 2016, equations 6 and 7.
 */
final class Booster {
    private static final int BINS = 64;
    private static final double RATE = 0.1;
    private static final double PENALTY = 5;

    /** The share of the examples that each tree is grown on. */
    private static final int SAMPLED = 2;

    private final List<Tree> trees = new ArrayList<>();

    private Booster() {}

    /**
     * Columns in bins, which several boosters can share.
     *
     * @param bins {@code [column][example]}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Binned(byte[][] bins) {
        /** Divides columns into bins by the quantiles of all examples. */
        static Binned of(float[][] columns) {
            byte[][] bins = new byte[columns.length][];
            for (int c = 0; c < columns.length; c++) {
                bins[c] = binned(columns[c]);
            }
            return new Binned(bins);
        }

        private static byte[] binned(float[] column) {
            float[] sorted = column.clone();
            Arrays.sort(sorted);
            int n = sorted.length;
            while (n > 0 && Float.isNaN(sorted[n - 1])) {
                n--;
            }
            float[] edges = new float[BINS - 1];
            int count = 0;
            for (int b = 1; b < BINS - 1 && n > 0; b++) {
                float edge = sorted[(int) ((long) b * n / (BINS - 1))];
                if (count == 0 ? edge > sorted[0] : edge > edges[count - 1]) {
                    edges[count++] = edge;
                }
            }
            byte[] bins = new byte[column.length];
            for (int i = 0; i < column.length; i++) {
                if (!Float.isNaN(column[i])) {
                    int at = Arrays.binarySearch(edges, 0, count, column[i]);
                    bins[i] = (byte) (at >= 0 ? at + 2 : -at);
                }
            }
            return bins;
        }
    }

    /** A full binary tree: node i has the children 2i+1 and 2i+2; a column of -1 ends in both as they are. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Tree(int[] columns, byte[] bins, double[] values) {}

    /**
     * Learns.
     *
     * @param examples which examples to learn from. Not modified.
     * @param label tells which examples have label 1
     * @param checkCancelled called before each level, cancels by throwing
     */
    static Booster train(
            Binned data, int[] examples, IntPredicate label, int trees, int depth, long seed, Runnable checkCancelled) {
        int n = examples.length;
        boolean[] labels = new boolean[n];
        int positive = 0;
        for (int i = 0; i < n; i++) {
            labels[i] = label.test(examples[i]);
            positive += labels[i] ? 1 : 0;
        }
        Booster booster = new Booster();
        // Examples side by side, so that growing walks through memory in order.
        byte[][] bins = new byte[data.bins.length][n];
        for (int c = 0; c < bins.length; c++) {
            for (int i = 0; i < n; i++) {
                bins[c][i] = data.bins[c][examples[i]];
            }
        }
        double[] margins = new double[n];
        Arrays.fill(margins, Math.log((positive + 0.5) / (n - positive + 0.5)));
        Binned own = new Binned(bins);
        for (int t = 0; t < trees; t++) {
            Tree tree = grow(own, labels, margins, depth, seed, t, checkCancelled);
            booster.trees.add(tree);
            for (int i = 0; i < n; i++) {
                margins[i] += value(tree, bins, i);
            }
        }
        return booster;
    }

    /**
     * The log odds of label 1 less those of any example: what the columns say, as if both labels were equally frequent. About
     * 0 where there was nothing to learn from.
     */
    double evidence(Binned data, int example) {
        double sum = 0;
        for (Tree tree : trees) {
            sum += value(tree, data.bins, example);
        }
        return sum;
    }

    private static double value(Tree tree, byte[][] bins, int example) {
        int node = 0;
        while (node < tree.columns.length && tree.columns[node] >= 0) {
            node = 2 * node + (bins[tree.columns[node]][example] < tree.bins[node] ? 1 : 2);
        }
        return tree.values[node];
    }

    private static Tree grow(
            Binned data,
            boolean[] labels,
            double[] margins,
            int depth,
            long seed,
            int number,
            Runnable checkCancelled) {
        int n = labels.length;
        int inner = (1 << depth) - 1;
        Tree tree = new Tree(new int[inner], new byte[inner], new double[2 * inner + 1]);
        Arrays.fill(tree.columns, -1);
        int[] sample = new int[n];
        double[] g = new double[n];
        double[] h = new double[n];
        int[] node = new int[n];
        int m = 0;
        for (int i = 0; i < n; i++) {
            if (CounterHash.bounded(CounterHash.hash(seed, number, i, 0), SAMPLED) == 0) {
                double p = 1 / (1 + Math.exp(-margins[i]));
                sample[m] = i;
                g[m] = (labels[i] ? 1 : 0) - p;
                h[m++] = p * (1 - p);
            }
        }
        double[][] totals = new double[2 * inner + 1][2];
        for (int j = 0; j < m; j++) {
            totals[0][0] += g[j];
            totals[0][1] += h[j];
        }
        tree.values[0] = leaf(totals[0]);
        for (int level = 0; level < depth; level++) {
            checkCancelled.run();
            int first = (1 << level) - 1;
            int width = 1 << level;
            double[] gains = new double[width];
            double[] sumG = new double[width * BINS];
            double[] sumH = new double[width * BINS];
            for (int c = 0; c < data.bins.length; c++) {
                Arrays.fill(sumG, 0);
                Arrays.fill(sumH, 0);
                byte[] column = data.bins[c];
                for (int j = 0; j < m; j++) {
                    if (node[j] >= first) {
                        int at = (node[j] - first) * BINS + column[sample[j]];
                        sumG[at] += g[j];
                        sumH[at] += h[j];
                    }
                }
                for (int k = 0; k < width; k++) {
                    split(tree, totals, first + k, c, sumG, sumH, k * BINS, gains, k);
                }
            }
            for (int j = 0; j < m; j++) {
                if (node[j] >= first && tree.columns[node[j]] >= 0) {
                    node[j] = 2 * node[j] + (data.bins[tree.columns[node[j]]][sample[j]] < tree.bins[node[j]] ? 1 : 2);
                }
            }
        }
        return tree;
    }

    private static void split(
            Tree tree,
            double[][] totals,
            int node,
            int column,
            double[] sumG,
            double[] sumH,
            int offset,
            double[] gains,
            int k) {
        double[] total = totals[node];
        double leftG = 0;
        double leftH = 0;
        for (int bin = 1; bin < BINS; bin++) {
            leftG += sumG[offset + bin - 1];
            leftH += sumH[offset + bin - 1];
            double rightG = total[0] - leftG;
            double rightH = total[1] - leftH;
            if (leftH < 1 || rightH < 1) {
                continue;
            }
            double gain = leftG * leftG / (leftH + PENALTY)
                    + rightG * rightG / (rightH + PENALTY)
                    - total[0] * total[0] / (total[1] + PENALTY);
            if (gain > gains[k] + 1e-9) {
                gains[k] = gain;
                tree.columns[node] = column;
                tree.bins[node] = (byte) bin;
                totals[2 * node + 1] = new double[] {leftG, leftH};
                totals[2 * node + 2] = new double[] {rightG, rightH};
                tree.values[2 * node + 1] = leaf(totals[2 * node + 1]);
                tree.values[2 * node + 2] = leaf(totals[2 * node + 2]);
            }
        }
    }

    private static double leaf(double[] total) {
        return RATE * total[0] / (total[1] + PENALTY);
    }
}
