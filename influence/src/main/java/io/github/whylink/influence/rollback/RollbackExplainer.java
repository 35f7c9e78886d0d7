package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Similarity;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;

/**
 * The gradient rollback explainer: the influence of all candidates, or the most influential ones in milliseconds.
 *
 * <pre>
 * explain   each candidate exactly, see {@link ExactRollback}
 * top k     facts that leave the query alone      exactly, O(d)
 *           reached through the relation only     upper bound by the norms of their updates, O(1), see {@link RelationReach}
 *           all others                            upper bound of the influence, O(d), see {@link PartitionBound}
 *           some that promise most                lower bounds, with the likeliest answers scored exactly: the k-th of
 *                                                 them is a floor below which nobody is among the first k
 *           those whose bound is above the floor  a second upper bound, with the likeliest answers scored exactly
 *           those whose second bound is as well   exactly, from the highest bound down, until the k-th influence
 *                                                 is above every bound that is left
 * </pre>
 *
 * <p>An influence is {@code p - p_f}, so that its upper bound is a lower bound of {@code p_f = T / (T + S)}, where {@code
 * T} is the exponential of the link's score without the fact, computed exactly in O(d), and {@code S} the sum of those of
 * the wrong answers, bounded from above. The bounds hold with all roundings, so that {@code top} returns the same facts in
 * the same order with the same bits as the ranked result of {@code explain}. A fact that moves rows so far that floats
 * overflow is not bounded, but computed.
 *
 * <p>Time of {@code top}: O(candidates · d + entities · d) and O(entities · d) for each fact that is rescored, in practice
 * little more than k. The model is neither copied nor modified. Holds scratch space: one instance per thread; instances may
 * share their {@link RollbackTables}.
 */
public final class RollbackExplainer implements Explainer {
    /** Candidates whose queries are computed before their bounds. */
    private static final int BLOCK = 64;

    /** Candidates whose second bound is computed together. */
    private static final int REFINED_TOGETHER = 64;

    /** Candidates that are looked at closely before anything is left out, at least. */
    private static final int PROMISING = 32;

    /** What is left of a lower bound of a probability after all roundings in double precision. */
    private static final double DOUBLE_ROUNDINGS = 1 - 1e-10;

    /** Norms up to which no float in a score can overflow. */
    private static final double TAME = 1e12;

    private final Parameters parameters;
    private final Similarity similarity;
    private final Facts facts;
    private final FactIndex index;
    private final Runnable checkCancelled;
    private final LinkScores at;
    private final RolledBackRows rows;
    private final ExactRollback exact;
    private final PartitionBound partition;
    private final float[][] queries;
    private final float[][] changes;
    private final double[] changeNorms = new double[BLOCK];
    private final float[] meanRises = new float[BLOCK];
    private final double[] variances = new double[BLOCK];
    private final float[] linkScores = new float[BLOCK];
    private final float[][] frontScores = new float[REFINED_TOGETHER][PartitionBound.FRONT];
    private final float[] row;

    private final FactNorms norms;
    private final RelationReach reach;
    private final OpenFacts unseen = new OpenFacts(PROMISING);
    private double relationNorm;

    /**
     * Explains predictions of a model.
     *
     * @param facts the facts that may be candidates
     * @param index of these facts
     * @param ledger of these facts
     * @param checkCancelled called before each block of facts, cancels by throwing
     */
    public RollbackExplainer(
            EmbeddingModel model, Facts facts, FactIndex index, InfluenceLedger ledger, Runnable checkCancelled) {
        this(model, new RollbackTables(EntityColumns.of(model), facts, index, ledger), checkCancelled);
    }

    /**
     * Explains predictions of a model whose tables are there already.
     *
     * @param tables of this model, and of the facts that may be candidates
     * @param checkCancelled called before each block of facts, cancels by throwing
     */
    public RollbackExplainer(EmbeddingModel model, RollbackTables tables, Runnable checkCancelled) {
        this.parameters = model.parameters();
        this.similarity = model.function().similarity();
        this.facts = tables.facts();
        this.index = tables.index();
        this.checkCancelled = checkCancelled;
        MatrixKernel kernel = MatrixKernels.fastest();
        EntityColumns columns = tables.columns();
        at = new LinkScores(model, columns);
        rows = new RolledBackRows(model, facts, tables.ledger());
        exact = new ExactRollback(model, facts, rows, columns, kernel);
        partition = new PartitionBound(model, columns, kernel);
        int width = parameters.entities()[0].length;
        queries = new float[BLOCK][width];
        changes = new float[BLOCK][width];
        row = new float[width];
        norms = tables.norms();
        reach = new RelationReach(model);
    }

    @Override
    public String name() {
        return "rollback";
    }

    @Override
    public FactInfluences explain(Link link) {
        int[] candidates = index.sharingARow(link);
        double[] influences = new double[candidates.length];
        at.of(link);
        for (int from = 0; from < candidates.length; from += ExactRollback.TOGETHER) {
            checkCancelled.run();
            int to = Math.min(from + ExactRollback.TOGETHER, candidates.length);
            exact.influences(at, candidates, from, to, influences);
        }
        return new FactInfluences(candidates, influences);
    }

    /**
     * Finds the most influential facts.
     *
     * @param k how many; all candidates if there are fewer
     * @return the first k of the ranked result of {@link #explain}, with the same influences
     * @throws IllegalArgumentException if k is negative
     */
    public TopInfluences top(Link link, int k) {
        if (k < 0) {
            throw new IllegalArgumentException("k must be at least 0, but is " + k);
        }
        checkCancelled.run();

        int[] candidates = index.sharingARow(link);
        at.of(link);
        partition.of(at);
        MostInfluential best = new MostInfluential(Math.min(k, candidates.length));
        unseen.clear();
        OpenFacts open = new OpenFacts(PROMISING);
        boundAll(candidates, open, best);

        // Nothing can be left out before k influences are bounded from below: those that promise most come first.
        int first = Math.max(2 * best.capacity(), PROMISING);
        boundByMean(unseen.takeHighest(first), open, best);
        OpenFacts promising = open.takeMostPromising(first);
        int refined = promising.count();
        best.expect(refine(promising, 0));

        unseen.removeUnlessTakenBy(best);
        boundByMean(unseen, open, best);
        open.removeUnlessTakenBy(best);
        refined += open.count();
        refine(open, 0);
        open.addAll(promising);
        for (int part = 1; part < PartitionBound.PART_COUNT; part++) {
            open.removeUnlessTakenBy(best);
            refine(open, part);
        }
        open.removeUnlessTakenBy(best);
        int rescored = rescore(open.takeHighest(open.count()), best);
        return best.ranked(at.probability(), candidates.length, refined, rescored);
    }

    /**
     * Bounds the influence of facts that leave the query alone, or reach it through the relation only, by norms, without
     * looking at what they did; that of the others by the mean.
     */
    private void boundAll(int[] candidates, OpenFacts open, MostInfluential best) {
        Link link = at.link();
        float[] relation = parameters.relations()[link.relation()];
        relationNorm = Math.sqrt(squaredNorm(relation));
        double transposedNorm = 0;
        if (reach.isPossible()) {
            reach.of(link);
            float[] tail = parameters.entities()[link.tail()];
            for (int k = 0; k < row.length; k++) {
                row[k] = partition.mean()[k] - tail[k];
            }
            transposedNorm = Math.sqrt(squaredNorm(reach.transposed(link, row)));
        }
        double right = right(at.scores()[link.tail()]);
        OpenFacts seen = new OpenFacts(PROMISING);
        int place = norms.start(link.relation());
        int end = norms.end(link.relation());
        for (int fact : candidates) {
            if (place < end && norms.fact(place) == fact) {
                if (reach.isPossible() && isReachedByRelationOnly(place, link)) {
                    double bound = boundByRelation(place, right, transposedNorm * norms.ofRelation(place));
                    unseen.add(fact, bound, bound);
                } else {
                    seen.add(fact, 0, 0);
                }
                place++;
            } else if (rows.reachesQuery(fact, link)) {
                seen.add(fact, 0, 0);
            } else {
                double bound = boundWithSameQuery(norms.place(fact), link);
                unseen.add(fact, bound, bound);
            }
        }
        boundByMean(seen, open, best);
    }

    /** The bound of a fact that reaches the query through the relation only, see {@link RelationReach}. */
    private double boundByRelation(int place, double right, double relativeRise) {
        double moved = norms.ofRelation(place);
        double rounding = partition.queryRounding(reach.norm(), relationNorm, moved);
        double changeNorm = reach.norm() * moved + rounding;
        // The ends are weighed beside the link as well: its score may have fallen while theirs rose.
        double ends = endRises(place, changeNorm);
        if (ends > 0) {
            int answer = at.link().tail();
            ends *= PartitionBound.exponentialAtMost(partition.largestRise(answer, answer, changeNorm));
        }
        double wrong = partition.ofAllRelativeToLink(relativeRise, reach.norm(), rounding, moved) + ends;
        return influenceAtMost(right, wrong, changeNorm);
    }

    private double boundWithSameQuery(int place, Link link) {
        double norm = partition.queryNorm();
        double moved = norms.head(place) == link.tail() ? norms.ofHead(place) : norms.ofTail(place);
        double fall =
                partition.scoreChange(norm, moved) + partition.scoreError(norm, 2 * partition.largestNorm() + moved);
        double wrong = partition.now() + endRises(place, 0);
        return influenceAtMost(right(at.scores()[link.tail()]) * Math.exp(-fall), wrong, moved);
    }

    private boolean isReachedByRelationOnly(int place, Link link) {
        int head = norms.head(place);
        int tail = norms.tail(place);
        return head != link.head() && tail != link.head() && head != link.tail() && tail != link.tail();
    }

    private void boundByMean(OpenFacts some, OpenFacts open, MostInfluential best) {
        int[] block = new int[BLOCK];
        for (int from = 0; from < some.count(); from += BLOCK) {
            int n = Math.min(BLOCK, some.count() - from);
            for (int i = 0; i < n; i++) {
                block[i] = some.fact(from + i);
            }
            boundByMean(block, n, open, best);
        }
    }

    private void boundByMean(int[] block, int n, OpenFacts open, MostInfluential best) {
        checkCancelled.run();
        computeChanges(block, n);
        Rows.dots(partition.mean(), changes, n, meanRises);
        scoreLink(block, n);
        for (int i = 0; i < n; i++) {
            if (changeNorms[i] == 0) {
                best.offer(block[i], exact.influenceWithSameQuery(at, block[i]));
            } else {
                double right = right(linkScores[i]);
                double guess = at.probability() - right / (right + partition.guess(changeNorms[i], meanRises[i]));
                open.add(block[i], guess, boundByMean(block[i], i));
            }
        }
    }

    /** Computes the queries without each fact, how they differ from that of the model, and by how much. */
    private void computeChanges(int[] block, int n) {
        float[] before = at.query();
        for (int i = 0; i < n; i++) {
            rows.query(block[i], at.link(), queries[i]);
        }
        for (int i = 0; i < n; i++) {
            float[] query = queries[i];
            float[] change = changes[i];
            for (int k = 0; k < query.length; k++) {
                change[k] = query[k] - before[k];
            }
            // A part in a million for the roundings of the differences.
            changeNorms[i] = (1 + 1e-6) * Math.sqrt(squaredNorm(change));
        }
    }

    /** The exact score of the link for each query of a block: the similarity is symmetric, to the last bit. */
    private void scoreLink(int[] block, int n) {
        int tail = at.link().tail();
        similarity.ofAll(parameters.entities()[tail], queries, n, linkScores);
        for (int i = 0; i < n; i++) {
            if (facts.head(block[i]) == tail || facts.tail(block[i]) == tail) {
                linkScores[i] = similarity.of(queries[i], rows.entity(block[i], tail, row));
            }
        }
    }

    private double boundByMean(int fact, int i) {
        double wrong = partition.ofAll(changeNorms[i], meanRises[i]) + endRises(norms.place(fact), changeNorms[i]);
        return influenceAtMost(right(linkScores[i]), wrong, changeNorms[i]);
    }

    /** Bounds what the sum of the wrong answers gains as the ends of the fact get their rows without the fact. */
    private double endRises(int place, double changeNorm) {
        int head = norms.head(place);
        int tail = norms.tail(place);
        double weights = endRise(head, norms.ofHead(place), changeNorm);
        if (tail != head) {
            weights += endRise(tail, norms.ofTail(place), changeNorm);
        }
        return weights * PartitionBound.exponentialAtMost(partition.largestRise(head, tail, changeNorm));
    }

    private double endRise(int entity, double moved, double changeNorm) {
        if (entity == at.link().tail()) {
            return 0;
        }
        double queryNorm = partition.queryNorm() + changeNorm;
        double rise = partition.scoreChange(queryNorm, moved)
                + partition.scoreError(queryNorm, 2 * partition.largestNorm() + moved);
        // Up to 1 without the exponential: exp(x) - 1 ≤ x + x².
        return at.weights()[entity] * (rise < 1 ? rise + rise * rise : Math.exp(rise));
    }

    /** {@code p - T / (T + S)}, rounded up; infinite where floats may have overflowed. */
    private double influenceAtMost(double right, double wrong, double changeNorm) {
        double bound = at.probability() - DOUBLE_ROUNDINGS * right / (right + wrong);
        return isTame(changeNorm) && bound <= 1 ? bound : Double.POSITIVE_INFINITY;
    }

    /** {@code p - T / (T + S)}, rounded down; not a number where floats may have overflowed. */
    private double influenceAtLeast(double right, double wrong, double changeNorm) {
        double bound = at.probability() - right / (DOUBLE_ROUNDINGS * (right + DOUBLE_ROUNDINGS * wrong));
        return isTame(changeNorm) && bound >= -1 ? bound : Double.NaN;
    }

    private boolean isTame(double changeNorm) {
        return partition.queryNorm() + changeNorm < TAME && partition.largestNorm() < TAME;
    }

    /** The weight of the right answer. */
    private double right(float linkScore) {
        return Math.exp((double) linkScore - at.max());
    }

    /**
     * Replaces the bounds by those that know the scores of the front, where they are lower.
     *
     * @return lower bounds, not a number where there is none
     */
    private double[] refine(OpenFacts open, int part) {
        double[] least = new double[open.count()];
        for (int from = 0; from < open.count(); from += REFINED_TOGETHER) {
            checkCancelled.run();
            int n = Math.min(REFINED_TOGETHER, open.count() - from);
            int[] block = new int[n];
            for (int i = 0; i < n; i++) {
                block[i] = open.fact(from + i);
            }
            computeChanges(block, n);
            Rows.dots(partition.meanBehind(part), changes, n, meanRises);
            scoreLink(block, n);
            partition.variances(part, changes, n, changeNorms, meanRises, variances);
            partition.scoreFront(part, queries, n, frontScores);
            for (int i = 0; i < n; i++) {
                double behindFront = scoreEnds(part, block[i], i);
                double exactly = behindFront + partition.ofFront(part, frontScores[i]);
                double right = right(linkScores[i]);
                double guess = exactly + partition.guessBehindFront(part, changeNorms[i], meanRises[i]);
                double most = exactly + partition.behindFront(part, changeNorms[i], meanRises[i], variances[i]);
                double bound = influenceAtMost(right, most, changeNorms[i]);
                open.set(from + i, at.probability() - right / (right + guess), Math.min(open.bound(from + i), bound));
                double some = exactly
                        + Math.max(
                                0,
                                partition.behindFrontAtLeast(part, changeNorms[i], meanRises[i])
                                        - endsBehind(part, block[i], changeNorms[i]));
                least[from + i] = influenceAtLeast(right, some, changeNorms[i]);
            }
        }
        return least;
    }

    /** What the ends behind the front, with their rows as they are, add at most to what is there. */
    private double endsBehind(int part, int fact, double changeNorm) {
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        double weight = weightBehind(part, head) + (tail == head ? 0 : weightBehind(part, tail));
        return weight == 0
                ? 0
                : weight * PartitionBound.exponentialAtMost(partition.largestRise(head, tail, changeNorm));
    }

    private double weightBehind(int part, int entity) {
        boolean behind = entity != at.link().tail() && partition.placeInFront(part, entity) < 0;
        return behind ? at.weights()[entity] : 0;
    }

    /** Puts the exact scores of the ends into the front; returns what ends behind the front add at most. */
    private double scoreEnds(int part, int fact, int i) {
        int head = facts.head(fact);
        int tail = facts.tail(fact);
        double behindFront = scoreEnd(part, fact, head, i);
        return tail == head ? behindFront : behindFront + scoreEnd(part, fact, tail, i);
    }

    private double scoreEnd(int part, int fact, int entity, int i) {
        if (entity == at.link().tail()) {
            return 0;
        }
        float score = similarity.of(queries[i], rows.entity(fact, entity, row));
        int place = partition.placeInFront(part, entity);
        if (place < 0) {
            return Math.exp((double) score - at.max());
        }
        frontScores[i][place] = score;
        return 0;
    }

    /** Computes influences, except of facts that cannot be among the best any more; returns of how many. */
    private int rescore(OpenFacts open, MostInfluential best) {
        int[] block = new int[ExactRollback.TOGETHER];
        double[] influences = new double[ExactRollback.TOGETHER];
        int rescored = 0;
        int next = 0;
        while (next < open.count()) {
            checkCancelled.run();
            int n = 0;
            for (; next < open.count() && n < ExactRollback.TOGETHER; next++) {
                if (best.mayTake(open.bound(next))) {
                    block[n++] = open.fact(next);
                }
            }
            exact.influences(at, block, 0, n, influences);
            for (int i = 0; i < n; i++) {
                best.offer(block[i], influences[i]);
            }
            rescored += n;
        }
        return rescored;
    }

    /** In four chains, as one addition has to wait for the other. */
    private static double squaredNorm(float[] x) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int k = 0;
        for (; k + 4 <= x.length; k += 4) {
            s0 += (double) x[k] * x[k];
            s1 += (double) x[k + 1] * x[k + 1];
            s2 += (double) x[k + 2] * x[k + 2];
            s3 += (double) x[k + 3] * x[k + 3];
        }
        for (; k < x.length; k++) {
            s0 += (double) x[k] * x[k];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
