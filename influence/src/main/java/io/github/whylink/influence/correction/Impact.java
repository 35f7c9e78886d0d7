package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.MatrixKernel;
import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.embedding.ranking.QueryGroup;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.influence.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;

/**
 * What an edit does to other links: whose probability changes most.
 *
 * <pre>
 * for each query (head, relation, ?) that some fact asks, and that the edit reaches:
 *   Δ = p'(tail) - p(tail)     of each fact that answers it, and of its best new answer before and after
 * the links with the largest |Δ|
 * </pre>
 *
 * <p>An edit reaches a query whose head or relation row differs, and one that has a fact whose tail row does. Other queries change by no
 * more than what the moved rows weigh among their answers, and are not looked at: they are nearly all there are. The probability is the softmax
 * over all entities as the tail. A new answer
 * is one that no fact names, and not the head itself unless the relation has facts from an entity to itself.
 *
 * <p>The queries are scored in groups by matrix products: O(queries · entities · d), space for the scores of some dozen queries. What is
 * returned is computed again as everywhere else, to the bit.
 */
public final class Impact {
    /** Queries that are scored together. */
    private static final int GROUP = 64;

    /** Single precision may take one for another at the end of the list: so many more are computed exactly. */
    private static final int SPARE = 16;

    private final EmbeddingModel before;
    private final EmbeddingModel after;
    private final Facts facts;
    private final Known known;
    private final IntPredicate selfLoops;
    private final Runnable checkCancelled;
    private final MatrixKernel kernel = MatrixKernels.fastest();
    private final BitSet entities;
    private final BitSet relations;

    /** Which answers to a query are not new. */
    @FunctionalInterface
    public interface Known {
        /** Returns them, ascending, without repetition. */
        int[] answers(Side side, int entity, int relation);
    }

    /**
     * Compares a model with an edit of it.
     *
     * @param edited of that model
     * @param facts which may be affected, and which ask the queries
     * @param known all answers that are not new, those of the facts among them
     * @param selfLoops which relations lead from an entity to itself
     * @param checkCancelled called before each group of queries, cancels by throwing
     */
    public Impact(
            EmbeddingModel model,
            EditedModel edited,
            Facts facts,
            Known known,
            IntPredicate selfLoops,
            Runnable checkCancelled) {
        before = model;
        after = edited.model();
        this.facts = facts;
        this.known = known;
        this.selfLoops = selfLoops;
        this.checkCancelled = checkCancelled;
        entities = edited.changed(Table.ENTITIES);
        relations = edited.changed(Table.RELATIONS);
    }

    /**
     * A link whose probability changes.
     *
     * @param fact which of the facts it is; -1 for a new answer
     * @param before probability in the model
     * @param after probability in the edited model
     */
    public record Affected(Link link, int fact, double before, double after) {
        /** Below 0 where the edit makes the link less probable. */
        public double change() {
            return after - before;
        }
    }

    /** Which links are asked for. */
    public enum Among {
        /** Facts and new answers. */
        ALL,
        FACTS,
        /** New answers alone. */
        PREDICTIONS
    }

    /**
     * The links that the edit changes most, by the size of the change; of equal ones the facts first, in their order.
     *
     * @param except indexes of facts that are left out
     */
    public List<Affected> most(int count, Among among, BitSet except) {
        int[] order = queries();
        // The one that changes least is at the head.
        Comparator<Affected> least = Comparator.comparingDouble(affected -> Math.abs(affected.change()));
        PriorityQueue<Affected> largest = new PriorityQueue<>(least);
        Scored scoredBefore = new Scored(before);
        Scored scoredAfter = new Scored(after);
        int at = 0;
        while (at < order.length) {
            checkCancelled.run();
            int[] first = new int[GROUP + 1];
            int queries = 0;
            while (at < order.length && queries < GROUP) {
                first[queries] = at;
                scoredBefore.set(queries, order[at]);
                scoredAfter.set(queries, order[at]);
                at = next(order, at);
                queries++;
                first[queries] = at;
            }
            scoredBefore.score(queries);
            scoredAfter.score(queries);
            for (int query = 0; query < queries; query++) {
                if (among != Among.PREDICTIONS) {
                    for (int place = first[query]; place < first[query + 1]; place++) {
                        if (!except.get(order[place])) {
                            offer(largest, count + SPARE, scoredBefore, scoredAfter, query, order[place], -1);
                        }
                    }
                }
                if (among != Among.FACTS) {
                    int asks = order[first[query]];
                    int was = bestNew(scoredBefore, query, asks);
                    int is = bestNew(scoredAfter, query, asks);
                    if (was >= 0) {
                        offer(largest, count + SPARE, scoredBefore, scoredAfter, query, asks, was);
                    }
                    if (is >= 0 && is != was) {
                        offer(largest, count + SPARE, scoredBefore, scoredAfter, query, asks, is);
                    }
                }
            }
        }
        return exact(largest, count);
    }

    /** The facts whose queries the edit reaches, those of one query next to each other. */
    private int[] queries() {
        BitSet reached = new BitSet();
        int[] byQuery = new int[facts.count()];
        long[] keys = new long[facts.count()];
        for (int fact = 0; fact < keys.length; fact++) {
            keys[fact] = key(fact);
        }
        long[] sorted = keys.clone();
        Arrays.sort(sorted);
        int distinct = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[distinct++] = sorted[i];
            }
        }
        int[] counts = new int[distinct + 1];
        for (int fact = 0; fact < keys.length; fact++) {
            byQuery[fact] = Arrays.binarySearch(sorted, 0, distinct, keys[fact]);
            counts[byQuery[fact] + 1]++;
            if (entities.get(facts.head(fact))
                    || relations.get(facts.relation(fact))
                    || entities.get(facts.tail(fact))) {
                reached.set(byQuery[fact]);
            }
        }
        for (int query = 0; query < distinct; query++) {
            counts[query + 1] += counts[query];
        }
        int[] order = new int[keys.length];
        for (int fact = 0; fact < keys.length; fact++) {
            order[counts[byQuery[fact]]++] = fact;
        }
        int kept = 0;
        for (int fact : order) {
            if (reached.get(byQuery[fact])) {
                order[kept++] = fact;
            }
        }
        return Arrays.copyOf(order, kept);
    }

    private long key(int fact) {
        return (long) facts.relation(fact) << 32 | facts.head(fact);
    }

    /** Where the facts of the next query begin. */
    private int next(int[] order, int from) {
        int to = from + 1;
        while (to < order.length && key(order[to]) == key(order[from])) {
            to++;
        }
        return to;
    }

    /** The best answer that no fact names; -1 if there is none. */
    private int bestNew(Scored scored, int query, int fact) {
        int head = facts.head(fact);
        int relation = facts.relation(fact);
        int[] others = known.answers(Side.TAIL, head, relation);
        int self = selfLoops.test(relation) ? -1 : head;
        int place = 0;
        int best = -1;
        for (int e = 0; e < scored.scores.length; e++) {
            if (place < others.length && others[place] == e) {
                place++;
            } else if (e != self && (best < 0 || scored.scores[e][query] > scored.scores[best][query])) {
                best = e;
            }
        }
        return best;
    }

    /** Keeps a link if it is among the largest changes so far. {@code tail} is that of a new answer, -1 where it is the fact's. */
    private void offer(
            PriorityQueue<Affected> largest,
            int most,
            Scored scoredBefore,
            Scored scoredAfter,
            int query,
            int fact,
            int tail) {
        int answer = tail < 0 ? facts.tail(fact) : tail;
        double was = scoredBefore.probability(query, answer);
        double is = scoredAfter.probability(query, answer);
        if (largest.size() < most
                || Math.abs(is - was) > Math.abs(largest.element().change())) {
            largest.add(new Affected(
                    new Link(facts.head(fact), facts.relation(fact), answer), tail < 0 ? fact : -1, was, is));
            if (largest.size() > most) {
                largest.remove();
            }
        }
    }

    private List<Affected> exact(PriorityQueue<Affected> largest, int count) {
        float[] query = new float[before.parameters().entities()[0].length];
        float[] scores = new float[before.entityCount()];
        List<Affected> exact = new ArrayList<>();
        for (Affected affected : largest) {
            Link link = affected.link;
            before.scores(Side.TAIL, link.head(), link.relation(), query, scores);
            double was = Softmax.probability(scores, link.tail());
            after.scores(Side.TAIL, link.head(), link.relation(), query, scores);
            double is = Softmax.probability(scores, link.tail());
            exact.add(new Affected(link, affected.fact, was, is));
        }
        exact.sort(Comparator.comparingDouble((Affected affected) -> -Math.abs(affected.change()))
                .thenComparing(affected -> affected.fact < 0)
                .thenComparingInt(Affected::fact)
                .thenComparingInt(affected -> affected.link.relation())
                .thenComparingInt(affected -> affected.link.head())
                .thenComparingInt(affected -> affected.link.tail()));
        return exact.subList(0, Math.min(count, exact.size()));
    }

    /** The scores of a group of queries in one of the two models, and what makes probabilities of them. */
    private final class Scored {
        private final EmbeddingModel model;
        private final QueryGroup group;

        /** {@code [entity][query]}. */
        private final float[][] scores;

        private final float[] greatest = new float[GROUP];
        private final float[] sums = new float[GROUP];
        private final float[] row = new float[GROUP];

        Scored(EmbeddingModel model) {
            this.model = model;
            group = new QueryGroup(model, GROUP);
            scores = new float[model.entityCount()][GROUP];
        }

        void set(int query, int fact) {
            group.set(query, Side.TAIL, facts.head(fact), facts.relation(fact));
        }

        void score(int queries) {
            group.score(model.parameters().entities(), scores.length, queries, scores);
            Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
            Arrays.fill(sums, 0f);
            for (float[] ofEntity : scores) {
                for (int j = 0; j < queries; j++) {
                    greatest[j] = Math.max(greatest[j], ofEntity[j]);
                }
            }
            for (float[] ofEntity : scores) {
                System.arraycopy(ofEntity, 0, row, 0, queries);
                kernel.expAndSum(row, greatest, sums, queries);
            }
        }

        double probability(int query, int entity) {
            return Math.exp((double) scores[entity][query] - greatest[query]) / sums[query];
        }
    }
}
