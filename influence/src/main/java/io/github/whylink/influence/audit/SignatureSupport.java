package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.influence.paths.FactGraph;

/**
 * Whether head and tail are the sort of entity that the relation is used with. The signature of an entity is the set of
 * steps (relation and direction) that leave it.
 *
 * <pre>
 * fit(entity, role u) over the other steps s of the entity:  log  ( (both(s, u) + K·p(u)) / (with(s) + K) ) / p(u)
 * meet(r) over steps a of the head, b of the tail:           log  ( (pairs_r(a, b) + K·e) / (e + K·e) ),  e = heads_r(a) · tails_r(b) / facts(r)
 * </pre>
 *
 * <p>where {@code both(s, u)} counts entities with both steps, {@code p(u)} is the share of entities with the role, and
 * {@code pairs_r} counts facts of r. All counts leave out what the fact itself adds to them. O(facts · steps of an
 * entity); of ends with more than a dozen different steps a fair sample meets. Also counts the other facts around.
 */
final class SignatureSupport {
    private static final double DOUBT = 2;

    /** Different steps of an end of which each meets each of the other end's. */
    private static final int MEETING = 12;

    private final FactGraph graph;
    private final Facts facts;
    private final int steps;
    private final float[] with;
    private final LongCounts both = new LongCounts();

    private SignatureSupport(FactGraph graph) {
        this.graph = graph;
        facts = graph.facts();
        steps = graph.stepCount();
        with = new float[steps];
        for (int e = 0; e < facts.entityCount(); e++) {
            for (int i = graph.kindStart(e); i < graph.kindEnd(e); i++) {
                with[graph.kindStep(i)]++;
                for (int j = graph.kindStart(e); j < graph.kindEnd(e); j++) {
                    both.add((long) graph.kindStep(i) * steps + graph.kindStep(j), 1f);
                }
            }
        }
    }

    /** Fills the signals of signatures and degrees. */
    static void fill(FactGraph graph, SignalTable table, Team team, Runnable checkCancelled) {
        SignatureSupport support = new SignatureSupport(graph);
        int[][] byRelation = graph.facts().byRelation();
        team.run(byRelation.length, (worker, relation) -> {
            Runnable check = worker == 0 ? checkCancelled : () -> {};
            check.run();
            support.fill(byRelation[relation], table, check);
        });
    }

    private void fill(int[] members, SignalTable table, Runnable checkCancelled) {
        LongCounts pairs = new LongCounts();
        float[] heads = new float[steps];
        float[] tails = new float[steps];
        int[] a = new int[MEETING];
        int[] b = new int[MEETING];
        for (int i = 0; i < members.length; i++) {
            if (i % 1024 == 0) {
                checkCancelled.run();
            }
            count(members[i], a, b, pairs, heads, tails);
        }
        for (int i = 0; i < members.length; i++) {
            if (i % 1024 == 0) {
                checkCancelled.run();
            }
            int fact = members[i];
            int relation = facts.relation(fact);
            int head = facts.head(fact);
            int tail = facts.tail(fact);
            fit(fact, head, relation, Signal.HEAD_SIGNATURE, Signal.HEAD_MISFIT, table);
            fit(fact, tail, graph.back(relation), Signal.TAIL_SIGNATURE, Signal.TAIL_MISFIT, table);
            meet(fact, members.length, a, b, pairs, heads, tails, table);
            table.set(Signal.HEAD_DEGREE, fact, Math.log1p(graph.degree(head) - (head == tail ? 2 : 1)));
            table.set(Signal.TAIL_DEGREE, fact, Math.log1p(graph.degree(tail) - (head == tail ? 2 : 1)));
            table.set(Signal.HEAD_USES, fact, Math.log(graph.count(head, relation)));
            table.set(Signal.TAIL_USES, fact, Math.log(graph.count(tail, graph.back(relation))));
            table.set(Signal.RELATION_USES, fact, Math.log(members.length));
        }
    }

    private void fit(int fact, int entity, int role, Signal meanSignal, Signal leastSignal, SignalTable table) {
        boolean onlyByFact = graph.count(entity, role) == 1;
        double base = Math.max(1, with[role] - (onlyByFact ? 1 : 0)) / facts.entityCount();
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        int n = 0;
        for (int kind = graph.kindStart(entity); kind < graph.kindEnd(entity); kind++) {
            int step = graph.kindStep(kind);
            if (step != role && !isOnlyBy(fact, entity, kind)) {
                double together = both.get((long) step * steps + role) - (onlyByFact ? 1 : 0);
                double fit = Math.log((together + DOUBT * base) / ((with[step] + DOUBT) * base));
                sum += fit;
                least = Math.min(least, fit);
                n++;
            }
        }
        if (n > 0) {
            table.set(meanSignal, fact, sum / n);
            table.set(leastSignal, fact, least);
        }
    }

    /** Whether an entity has a step by this fact alone. */
    private boolean isOnlyBy(int fact, int entity, int kind) {
        int step = graph.kindStep(kind);
        int relation = facts.relation(fact);
        boolean byFact = (step == relation && facts.head(fact) == entity)
                || (step == graph.back(relation) && facts.tail(fact) == entity);
        return byFact && graph.kindCount(kind) == 1;
    }

    private void count(int fact, int[] a, int[] b, LongCounts pairs, float[] heads, float[] tails) {
        int n = signature(fact, facts.head(fact), a);
        int m = signature(fact, facts.tail(fact), b);
        for (int i = 0; i < n; i++) {
            heads[a[i]]++;
            for (int j = 0; j < m; j++) {
                pairs.add((long) a[i] * steps + b[j], 1f);
            }
        }
        for (int j = 0; j < m; j++) {
            tails[b[j]]++;
        }
    }

    private void meet(
            int fact, int size, int[] a, int[] b, LongCounts pairs, float[] heads, float[] tails, SignalTable table) {
        int n = signature(fact, facts.head(fact), a);
        int m = signature(fact, facts.tail(fact), b);
        if (n == 0 || m == 0 || size < 2) {
            return;
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                double expected = (heads[a[i]] - 1.0 + 0.5) * (tails[b[j]] - 1.0 + 0.5) / (size - 1);
                double observed = pairs.get((long) a[i] * steps + b[j]) - 1.0;
                sum += Math.log((observed + 0.5) / (expected + 0.5));
            }
        }
        table.set(Signal.SIGNATURES, fact, sum / (n * m));
    }

    /** The steps at an end that are not the fact's alone; a sample of them where there are many. */
    private int signature(int fact, int entity, int[] out) {
        int kinds = graph.kindEnd(entity) - graph.kindStart(entity);
        int from = (int) ((CounterHash.hash(13, facts.key(fact), entity, 0) >>> 33) % kinds);
        int n = 0;
        for (int i = 0; i < kinds && n < out.length; i++) {
            int kind = graph.kindStart(entity) + (from + i) % kinds;
            if (!isOnlyBy(fact, entity, kind)) {
                out[n++] = graph.kindStep(kind);
            }
        }
        return n;
    }
}
