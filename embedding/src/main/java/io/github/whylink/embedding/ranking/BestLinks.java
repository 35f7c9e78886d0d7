package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The best links (h, r, t) of a whole graph that it does not have, for some relations, heads and tails.
 *
 * <pre>
 * for each group of queries (h, r, ?), spread over the threads:
 *     for each block of tails:
 *         scores of the block = one matrix product                   block[tail][query]
 *         each score above the worst of this thread's best:
 *             if the link is wanted and not known: take it in, let the worst go
 * the best of the best of all threads, then their probability and rank
 * </pre>
 *
 * <p>Higher is better; equal values in the order of (head, relation, tail). That order is total, so that the best of all are
 * among the best of each thread, however the work was divided: the result does not depend on the number of threads. A value
 * that is not a number is never among the best.
 *
 * <p>By {@link Order#PROBABILITY} the scores of a group against all entities are kept for as long as the group takes, as the
 * softmax over them has to be known first; by {@link Order#SCORE} only a block is. Each score, probability and rank has the
 * bits that a call about this one link gives.
 *
 * <p>Time O(relations · heads · tails · d), by probability O(relations · heads · entities · (d + exp)), and O(found ·
 * entities · d). Space O(found + block) a thread, by probability at most {@link #TABLE} scores or {@link #FEWEST} queries of
 * them.
 */
public final class BestLinks {
    /** Queries in a group: with {@link GroupRanker#BLOCK} entities their scores are 64 kB and stay in the nearest caches. */
    private static final int COLUMNS = 64;

    /** Scores that are kept for a group whose softmax is wanted: 32 MB. */
    private static final int TABLE = 8 << 20;

    /** Queries in a group at least: with fewer the kernel is slow. */
    private static final int FEWEST = 16;

    /** By how much a logarithm is lowered before it leaves anything out: more than all roundings. */
    private static final double SLACK = 1e-9;

    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble(Candidate::value)
            .reversed()
            .thenComparingInt(Candidate::head)
            .thenComparingInt(Candidate::relation)
            .thenComparingInt(Candidate::tail);

    private final EmbeddingModel model;
    private final Wanted wanted;
    private final KnownFacts known;
    private final Linked linked;
    private final int[] heads;

    /** The entities that are scored, and their rows: the wanted tails or, where a softmax is needed, all. */
    private final int[] scored;

    private final float[][] scoredRows;

    private BestLinks(EmbeddingModel model, Wanted wanted, KnownFacts known, Linked linked) {
        this.model = model;
        this.wanted = wanted;
        this.known = known;
        this.linked = linked;
        heads = wanted.heads.stream().toArray();
        scored = wanted.order == Order.SCORE
                ? wanted.tails.stream().toArray()
                : IntStream.range(0, model.entityCount()).toArray();
        scoredRows = new float[scored.length][];
        for (int i = 0; i < scored.length; i++) {
            scoredRows[i] = model.parameters().entities()[scored[i]];
        }
    }

    /** What makes a link better than another one. */
    public enum Order {
        /** The score: one scale for all queries. */
        SCORE,
        /** The probability among all tails of its query, (h, r, ?). */
        PROBABILITY
    }

    /**
     * Which links are looked for.
     *
     * @param relations each once
     * @param loops relations in which an entity may be linked to itself
     * @param includeKnown whether links between entities that are linked already are links like others
     * @param threshold the least value of what the order is by
     * @param count how many at most
     */
    public record Wanted(
            List<Integer> relations,
            BitSet heads,
            BitSet tails,
            BitSet loops,
            boolean includeKnown,
            Order order,
            double threshold,
            int count) {}

    /** Which links are not looked for, as their ends are linked already: those that the graph has, or more. */
    @FunctionalInterface
    public interface Linked {
        boolean test(int head, int relation, int tail);
    }

    /**
     * A link that was found.
     *
     * @param score higher is more plausible
     * @param probability softmax over all entities as the tail of (head, relation, ?)
     * @param rank of the tail in that query, from 1, with {@linkplain Ties#REALISTIC realistic ties}; known answers are no
     *     competitors, nor is the head where the relation has no loops
     */
    public record Found(int head, int relation, int tail, float score, double probability, double rank) {}

    private record Candidate(int head, int relation, int tail, double value) {}

    /**
     * Finds the best links.
     *
     * @param known the links that the graph has
     * @param concurrency threads; the result does not depend on it
     * @param checkCancelled called often by the calling thread, cancels by throwing
     * @return best first; fewer than wanted if there are fewer
     */
    public static List<Found> of(
            EmbeddingModel model, Wanted wanted, KnownFacts known, int concurrency, Runnable checkCancelled) {
        return of(model, wanted, known, known::contains, concurrency, checkCancelled);
    }

    /**
     * Finds the best links that are more than new: where one relation makes another one pointless between two entities.
     *
     * @param known the links that the graph has, which are no competitors in a rank
     * @param linked which links are left out instead of these
     * @param concurrency threads; the result does not depend on it
     * @param checkCancelled called often by the calling thread, cancels by throwing
     * @return best first; fewer than wanted if there are fewer
     */
    public static List<Found> of(
            EmbeddingModel model,
            Wanted wanted,
            KnownFacts known,
            Linked linked,
            int concurrency,
            Runnable checkCancelled) {
        return new BestLinks(model, wanted, known, linked).find(concurrency, checkCancelled);
    }

    private List<Found> find(int concurrency, Runnable checkCancelled) {
        int columns = wanted.order == Order.SCORE
                ? COLUMNS
                : Math.max(FEWEST, Math.min(COLUMNS, TABLE / Math.max(1, scored.length)));
        int groups = (heads.length + columns - 1) / columns;
        Search[] searches = new Search[concurrency];
        try (Team team = new Team(concurrency)) {
            team.run(Math.multiplyExact(wanted.relations.size(), groups), (worker, piece) -> {
                if (searches[worker] == null) {
                    searches[worker] = new Search(columns);
                }
                int from = piece % groups * columns;
                searches[worker].search(
                        wanted.relations.get(piece / groups),
                        from,
                        Math.min(from + columns, heads.length),
                        worker == 0 ? checkCancelled : () -> {});
            });
            Candidate[] best = Arrays.stream(searches)
                    .filter(Objects::nonNull)
                    .flatMap(search -> search.best.stream())
                    .sorted(BEST_FIRST)
                    .limit(wanted.count)
                    .toArray(Candidate[]::new);
            return described(best, team, checkCancelled);
        }
    }

    /** Looks at the queries of the best links again, each once, for what they say beside the score. */
    private List<Found> described(Candidate[] best, Team team, Runnable checkCancelled) {
        Integer[] byQuery = new Integer[best.length];
        Arrays.setAll(byQuery, i -> i);
        Arrays.sort(
                byQuery,
                Comparator.comparingInt((Integer i) -> best[i].relation).thenComparingInt(i -> best[i].head));
        int[] starts = IntStream.rangeClosed(0, best.length)
                .filter(i -> i == 0 || i == best.length || !sameQuery(best[byQuery[i - 1]], best[byQuery[i]]))
                .toArray();
        Found[] found = new Found[best.length];
        float[][] scores = new float[team.concurrency()][];
        float[][] queries = new float[team.concurrency()][model.parameters().entities()[0].length];
        team.run(best.length == 0 ? 0 : starts.length - 1, (worker, piece) -> {
            if (worker == 0) {
                checkCancelled.run();
            }
            if (scores[worker] == null) {
                scores[worker] = new float[model.entityCount()];
            }
            Candidate first = best[byQuery[starts[piece]]];
            model.scores(Side.TAIL, first.head, first.relation, queries[worker], scores[worker]);
            double logPartition = Softmax.logPartition(scores[worker]);
            for (int i = starts[piece]; i < starts[piece + 1]; i++) {
                Candidate link = best[byQuery[i]];
                float score = scores[worker][link.tail];
                found[byQuery[i]] = new Found(
                        link.head,
                        link.relation,
                        link.tail,
                        score,
                        Math.exp(score - logPartition),
                        rank(link, scores[worker]));
            }
        });
        return List.of(found);
    }

    private static boolean sameQuery(Candidate a, Candidate b) {
        return a.relation == b.relation && a.head == b.head;
    }

    private double rank(Candidate link, float[] scores) {
        int[] answers = known.known(Side.TAIL, link.head, link.relation);
        boolean loops = wanted.loops.get(link.relation);
        return Ties.REALISTIC.rank(
                scores, link.tail, e -> (e == link.head && !loops) || Arrays.binarySearch(answers, e) >= 0);
    }

    /** The best links of one thread so far. */
    private final class Search {
        private final QueryGroup group;
        private final float[][] block = new float[GroupRanker.BLOCK][];
        private final float[][] table;
        private final float[][] rows = new float[GroupRanker.BLOCK][];
        private final double[] maxima;
        private final double[] logPartitions;
        private final PriorityQueue<Candidate> best = new PriorityQueue<>(BEST_FIRST.reversed());

        /** What a link must have at least to be looked at. */
        private double floor = wanted.threshold;

        Search(int columns) {
            group = new QueryGroup(model, columns);
            boolean keeps = wanted.order == Order.PROBABILITY;
            table = new float[keeps ? scored.length : GroupRanker.BLOCK][columns];
            maxima = new double[columns];
            logPartitions = new double[columns];
        }

        /** Looks at the links of heads {@code from} to {@code to - 1}. */
        void search(int relation, int from, int to, Runnable checkCancelled) {
            int columns = to - from;
            for (int j = 0; j < columns; j++) {
                group.set(j, Side.TAIL, heads[from + j], relation);
            }
            if (wanted.order == Order.SCORE) {
                for (int first = 0; first < scored.length; first += GroupRanker.BLOCK) {
                    checkCancelled.run();
                    int count = score(first, columns, 0);
                    takeByScore(relation, from, columns, first, count);
                }
            } else {
                for (int first = 0; first < scored.length; first += GroupRanker.BLOCK) {
                    checkCancelled.run();
                    score(first, columns, first);
                }
                sumUp(columns, checkCancelled);
                takeByProbability(relation, from, columns);
            }
        }

        /** Scores a block of entities into the rows of the table that begin at {@code into}. */
        private int score(int first, int columns, int into) {
            int count = Math.min(GroupRanker.BLOCK, scored.length - first);
            System.arraycopy(scoredRows, first, rows, 0, count);
            System.arraycopy(table, into, block, 0, count);
            group.score(rows, count, columns, block);
            return count;
        }

        private void takeByScore(int relation, int from, int columns, int first, int count) {
            for (int i = 0; i < count; i++) {
                float[] scores = table[i];
                for (int j = 0; j < columns; j++) {
                    if (scores[j] >= floor) {
                        take(heads[from + j], relation, scored[first + i], scores[j]);
                    }
                }
            }
        }

        /** Computes the softmax of each column, in the order and with the bits of {@link Softmax#logPartition}. */
        private void sumUp(int columns, Runnable checkCancelled) {
            Arrays.fill(maxima, Double.NEGATIVE_INFINITY);
            for (float[] scores : table) {
                for (int j = 0; j < columns; j++) {
                    maxima[j] = Math.max(maxima[j], scores[j]);
                }
            }
            Arrays.fill(logPartitions, 0);
            for (int i = 0; i < table.length; i++) {
                if (i % GroupRanker.BLOCK == 0) {
                    checkCancelled.run();
                }
                float[] scores = table[i];
                for (int j = 0; j < columns; j++) {
                    logPartitions[j] += Math.exp(scores[j] - maxima[j]);
                }
            }
            for (int j = 0; j < columns; j++) {
                logPartitions[j] = maxima[j] + Math.log(logPartitions[j]);
            }
        }

        private void takeByProbability(int relation, int from, int columns) {
            double logFloor = Math.log(Math.max(0, floor)) - SLACK;
            for (int i = 0; i < table.length; i++) {
                if (!wanted.tails.get(scored[i])) {
                    continue;
                }
                float[] scores = table[i];
                for (int j = 0; j < columns; j++) {
                    if (scores[j] - logPartitions[j] >= logFloor) {
                        double probability = Math.exp(scores[j] - logPartitions[j]);
                        if (probability >= floor) {
                            take(heads[from + j], relation, scored[i], probability);
                            logFloor = Math.log(Math.max(0, floor)) - SLACK;
                        }
                    }
                }
            }
        }

        private void take(int head, int relation, int tail, double value) {
            if ((head == tail && !wanted.loops.get(relation))
                    || (!wanted.includeKnown && linked.test(head, relation, tail))) {
                return;
            }
            best.add(new Candidate(head, relation, tail, value));
            if (best.size() > wanted.count) {
                best.remove();
                // What is equal to the worst may still come before it in the order.
                floor = Math.max(floor, best.element().value);
            }
        }
    }
}
