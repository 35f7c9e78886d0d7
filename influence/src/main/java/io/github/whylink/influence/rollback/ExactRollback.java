package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.influence.Link;

/**
 * Gradient rollback exactly as in the paper: the definition that everything faster is held against.
 *
 * <pre>
 * subtract f's three recorded sums from f's three rows
 * influence(f) = p(link) - p(link without f),   p = softmax over all entities of score(head, relation, ·)
 * </pre>
 *
 * <p>A fact that changes the query has all entities scored again, some facts together in one matrix product:
 * O(entities · d). Any other changes the scores of its own two ends only: O(d). The influence of a fact has the same bits
 * whichever facts it is asked for with. Source: Lawrence, Sztyler and Niepert, "Explaining neural matrix factorization
 * with gradient rollback", AAAI 2021, arXiv 2010.05516, section 4. Scratch space, one instance per thread.
 */
final class ExactRollback {
    /** Facts in a matrix product: enough to use a block of columns that is in the cache some times. */
    static final int TOGETHER = 16;

    /** Rows for which the kernel of tiles is not worth its packing. */
    private static final int FEW = 2;

    /** Below this share of the partition sum, what is left after a subtraction has lost too many digits. */
    private static final double CANCELLATION = 1e-3;

    private final Similarity similarity;
    private final Facts facts;
    private final RolledBackRows rows;
    private final EntityColumns columns;
    private final MatrixKernel kernel;

    /** Of the same bits, without the packing that so few rows do not repay. */
    private final MatrixKernel fewRows = MatrixKernels.named("plain");

    private final float[][] queries;
    private final float[][] scratch = new float[TOGETHER][EntityColumns.BLOCK];
    private final float[][] scores;
    private final int[] waiting = new int[TOGETHER];
    private final float[] rescored;
    private final float[] row;
    private final double[] exponentials;

    ExactRollback(EmbeddingModel model, Facts facts, RolledBackRows rows, EntityColumns columns, MatrixKernel kernel) {
        this.similarity = model.function().similarity();
        this.facts = facts;
        this.rows = rows;
        this.columns = columns;
        this.kernel = kernel;
        int width = model.parameters().entities()[0].length;
        queries = new float[TOGETHER][width];
        scores = new float[TOGETHER][model.entityCount()];
        rescored = new float[model.entityCount()];
        row = new float[width];
        exponentials = new double[model.entityCount()];
    }

    /**
     * Computes the influences of some facts.
     *
     * @param candidates at most {@link #TOGETHER} from {@code from} to {@code to - 1}. Not modified.
     * @param influences Modified, at the same places.
     */
    void influences(LinkScores at, int[] candidates, int from, int to, double[] influences) {
        Link link = at.link();
        int n = 0;
        for (int i = from; i < to; i++) {
            int fact = candidates[i];
            if (rows.reachesQuery(fact, link)) {
                rows.query(fact, link, queries[n]);
                if (!sameNumbers(queries[n], at.query())) {
                    waiting[n++] = i;
                    continue;
                }
            }
            influences[i] = influenceWithSameQuery(at, fact);
        }
        if (n == 0) {
            return;
        }
        columns.score(n <= FEW ? fewRows : kernel, queries, n, scratch, scores);
        for (int c = 0; c < n; c++) {
            int fact = candidates[waiting[c]];
            float[] changed = scores[c];
            changed[facts.head(fact)] = scoreOf(fact, facts.head(fact), queries[c]);
            changed[facts.tail(fact)] = scoreOf(fact, facts.tail(fact), queries[c]);
            influences[waiting[c]] = at.probability() - LinkScores.softmax(changed, link.tail(), exponentials);
        }
    }

    /** The influence of a fact that leaves the query as it is. O(d). */
    double influenceWithSameQuery(LinkScores at, int fact) {
        Link link = at.link();
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        float headScore = scoreOf(fact, head, at.query());
        float tailScore = tail == head ? headScore : scoreOf(fact, tail, at.query());
        // Relative to the old partition sum, so that nothing overflows but a score that rises by hundreds.
        double rest = at.sum() - at.weights()[head];
        double changed = Math.exp((double) headScore - at.max());
        if (tail != head) {
            rest -= at.weights()[tail];
            changed += Math.exp((double) tailScore - at.max());
        }
        float linkScore = link.tail() == tail ? tailScore : link.tail() == head ? headScore : at.scores()[link.tail()];
        if (rest > CANCELLATION * at.sum() && changed < Double.MAX_VALUE) {
            return at.probability() - Math.exp((double) linkScore - at.max()) / (rest + changed);
        }
        System.arraycopy(at.scores(), 0, rescored, 0, rescored.length);
        rescored[head] = headScore;
        rescored[tail] = tailScore;
        return at.probability() - LinkScores.softmax(rescored, link.tail(), exponentials);
    }

    private float scoreOf(int fact, int entity, float[] query) {
        return similarity.of(query, rows.entity(fact, entity, row));
    }

    private static boolean sameNumbers(float[] a, float[] b) {
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }
}
