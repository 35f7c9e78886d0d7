package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds entities that are probably one thing that was entered twice: whose rows are more alike, and which have more facts in common,
 * than either has with what is around it.
 *
 * <pre>
 * cos(a, b)    of the rows, less their mean
 * overlap      = Σ w of the facts that both have / Σ w of the facts that either has        w = log((entities + 1) / those with the fact)
 * standout x   = 2·x(a, b) - mean x of a and its nearest - mean x of b and its nearest     for x = cos and x = overlap
 * conflict     = Σ of (entities / facts)² over the roles that both have, but no fact of it in common
 * score        = standout cos + standout overlap - conflict / 8
 * </pre>
 *
 * <p>A fact of an entity is here its relation, direction and other end, and a role its relation and direction: two entities have a fact in
 * common if each has it with the same other end. Two entries of one thing have few facts in common if each fact was entered with one of them;
 * then the rows are what tells, which are alike as the same answers are expected of both. Where facts were entered with both, the facts tell.
 * People of one profession and country are much alike too, but so are all of them: hence the standout. What an entity has one of, like a
 * birthplace, and two entities have two of, tells these apart.
 *
 * <p>Candidates are the entities nearest to each other by their rows, found by matrix products in blocks, and those that have rare facts in
 * common. O(entities² · d + facts · rare), space O(entities · block). Source of the standout: Conneau, Lample, Ranzato, Denoyer and
 * Jégou, "Word translation without parallel data", ICLR 2018, arXiv 1710.04087, section 2.3.
 */
public final class Duplicates {
    /** Candidates of each entity, by either way; and how many of its nearest are what is around it. */
    private static final int NEAREST = 10;

    /** Columns of a product. */
    private static final int BLOCK = 128;

    /** A fact that more entities share brings no two of them together. */
    private static final int RARE = 50;

    private static final double WEIGHT_OF_CONFLICT = 0.125;

    /** Facts of an entity that are tried with the other. */
    private static final int TRIED = 8;

    private final EmbeddingModel model;
    private final Facts facts;
    private final MayBeOne mayBeOne;
    private final Runnable checkCancelled;
    private final int entities;
    private final float[][] unit;

    /** The facts of each entity, by {@link #item}, ascending. */
    private final long[][] items;

    /** How many entities have a fact. */
    private final Map<Long, Integer> holders = new HashMap<>();

    /** The entities with each rare fact, ascending. */
    private final Map<Long, int[]> rare = new HashMap<>();

    /** How many entities have a role, and how many facts they have of it. */
    private final int[] roleHolders;

    private final int[] roleFacts;
    private final float[] aroundRows;
    private final int[][] nearest;

    /** Which entities may be one. */
    @FunctionalInterface
    public interface MayBeOne {
        /** Asked about few pairs; symmetric. */
        boolean test(int a, int b);
    }

    /**
     * Two entities that may be one, {@code first < second}.
     *
     * @param score higher is more probable; no probability
     * @param similarity cosine of the rows, less their mean
     * @param overlap share of the facts that both have, weighed, 0 to 1
     * @param conflict how far what they say excludes each other, from 0
     * @param support how far the model believes the facts of one of the other: mean share of the entities that it would believe them of
     *     less than of that one, over some facts of both; 0 to 1, by chance .5
     */
    public record Pair(
            int first, int second, double score, double similarity, double overlap, double conflict, double support) {}

    /** What two entities have in common. */
    private record Common(int first, int second, double similarity, double overlap, double conflict) {}

    private Duplicates(EmbeddingModel model, Facts facts, MayBeOne mayBeOne, Runnable checkCancelled) {
        this.model = model;
        this.facts = facts;
        this.mayBeOne = mayBeOne;
        this.checkCancelled = checkCancelled;
        entities = facts.entityCount();
        unit = unitRows(model.parameters().entities());
        items = new long[entities][];
        roleHolders = new int[2 * facts.relationCount()];
        roleFacts = new int[2 * facts.relationCount()];
        aroundRows = new float[entities];
        nearest = new int[entities][];
    }

    /**
     * Finds the most probable pairs.
     *
     * @param model whose entities they are. Not modified.
     * @param facts of the graph
     * @param count how many pairs at most
     * @param checkCancelled called before each block, cancels by throwing
     * @return the most probable first, of equal scores those of smaller numbers
     */
    public static List<Pair> find(
            EmbeddingModel model, Facts facts, MayBeOne mayBeOne, int count, Runnable checkCancelled) {
        Duplicates duplicates = new Duplicates(model, facts, mayBeOne, checkCancelled);
        duplicates.readItems();
        duplicates.readNearest();
        List<Common> candidates = duplicates.candidates();
        double[] aroundFacts = duplicates.aroundFacts(candidates);
        return candidates.stream()
                .map(common -> duplicates.pair(common, aroundFacts))
                .sorted(Comparator.comparingDouble((Pair pair) -> -pair.score)
                        .thenComparingInt(Pair::first)
                        .thenComparingInt(Pair::second))
                .limit(count)
                .map(duplicates::supported)
                .toList();
    }

    private List<Common> candidates() {
        Set<Long> pairs = new TreeSet<>();
        for (int a = 0; a < entities; a++) {
            if (a % BLOCK == 0) {
                checkCancelled.run();
            }
            for (int b : nearest[a]) {
                pairs.add((long) Math.min(a, b) << 32 | Math.max(a, b));
            }
            for (int b : sharing(a)) {
                pairs.add((long) Math.min(a, b) << 32 | Math.max(a, b));
            }
        }
        List<Common> candidates = new ArrayList<>();
        for (long pair : pairs) {
            candidates.add(common((int) (pair >>> 32), (int) pair));
        }
        return candidates;
    }

    private Common common(int first, int second) {
        BitSet agreed = new BitSet();
        double overlap = overlap(items[first], items[second], agreed);
        double conflict = 0;
        int i = 0;
        int j = 0;
        long[] ofFirst = items[first];
        long[] ofSecond = items[second];
        while (i < ofFirst.length && j < ofSecond.length) {
            int x = role(ofFirst[i]);
            int y = role(ofSecond[j]);
            if (x == y && !agreed.get(x)) {
                double single = roleHolders[x] / (double) roleFacts[x];
                conflict += single * single;
            }
            int least = Math.min(x, y);
            while (i < ofFirst.length && role(ofFirst[i]) == least) {
                i++;
            }
            while (j < ofSecond.length && role(ofSecond[j]) == least) {
                j++;
            }
        }
        return new Common(first, second, Rows.dot(unit[first], unit[second]), overlap, conflict);
    }

    /** {@code agreed} is modified: the roles of facts that both have. */
    private double overlap(long[] ofFirst, long[] ofSecond, BitSet agreed) {
        double both = 0;
        double either = 0;
        int i = 0;
        int j = 0;
        while (i < ofFirst.length || j < ofSecond.length) {
            long x = i < ofFirst.length ? ofFirst[i] : Long.MAX_VALUE;
            long y = j < ofSecond.length ? ofSecond[j] : Long.MAX_VALUE;
            double weight = weight(Math.min(x, y));
            either += weight;
            if (x == y) {
                both += weight;
                agreed.set(role(x));
            }
            i += x <= y ? 1 : 0;
            j += y <= x ? 1 : 0;
        }
        return either > 0 ? both / either : 0;
    }

    /** The mean overlap of each entity with those that it has most in common with. */
    private double[] aroundFacts(List<Common> candidates) {
        Top[] largest = new Top[entities];
        for (Common common : candidates) {
            for (int entity : new int[] {common.first, common.second}) {
                if (largest[entity] == null) {
                    largest[entity] = new Top();
                }
                if (common.overlap > largest[entity].least()) {
                    largest[entity].add(0, (float) common.overlap);
                }
            }
        }
        double[] means = new double[entities];
        for (int e = 0; e < entities; e++) {
            means[e] = largest[e] == null ? 0 : largest[e].mean();
        }
        return means;
    }

    private Pair pair(Common common, double[] aroundFacts) {
        double ofRows = 2 * common.similarity - aroundRows[common.first] - aroundRows[common.second];
        double ofFacts = 2 * common.overlap - aroundFacts[common.first] - aroundFacts[common.second];
        return new Pair(
                common.first,
                common.second,
                ofRows + ofFacts - WEIGHT_OF_CONFLICT * common.conflict,
                common.similarity,
                common.overlap,
                common.conflict,
                Double.NaN);
    }

    private Pair supported(Pair pair) {
        checkCancelled.run();
        double[] shares = new double[2 * TRIED];
        int tried = support(pair.first, pair.second, shares, 0);
        tried = support(pair.second, pair.first, shares, tried);
        double sum = 0;
        for (int i = 0; i < tried; i++) {
            sum += shares[i];
        }
        return new Pair(
                pair.first,
                pair.second,
                pair.score,
                pair.similarity,
                pair.overlap,
                pair.conflict,
                tried == 0 ? 0.5 : sum / tried);
    }

    /** Tries facts of one entity, evenly spread, with another. */
    private int support(int of, int with, double[] shares, int filled) {
        float[] query = new float[unit[0].length];
        float[] scores = new float[entities];
        int relations = facts.relationCount();
        int count = Math.min(TRIED, items[of].length);
        for (int i = 0; i < count; i++) {
            long item = items[of][(int) ((long) i * items[of].length / count)];
            int role = role(item);
            boolean leaves = role < relations;
            model.scores(leaves ? Side.HEAD : Side.TAIL, (int) item, leaves ? role : role - relations, query, scores);
            int less = 0;
            for (float score : scores) {
                less += score < scores[with] ? 1 : 0;
            }
            shares[filled + i] = less / Math.max(1.0, entities - 1.0);
        }
        return filled + count;
    }

    /** The entities that share the heaviest rare facts with one. */
    private int[] sharing(int a) {
        Map<Integer, Double> weights = new HashMap<>();
        for (long item : items[a]) {
            int[] with = rare.get(item);
            if (with != null) {
                double weight = weight(item);
                for (int b : with) {
                    if (b != a) {
                        weights.merge(b, weight, Double::sum);
                    }
                }
            }
        }
        return weights.entrySet().stream()
                .filter(entry -> mayBeOne.test(a, entry.getKey()))
                .sorted(Map.Entry.<Integer, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(NEAREST)
                .mapToInt(Map.Entry::getKey)
                .toArray();
    }

    private double weight(long item) {
        return Math.log((entities + 1.0) / holders.get(item));
    }

    private static int role(long item) {
        return (int) (item >>> 32);
    }

    private static long item(int role, int other) {
        return (long) role << 32 | other;
    }

    private void readItems() {
        int[] counts = new int[entities];
        for (int f = 0; f < facts.count(); f++) {
            counts[facts.head(f)]++;
            counts[facts.tail(f)]++;
        }
        for (int e = 0; e < entities; e++) {
            items[e] = new long[counts[e]];
        }
        int relations = facts.relationCount();
        for (int f = 0; f < facts.count(); f++) {
            int head = facts.head(f);
            int tail = facts.tail(f);
            items[head][--counts[head]] = item(facts.relation(f), tail);
            items[tail][--counts[tail]] = item(relations + facts.relation(f), head);
        }
        for (int e = 0; e < entities; e++) {
            Arrays.sort(items[e]);
            int before = -1;
            for (long item : items[e]) {
                holders.merge(item, 1, Integer::sum);
                roleFacts[role(item)]++;
                roleHolders[role(item)] += role(item) == before ? 0 : 1;
                before = role(item);
            }
        }
        Map<Long, Integer> filled = new HashMap<>();
        for (int e = 0; e < entities; e++) {
            for (long item : items[e]) {
                int count = holders.get(item);
                if (count > 1 && count <= RARE) {
                    int[] with = rare.computeIfAbsent(item, key -> new int[count]);
                    with[filled.merge(item, 1, Integer::sum) - 1] = e;
                }
            }
        }
    }

    /** The nearest comparable entities of each, and how near the nearest of all are on average. */
    private void readNearest() {
        MatrixKernel kernel = MatrixKernels.fastest();
        int width = unit[0].length;
        float[][] transposed = new float[width][BLOCK];
        float[][] block = new float[entities][BLOCK];
        for (int from = 0; from < entities; from += BLOCK) {
            checkCancelled.run();
            int columns = Math.min(BLOCK, entities - from);
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < width; k++) {
                    transposed[k][j] = unit[from + j][k];
                }
            }
            for (float[] row : block) {
                Arrays.fill(row, 0f);
            }
            kernel.multiplyAdd(unit, transposed, width, columns, 0, entities, block);
            for (int j = 0; j < columns; j++) {
                find(from + j, j, block);
            }
        }
    }

    private void find(int entity, int column, float[][] block) {
        Top all = new Top();
        Top wanted = new Top();
        for (int e = 0; e < entities; e++) {
            float value = block[e][column];
            if (e != entity) {
                if (value > all.least()) {
                    all.add(e, value);
                }
                if (value > wanted.least() && mayBeOne.test(entity, e)) {
                    wanted.add(e, value);
                }
            }
        }
        aroundRows[entity] = all.mean();
        nearest[entity] = Arrays.copyOf(wanted.places, wanted.count);
    }

    /** The largest of some values; of equal ones the first. */
    private static final class Top {
        private final int[] places = new int[NEAREST];
        private final float[] values = new float[NEAREST];
        private int count;

        float least() {
            return count < NEAREST ? Float.NEGATIVE_INFINITY : values[count - 1];
        }

        void add(int place, float value) {
            int at = count < NEAREST ? count++ : count - 1;
            for (; at > 0 && values[at - 1] < value; at--) {
                values[at] = values[at - 1];
                places[at] = places[at - 1];
            }
            values[at] = value;
            places[at] = place;
        }

        float mean() {
            float sum = 0;
            for (int i = 0; i < count; i++) {
                sum += values[i];
            }
            return count == 0 ? 0 : sum / count;
        }
    }

    private static float[][] unitRows(float[][] rows) {
        int width = rows[0].length;
        double[] mean = new double[width];
        for (float[] row : rows) {
            for (int k = 0; k < width; k++) {
                mean[k] += row[k] / (double) rows.length;
            }
        }
        float[][] unit = new float[rows.length][width];
        for (int e = 0; e < rows.length; e++) {
            double square = 0;
            for (int k = 0; k < width; k++) {
                double centred = rows[e][k] - mean[k];
                square += centred * centred;
            }
            double scale = square > 0 ? 1 / Math.sqrt(square) : 0;
            for (int k = 0; k < width; k++) {
                unit[e][k] = (float) ((rows[e][k] - mean[k]) * scale);
            }
        }
        return unit;
    }
}
