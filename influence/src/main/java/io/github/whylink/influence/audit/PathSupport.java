package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.influence.paths.FactGraph;
import java.util.Arrays;

/**
 * How surely the other facts imply a fact: rules whose body is a path of one, two or three steps between its ends.
 *
 * <pre>
 * confidence(path type p → r), without f = ( closed(p, r) - closed by f ) / ( walks(p) + K )
 * closed(p, r): walks of type p from head to tail of a fact of r, that fact itself not walked on
 * walks(p):     all walks of type p; for three steps a, b, c taken as walks(a, b) · walks(b, c) / walks(b)
 * </pre>
 *
 * <p>A fact is asked about as if it were not there: no path walks on it, and what it closed itself does not count for the
 * rule, so that a rule that only the fact obeys says nothing. That holds for canaries and for the facts of the graph in the
 * same way. K doubts rules of few walks. Of entities with many facts a fair sample of the steps is walked, and counts for
 * all of them.
 *
 * <p>O(facts · SAMPLE²) look-ups, twice; in parallel over the relations. The form of the rules is that of Galárraga, Teflioudi,
 * Hose and Suchanek, "AMIE: association rule mining under incomplete evidence in ontological knowledge bases", WWW 2013.
 */
final class PathSupport {
    private static final float DOUBT = 5f;

    /** Steps of an end that are walked for paths of two hops, and of three. */
    private static final int LONG_SAMPLE = 128;

    private static final int SAMPLE = 16;

    /** Different paths between two ends that are told apart. */
    private static final int MOST_PATHS = 512;

    private final FactGraph graph;
    private final Facts facts;
    private final int steps;
    private final float[] walks1;
    private final LongCounts walks2 = new LongCounts();

    private PathSupport(FactGraph graph) {
        this.graph = graph;
        facts = graph.facts();
        steps = graph.stepCount();
        walks1 = new float[steps];
        for (int e = 0; e < facts.entityCount(); e++) {
            for (int i = graph.kindStart(e); i < graph.kindEnd(e); i++) {
                walks1[graph.kindStep(i)] += graph.kindCount(i);
                for (int j = graph.kindStart(e); j < graph.kindEnd(e); j++) {
                    walks2.add(
                            (long) graph.back(graph.kindStep(i)) * steps + graph.kindStep(j),
                            (float) graph.kindCount(i) * graph.kindCount(j));
                }
            }
        }
    }

    /** Fills the signals of paths. */
    static void fill(FactGraph graph, SignalTable table, Team team, Runnable checkCancelled) {
        PathSupport support = new PathSupport(graph);
        int[][] byRelation = graph.facts().byRelation();
        team.run(byRelation.length, (worker, relation) -> {
            Runnable check = worker == 0 ? checkCancelled : () -> {};
            check.run();
            support.fill(byRelation[relation], table, check);
        });
    }

    private void fill(int[] members, SignalTable table, Runnable checkCancelled) {
        Found found = new Found();
        LongCounts closed = new LongCounts();
        for (int i = 0; i < members.length; i++) {
            if (i % 256 == 0) {
                checkCancelled.run();
            }
            found.walk(members[i]);
            for (int p = 0; p < found.count; p++) {
                closed.add(found.types[p], found.amounts[p]);
            }
        }
        for (int i = 0; i < members.length; i++) {
            if (i % 256 == 0) {
                checkCancelled.run();
            }
            found.walk(members[i]);
            judge(members[i], found, closed, table);
        }
    }

    private void judge(int fact, Found found, LongCounts closed, SignalTable table) {
        int forward = facts.relation(fact);
        double[] best = new double[4];
        double[] paths = new double[4];
        double doubt = 0;
        found.merge();
        for (int p = 0; p < found.count; p++) {
            long type = found.types[p];
            float own = found.amounts[p];
            int hops = type < steps ? 1 : type < (long) steps * steps + steps ? 2 : 3;
            // A mirror of the same relation closes, and is closed by, the fact that stands opposite.
            float others = closed.get(type) - (type == graph.back(forward) ? 2 * own : own);
            double confidence = Math.max(0, others) / (walks(type, hops) + DOUBT);
            confidence = Math.min(confidence, 0.99);
            best[hops] = Math.max(best[hops], confidence);
            paths[hops] += own;
            doubt -= Math.log1p(-confidence) * Math.min(own, 3f);
        }
        table.set(Signal.REVERSE, fact, best[1]);
        table.set(Signal.TWO_HOPS, fact, best[2]);
        table.set(Signal.THREE_HOPS, fact, best[3]);
        table.set(Signal.PATHS, fact, doubt);
        table.set(Signal.TWO_HOP_PATHS, fact, Math.log1p(paths[2]));
        table.set(Signal.THREE_HOP_PATHS, fact, Math.log1p(paths[3]));
    }

    private double walks(long type, int hops) {
        if (hops == 1) {
            return walks1[(int) type];
        }
        long square = (long) steps * steps;
        if (hops == 2) {
            return walks2.get(type - steps);
        }
        long rest = type - steps - square;
        long first = rest / square;
        long middle = rest / steps % steps;
        long last = rest % steps;
        return (double) walks2.get(first * steps + middle) * walks2.get(middle * steps + last) / walks1[(int) middle];
    }

    /** The paths between the ends of a fact; scratch space. */
    private final class Found {
        final long[] types = new long[MOST_PATHS];
        final float[] amounts = new float[MOST_PATHS];
        private final float[] unsorted = new float[MOST_PATHS];
        private final long[] order = new long[MOST_PATHS];
        int count;

        /** Finds the paths from head to tail that do not walk on the fact. */
        void walk(int fact) {
            count = 0;
            int head = facts.head(fact);
            int tail = facts.tail(fact);
            int direct = graph.pairSlot(head, tail);
            if (direct >= 0) {
                for (int i = graph.pairStart(direct); i < graph.pairEnd(direct); i++) {
                    int place = graph.between(i);
                    if (graph.fact(place) != fact) {
                        add(graph.step(place), 1f);
                    }
                }
            }
            int seed = (int) CounterHash.hash(11, facts.key(fact), 0, 0) & Integer.MAX_VALUE;
            twoSteps(fact, head, tail, seed);
            threeSteps(fact, head, tail, seed);
        }

        private void twoSteps(int fact, int head, int tail, int seed) {
            boolean fromHead = graph.degree(head) <= graph.degree(tail);
            int from = fromHead ? head : tail;
            int to = fromHead ? tail : head;
            int degree = graph.degree(from);
            int walked = Math.min(degree, LONG_SAMPLE);
            float each = (float) degree / walked;
            for (int n = 0; n < walked; n++) {
                int first = graph.start(from) + (seed % degree + n) % degree;
                if (graph.fact(first) == fact) {
                    continue;
                }
                int slot = graph.pairSlot(graph.destination(first), to);
                if (slot < 0) {
                    continue;
                }
                for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
                    int second = graph.between(i);
                    if (graph.fact(second) != fact && graph.fact(second) != graph.fact(first)) {
                        long a = graph.step(first);
                        long b = graph.step(second);
                        long type = fromHead ? a * steps + b : (long) graph.back((int) b) * steps + graph.back((int) a);
                        add(steps + type, each);
                    }
                }
            }
        }

        private void threeSteps(int fact, int head, int tail, int seed) {
            int headDegree = graph.degree(head);
            int tailDegree = graph.degree(tail);
            int fromHead = Math.min(headDegree, SAMPLE);
            int fromTail = Math.min(tailDegree, SAMPLE);
            float each = (float) headDegree / fromHead * ((float) tailDegree / fromTail);
            for (int n = 0; n < fromHead; n++) {
                int first = graph.start(head) + (seed % headDegree + n) % headDegree;
                int x = graph.destination(first);
                if (graph.fact(first) == fact || x == tail || x == head) {
                    continue;
                }
                for (int m = 0; m < fromTail; m++) {
                    int last = graph.start(tail) + (seed % tailDegree + m) % tailDegree;
                    int y = graph.destination(last);
                    if (graph.fact(last) == fact || y == head || y == tail || x == y) {
                        continue;
                    }
                    int slot = graph.pairSlot(x, y);
                    if (slot >= 0) {
                        long around = (long) graph.step(first) * steps * steps + graph.back(graph.step(last));
                        for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
                            add(
                                    steps + (long) steps * steps + around + (long) graph.step(graph.between(i)) * steps,
                                    each);
                        }
                    }
                }
            }
        }

        private void add(long type, float amount) {
            if (count < MOST_PATHS) {
                types[count] = type;
                amounts[count++] = amount;
            }
        }

        /** Adds up the paths of the same type. */
        void merge() {
            // Types and amounts are sorted together by packing the place behind the type: types are below 2^54.
            for (int p = 0; p < count; p++) {
                order[p] = types[p] << 9 | p;
            }
            Arrays.sort(order, 0, count);
            System.arraycopy(amounts, 0, unsorted, 0, count);
            int n = 0;
            for (int p = 0; p < count; p++) {
                long type = order[p] >>> 9;
                float amount = unsorted[(int) (order[p] & 511)];
                if (n > 0 && types[n - 1] == type) {
                    amounts[n - 1] += amount;
                } else {
                    types[n] = type;
                    amounts[n++] = amount;
                }
            }
            count = n;
        }
    }
}
