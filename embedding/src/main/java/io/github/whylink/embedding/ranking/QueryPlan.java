package io.github.whylink.embedding.ranking;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import java.util.Arrays;

/**
 * The distinct queries of some facts, each with the places of its answers.
 *
 * <p>Many facts ask the same: of the 40,932 queries of FB15k-237's test facts 22,850 differ, and only those need scores.
 * The queries come in descending order of how many answers they have, so that in any run of queries those with at least
 * {@code m} answers come first.
 *
 * <p>Place {@code i} is the tail query of fact {@code i}, place {@code n + i} its head query.
 */
final class QueryPlan {
    private static final int BITS_OF_ID = 31;

    private final Facts facts;
    private final long[] queries;

    /** The places of query {@code q} stand from {@code starts[q]} to before {@code starts[q + 1]}. */
    private final int[] starts;

    private final int[] places;

    QueryPlan(Facts facts) {
        this.facts = facts;
        int n = facts.count();
        long[] asked = new long[2 * n];
        for (int i = 0; i < n; i++) {
            asked[i] = pack(0, facts.relation(i), facts.head(i));
            asked[n + i] = pack(1, facts.relation(i), facts.tail(i));
        }
        long[] distinct = distinct(asked);
        int[] distinctOf = new int[asked.length];
        int[] counts = new int[distinct.length];
        for (int place = 0; place < asked.length; place++) {
            distinctOf[place] = Arrays.binarySearch(distinct, asked[place]);
            counts[distinctOf[place]]++;
        }
        int[] order = byDescending(counts);
        queries = new long[distinct.length];
        starts = new int[distinct.length + 1];
        int[] next = new int[distinct.length];
        for (int q = 0; q < distinct.length; q++) {
            queries[q] = distinct[order[q]];
            next[order[q]] = starts[q];
            starts[q + 1] = starts[q] + counts[order[q]];
        }
        places = new int[asked.length];
        for (int place = 0; place < asked.length; place++) {
            places[next[distinctOf[place]]++] = place;
        }
    }

    /** Number of distinct queries. */
    int count() {
        return queries.length;
    }

    /** Which end is asked for. */
    Side side(int query) {
        return queries[query] >>> (2 * BITS_OF_ID) == 0 ? Side.TAIL : Side.HEAD;
    }

    int relation(int query) {
        return (int) (queries[query] >>> BITS_OF_ID) & Integer.MAX_VALUE;
    }

    /** The end that is given. */
    int entity(int query) {
        return (int) queries[query] & Integer.MAX_VALUE;
    }

    /** How many facts ask the query; never more than ask the query before. */
    int answerCount(int query) {
        return starts[query + 1] - starts[query];
    }

    /** The place of one of the query's answers. */
    int place(int query, int answer) {
        return places[starts[query] + answer];
    }

    /** The true answer at a place. */
    int entityAt(int place) {
        int n = facts.count();
        return place < n ? facts.tail(place) : facts.head(place - n);
    }

    private static long pack(long side, long relation, long entity) {
        return side << (2 * BITS_OF_ID) | relation << BITS_OF_ID | entity;
    }

    private static long[] distinct(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[n++] = sorted[i];
            }
        }
        return Arrays.copyOf(sorted, n);
    }

    /** The indexes of some counts, those of the largest first, those of equal ones ascending. */
    private static int[] byDescending(int[] counts) {
        long[] sorted = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            sorted[i] = (long) -counts[i] << 32 | i;
        }
        Arrays.sort(sorted);
        int[] order = new int[counts.length];
        for (int i = 0; i < counts.length; i++) {
            order[i] = (int) sorted[i];
        }
        return order;
    }
}
