package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Similarity;
import java.util.Arrays;

/**
 * Ranks the answers of a group of queries without ever holding all of their scores.
 *
 * <pre>
 * for each query:            its row, the scores of its true answers
 * for each block of entities:
 *     scores of the block = one matrix product         block[entity][query]
 *     for each true answer: count the scores above and equal
 * for each query:            take the other known answers out of the counts
 * </pre>
 *
 * <p>A query with many answers is handled by itself: its scores are sorted, and each answer is found by binary search.
 * <p>The kernel's scores have the bits of {@link Similarity#of}, so that ties are exact. O(entities · queries · d) time,
 * O(queries · d) space. Holds scratch space: one instance per thread.
 */
final class GroupRanker {
    /** Entities in a block: with 256 queries its scores are 256 kB and stay in the second cache while being counted. */
    static final int BLOCK = 256;

    /** With more answers than this, sorting all scores of a query costs less than counting for each answer. */
    private static final int MANY_ANSWERS = 64;

    /** Its square lifts the smallest difference of two floats, 2^-149, above 1. */
    private static final float LIFT = 0x1p100f;

    private final EmbeddingModel model;
    private final KnownFacts known;
    private final QueryPlan plan;
    private final Ranks ranks;
    private final QueryGroup group;
    private final float[][] entities = new float[BLOCK][];
    private final float[][] block;

    /**
     * A ranker of groups of limited size.
     *
     * @param columns queries in a group at most
     * @param ranks Modified by {@link #rank}, at the places of the queries that it ranks.
     */
    GroupRanker(EmbeddingModel model, KnownFacts known, QueryPlan plan, int columns, Ranks ranks) {
        this.model = model;
        this.known = known;
        this.plan = plan;
        this.ranks = ranks;
        group = new QueryGroup(model, columns);
        block = new float[BLOCK][columns];
    }

    /**
     * Ranks queries {@code from} to {@code to - 1} of the plan.
     *
     * @param checkCancelled called before each block, cancels by throwing
     */
    void rank(int from, int to, Runnable checkCancelled) {
        int next = from;
        // Queries with many answers come first.
        while (next < to && plan.answerCount(next) > MANY_ANSWERS) {
            checkCancelled.run();
            group.set(0, plan.side(next), plan.entity(next), plan.relation(next));
            rankBySorting(next++);
        }
        if (next < to) {
            rankTogether(next, to, checkCancelled);
        }
    }

    private void rankTogether(int from, int to, Runnable checkCancelled) {
        int columns = to - from;
        for (int j = 0; j < columns; j++) {
            int q = from + j;
            group.set(j, plan.side(q), plan.entity(q), plan.relation(q));
        }
        Layer[] layers = layers(from, to);
        float[][] all = model.parameters().entities();
        int count = model.entityCount();
        for (int first = 0; first < count; first += BLOCK) {
            checkCancelled.run();
            int rows = Math.min(BLOCK, count - first);
            System.arraycopy(all, first, entities, 0, rows);
            group.score(entities, rows, columns, block);
            for (Layer layer : layers) {
                layer.count(block, rows);
            }
        }
        for (int j = 0; j < columns; j++) {
            rank(from + j, j, layers);
        }
    }

    /**
     * Layer {@code m} holds answer {@code m} of each query that has so many. As queries with many answers come first,
     * its columns are the first ones of the block.
     */
    private Layer[] layers(int from, int to) {
        Layer[] layers = new Layer[plan.answerCount(from)];
        int columns = to - from;
        for (int m = 0; m < layers.length; m++) {
            while (plan.answerCount(from + columns - 1) <= m) {
                columns--;
            }
            layers[m] = new Layer(columns);
            for (int j = 0; j < columns; j++) {
                int answer = plan.entityAt(plan.place(from + j, m));
                layers[m].truth[j] = similarity(j, answer);
            }
        }
        return layers;
    }

    private float similarity(int column, int entity) {
        return model.function()
                .similarity()
                .of(group.query(column), model.parameters().entities()[entity]);
    }

    private void rank(int q, int column, Layer[] layers) {
        KnownScores others = knownScores(q, column);
        for (int m = 0; m < plan.answerCount(q); m++) {
            int place = plan.place(q, m);
            Layer layer = layers[m];
            if (layer.unordered[column]) {
                countSlowly(layer, column);
            }
            int above = (layer.different[column] + layer.aboveMinusBelow[column]) / 2;
            int equal = model.entityCount() - 1 - layer.different[column];
            set(place, layer.truth[column], above, equal, others);
        }
    }

    /** For a query with many answers: all scores once, sorted; then every answer by binary search. */
    private void rankBySorting(int q) {
        float[] all = new float[model.entityCount()];
        model.function().similarity().ofAll(group.query(0), model.parameters().entities(), all.length, all);
        KnownScores others = knownScores(q, 0);
        SortedScores sorted = new SortedScores(all.clone());
        for (int m = 0; m < plan.answerCount(q); m++) {
            int place = plan.place(q, m);
            float truth = all[plan.entityAt(place)];
            // A truth that is not a number is below every other score and equal to none.
            boolean number = !Float.isNaN(truth);
            set(
                    place,
                    truth,
                    number ? sorted.above(truth) : all.length - 1,
                    number ? sorted.equal(truth) - 1 : 0,
                    others);
        }
    }

    /** Notes the counts of an answer, raw and with the other known answers taken out. */
    private void set(int place, float truth, int above, int equal, KnownScores others) {
        ranks.setRaw(place, above, equal);
        boolean itself = Arrays.binarySearch(others.entities, plan.entityAt(place)) >= 0;
        int count = others.entities.length - (itself ? 1 : 0);
        boolean number = !Float.isNaN(truth);
        int knownAbove = number ? others.scores.above(truth) : count;
        int knownEqual = number ? others.scores.equal(truth) - (itself ? 1 : 0) : 0;
        ranks.setFiltered(place, above - knownAbove, equal - knownEqual, model.entityCount() - count);
    }

    private KnownScores knownScores(int q, int column) {
        int[] entitiesKnown = known.known(plan.side(q), plan.entity(q), plan.relation(q));
        float[] scores = new float[entitiesKnown.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = similarity(column, entitiesKnown[i]);
        }
        return new KnownScores(entitiesKnown, new SortedScores(scores));
    }

    /** The known answers of a query, ascending, and their scores. */
    private static final class KnownScores {
        private final int[] entities;
        private final SortedScores scores;

        KnownScores(int[] entities, SortedScores scores) {
            this.entities = entities;
            this.scores = scores;
        }
    }

    /** Scores in ascending order; those that are not numbers stand last and so count as above every number. */
    private static final class SortedScores {
        private final float[] scores;

        /** Takes the array over. */
        SortedScores(float[] scores) {
            for (int i = 0; i < scores.length; i++) {
                // The two zeros are equal scores, but not to the sort.
                scores[i] += 0f;
            }
            Arrays.sort(scores);
            this.scores = scores;
        }

        int above(float truth) {
            return scores.length - firstFrom(Math.nextUp(truth + 0f));
        }

        int equal(float truth) {
            return firstFrom(Math.nextUp(truth + 0f)) - firstFrom(truth + 0f);
        }

        /** The first place whose score is not below the bound. */
        private int firstFrom(float bound) {
            int low = 0;
            int high = scores.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (scores[middle] < bound) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /** Counts as the definition has it, where some score is infinite or not a number. */
    private void countSlowly(Layer layer, int column) {
        float truth = layer.truth[column];
        int above = 0;
        int below = 0;
        for (int i = 0; i < model.entityCount(); i++) {
            float score = similarity(column, i);
            if (score < truth) {
                below++;
            } else if (score != truth) {
                above++;
            }
        }
        if (Float.isNaN(truth)) {
            // All others are above; the true answer itself is not.
            above--;
        }
        layer.aboveMinusBelow[column] = above - below;
        layer.different[column] = above + below;
    }

    /**
     * One true answer for each of some queries, and the counts for it.
     *
     * <p>Comparisons are not vectorised by the JIT compiler of Java 17, and branches on scores cannot be foretold; so
     * the sign of a difference is computed: {@code clamp((s - t) · 2^200, -1, 1)}, which is exactly -1, 0 or 1. Its sum
     * is the number above minus the number below, the sum of its absolute value the number above plus the number below.
     * Where a score is not a number, or two are infinite, the sum of a block is not a number, and that answer is counted
     * again in the slow way.
     */
    private static final class Layer {
        private final float[] truth;
        private final int[] aboveMinusBelow;
        private final int[] different;
        private final boolean[] unordered;
        private final float[] signs;
        private final float[] magnitudes;

        Layer(int columns) {
            truth = new float[columns];
            aboveMinusBelow = new int[columns];
            different = new int[columns];
            unordered = new boolean[columns];
            signs = new float[columns];
            magnitudes = new float[columns];
        }

        void count(float[][] block, int rows) {
            Arrays.fill(signs, 0f);
            Arrays.fill(magnitudes, 0f);
            for (int i = 0; i < rows; i++) {
                compare(block[i], truth, signs, magnitudes);
            }
            for (int j = 0; j < truth.length; j++) {
                if (Float.isNaN(signs[j])) {
                    unordered[j] = true;
                } else {
                    aboveMinusBelow[j] += (int) signs[j];
                    different[j] += (int) magnitudes[j];
                }
            }
        }

        private static void compare(float[] scores, float[] truth, float[] signs, float[] magnitudes) {
            for (int j = 0; j < truth.length; j++) {
                float sign = Math.max(-1f, Math.min(1f, (scores[j] - truth[j]) * LIFT * LIFT));
                signs[j] += sign;
                magnitudes[j] += Math.abs(sign);
            }
        }
    }
}
