package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import java.util.Arrays;

/**
 * How a model ranks the true answers of some facts: filtered and raw, with each convention for ties, on each side, for
 * each relation.
 *
 * <p>For a fact (h, r, t) and a side, every entity is scored in place of the one on that side; filtered, the entities
 * that are known answers of the same query, other than the true one, are left out. The {@linkplain Ties rank} follows
 * from how many candidates are above the true answer and how many others exactly equal. A score that is not a number
 * counts as above every other, so that a broken model never looks good. One pass over the scores gives all variants;
 * where nothing else is said, a figure is filtered with realistic ties.
 *
 * <p>O(distinct queries · entities · d), in blocks, without a table of scores. Source of the filtered setting: Bordes,
 * Usunier, Garcia-Duran, Weston and Yakhnenko, "Translating embeddings for modeling multi-relational data", NIPS 2013.
 */
public final class RankingEvaluation {
    /** Queries in a piece of work at most. */
    private static final int COLUMNS = 256;

    /** Pieces that each thread should find at least, so that all end at about the same time. */
    private static final int PIECES_PER_THREAD = 4;

    /** Keeps the choice of a sample apart from all else that is derived from the key of a fact. */
    private static final long SAMPLE_SEED = 0x73616d706c65L;

    private final Facts facts;
    private final Ranks ranks;
    private final int entityCount;

    /** The facts of relation {@code r} stand from {@code starts[r]} to before {@code starts[r + 1]}, ascending. */
    private final int[] starts;

    private final int[] factsByRelation;

    private RankingEvaluation(Facts facts, Ranks ranks, int entityCount) {
        this.facts = facts;
        this.ranks = ranks;
        this.entityCount = entityCount;
        starts = new int[facts.relationCount() + 1];
        for (int i = 0; i < facts.count(); i++) {
            starts[facts.relation(i) + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        factsByRelation = new int[facts.count()];
        int[] next = starts.clone();
        for (int i = 0; i < facts.count(); i++) {
            factsByRelation[next[facts.relation(i)]++] = i;
        }
    }

    /**
     * Ranks the facts.
     *
     * @param known all facts to filter by: training, validation and test
     * @param concurrency threads; the result does not depend on it
     * @param checkCancelled called often by the calling thread, cancels by throwing
     */
    public static RankingEvaluation of(
            EmbeddingModel model, Facts facts, KnownFacts known, int concurrency, Runnable checkCancelled) {
        QueryPlan plan = new QueryPlan(facts);
        Ranks ranks = new Ranks(facts.count());
        int columns = Math.max(1, Math.min(COLUMNS, plan.count() / (PIECES_PER_THREAD * concurrency)));
        int pieces = (plan.count() + columns - 1) / columns;
        GroupRanker[] rankers = new GroupRanker[concurrency];
        // Only this thread may ask, and others may take all pieces before it has one.
        checkCancelled.run();
        try (Team team = new Team(concurrency)) {
            team.run(pieces, (worker, piece) -> {
                if (rankers[worker] == null) {
                    rankers[worker] = new GroupRanker(model, known, plan, columns, ranks);
                }
                int from = piece * columns;
                rankers[worker].rank(
                        from, Math.min(from + columns, plan.count()), worker == 0 ? checkCancelled : () -> {});
            });
        }
        return new RankingEvaluation(facts, ranks, model.entityCount());
    }

    /**
     * Bytes that ranking takes at most, beside the model and the facts to filter by.
     *
     * @param facts how many are ranked
     * @param entityWidth floats in a row
     */
    public static long bytes(int facts, int entityWidth, int concurrency) {
        long places = 2L * facts;
        // Five columns of ranks; the plan's queries and the places of their answers, what sorts them, and the scores of
        // known answers.
        long columns = 15 * HeapBytes.ofFloats(places) + 5 * HeapBytes.ofLongs(places);
        long queries = HeapBytes.ofTable(COLUMNS, entityWidth) + HeapBytes.ofTable(entityWidth, COLUMNS);
        // Some answers to each query: five columns of counts for each of them.
        long counts = HeapBytes.ofTable(8 * 5, COLUMNS);
        return columns + concurrency * (queries + counts + HeapBytes.ofTable(GroupRanker.BLOCK, COLUMNS));
    }

    /**
     * A fixed subset of some facts, for a cheap look at a model while it is trained: those with the smallest hashes of
     * their keys, in the order in which they were. Which ones depends on the keys alone, so adding a fact changes the
     * subset by one fact at most.
     *
     * @param most how many facts at most
     */
    public static Facts sample(Facts facts, int most) {
        int n = facts.count();
        if (n <= most) {
            return facts;
        }
        long[] hashes = new long[n];
        for (int i = 0; i < n; i++) {
            hashes[i] = CounterHash.hash(SAMPLE_SEED, facts.key(i), 0, 0);
        }
        long[] sorted = hashes.clone();
        Arrays.sort(sorted);
        int[] chosen = new int[most];
        int found = 0;
        for (int i = 0; i < n && found < most; i++) {
            if (hashes[i] < sorted[most]) {
                chosen[found++] = i;
            }
        }
        return facts.select(Arrays.copyOf(chosen, found));
    }

    /** Metrics of (h, r, ?), filtered, realistic ties. */
    public RankingMetrics tail() {
        return metrics(Filtering.FILTERED, Ties.REALISTIC, SideSelection.TAIL);
    }

    /** Metrics of (?, r, t), filtered, realistic ties. */
    public RankingMetrics head() {
        return metrics(Filtering.FILTERED, Ties.REALISTIC, SideSelection.HEAD);
    }

    /** Metrics of the two sides together, filtered, realistic ties. */
    public RankingMetrics both() {
        return metrics(Filtering.FILTERED, Ties.REALISTIC, SideSelection.BOTH);
    }

    /** Metrics of all facts. */
    public RankingMetrics metrics(Filtering filtering, Ties ties, SideSelection sides) {
        return metrics(0, facts.count(), filtering, ties, sides);
    }

    /** Metrics of the facts of one relation; without any, the number of queries is 0 and the means are NaN. */
    public RankingMetrics metrics(int relation, Filtering filtering, Ties ties, SideSelection sides) {
        return metrics(starts[relation], starts[relation + 1], filtering, ties, sides);
    }

    /**
     * The figures of one relation.
     *
     * @param relation the relation
     * @param tail metrics of (h, r, ?), filtered, realistic ties
     * @param head metrics of (?, r, t), filtered, realistic ties
     * @param both metrics of the two sides together, filtered, realistic ties
     */
    public record OfRelation(int relation, RankingMetrics tail, RankingMetrics head, RankingMetrics both) {}

    /** The figures of one relation; without facts, the number of queries is 0 and the means are NaN. */
    public OfRelation ofRelation(int relation) {
        return new OfRelation(
                relation,
                metrics(relation, Filtering.FILTERED, Ties.REALISTIC, SideSelection.TAIL),
                metrics(relation, Filtering.FILTERED, Ties.REALISTIC, SideSelection.HEAD),
                metrics(relation, Filtering.FILTERED, Ties.REALISTIC, SideSelection.BOTH));
    }

    /** The relations of the ranked facts, ascending. */
    public int[] relations() {
        int[] found = new int[facts.relationCount()];
        int n = 0;
        for (int relation = 0; relation < found.length; relation++) {
            if (starts[relation] < starts[relation + 1]) {
                found[n++] = relation;
            }
        }
        return Arrays.copyOf(found, n);
    }

    /** The share of queries with a rank of at most {@code k}; NaN without queries. */
    public double hits(int k, Filtering filtering, Ties ties, SideSelection sides) {
        int n = facts.count();
        int end = sides == SideSelection.TAIL ? n : 2 * n;
        int hits = 0;
        int queries = 0;
        for (int place = sides == SideSelection.HEAD ? n : 0; place < end; place++) {
            queries++;
            hits += ranks.rank(place, filtering, ties) <= k ? 1 : 0;
        }
        return (double) hits / queries;
    }

    /**
     * The rank of the true answer of one query.
     *
     * @param fact index among the ranked facts
     * @param side TAIL: of (h, r, ?); HEAD: of (?, r, t)
     * @return from 1, a multiple of 1/2
     */
    public double rank(int fact, Side side, Filtering filtering, Ties ties) {
        return ranks.rank(side == Side.TAIL ? fact : facts.count() + fact, filtering, ties);
    }

    private RankingMetrics metrics(int from, int to, Filtering filtering, Ties ties, SideSelection sides) {
        RankingMetrics.Sums sums = new RankingMetrics.Sums();
        if (sides != SideSelection.HEAD) {
            add(from, to, 0, filtering, ties, sums);
        }
        if (sides != SideSelection.TAIL) {
            add(from, to, facts.count(), filtering, ties, sums);
        }
        return sums.means();
    }

    private void add(int from, int to, int offset, Filtering filtering, Ties ties, RankingMetrics.Sums sums) {
        for (int i = from; i < to; i++) {
            int place = offset + factsByRelation[i];
            int candidates = filtering == Filtering.RAW ? entityCount : ranks.filteredCandidates(place);
            sums.add(ranks.rank(place, filtering, ties), candidates);
        }
    }
}
