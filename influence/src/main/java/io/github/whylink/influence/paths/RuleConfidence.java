package io.github.whylink.influence.paths;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.influence.Link;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How surely a path of some steps means that a relation leads from its start to its end.
 *
 * <pre>
 * confidence(steps → r) = closed / (walks + K)
 * walks:  facts of the first step, for each of which a walker goes on to one of the ends that the other steps lead to,
 *         all ways to take a step being equally likely
 * closed: those walks, by their chance, from whose start r leads to their end as well
 * </pre>
 *
 * <p>Asked about a link as if it were not there: nobody walks on it, and walks between its own ends do not count. A walk takes no fact
 * twice, and is not closed by a fact that it walks on. K doubts rules of few walks. Of the facts of the first step at most
 * {@value #STARTS} are taken, in an order that is random and always the same, and {@value #WALKS} walks in all; where there are fewer,
 * the confidence is exact. O({@value #WALKS} · log d) for each rule, which is then remembered for the relation. The form of the rules is that of
 * Galárraga, Teflioudi, Hose and Suchanek, "AMIE", WWW 2013, sampled like those of Meilicke, Chekol, Ruffinelli and Stuckenschmidt, "Anytime bottom-up rule
 * learning for knowledge graph completion", IJCAI 2019; walks by their chance: Lao, Mitchell and Cohen, EMNLP 2011.
 */
public final class RuleConfidence {
    static final int STARTS = 512;
    static final int WALKS = 2048;

    private static final int GLANCE = 8;

    /** Walks that a rule is held to have had without success. */
    static final double DOUBT = 5;

    private final FactGraph graph;
    private final Facts facts;
    private final int[][] byRelation;
    private final Link link;
    private final Map<List<Integer>, Rule> rules = new HashMap<>();

    /**
     * A rule and how it does on the graph.
     *
     * @param steps of the path, from the head of a link on: relation r along its direction, or {@code relations + r} against it
     * @param walks how many facts of the first step some path goes on from
     * @param closed as many of their walks as end where the relation leads, too, by their chance
     */
    public record Rule(List<Integer> steps, int walks, double closed) {
        /** Between 0 and 1. */
        public double confidence() {
            return closed / (walks + DOUBT);
        }
    }

    /**
     * Rules for the relation of a link.
     *
     * @param byRelation {@link Facts#byRelation} of the facts of the graph
     */
    RuleConfidence(FactGraph graph, int[][] byRelation, Link link) {
        this.graph = graph;
        this.facts = graph.facts();
        this.byRelation = byRelation;
        this.link = link;
    }

    Rule of(List<Integer> steps) {
        return rules.computeIfAbsent(steps, wanted -> measured(wanted, STARTS, WALKS));
    }

    /** The confidence by an eighth of the walks, to tell which rules are worth all of them. */
    double glance(List<Integer> steps) {
        return measured(steps, STARTS / GLANCE, WALKS / GLANCE).confidence();
    }

    private Rule measured(List<Integer> steps, int mostStarts, int mostWalks) {
        boolean along = steps.get(0) < facts.relationCount();
        int[] members = byRelation[along ? steps.get(0) : graph.back(steps.get(0))];
        int starts = Math.min(members.length, mostStarts);
        int each = mostWalks / Math.max(1, starts);
        // A stride that has no divisor in common with the number comes along all of them in an order that looks random.
        long stride = coprime(members.length);
        int walks = 0;
        double closed = 0;
        Walk walk = new Walk(steps);
        for (int n = 0; n < starts; n++) {
            int fact = members[(int) (n * stride % members.length)];
            if (teaches(fact)) {
                walk.from(fact, along, each);
                if (walk.weight > 0) {
                    walks++;
                    closed += walk.closed / walk.weight;
                }
            }
        }
        return new Rule(steps, walks, closed);
    }

    private static long coprime(int count) {
        long stride = Math.max(1, (long) (count * 0.6180339887));
        while (gcd(stride, count) != 1) {
            stride++;
        }
        return stride;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Not the link itself, which is to be explained, nor a fact of weight 0, which no model learnt from. */
    private boolean teaches(int fact) {
        boolean isLink = facts.head(fact) == link.head()
                && facts.relation(fact) == link.relation()
                && facts.tail(fact) == link.tail();
        return !isLink && facts.weight(fact) > 0;
    }

    /** All ways on from one fact, or a fair sample of them. */
    private final class Walk {
        private final List<Integer> steps;
        private final int[] taken;
        private int start;
        double weight;
        double closed;

        Walk(List<Integer> steps) {
            this.steps = steps;
            taken = new int[steps.size()];
        }

        void from(int fact, boolean along, int most) {
            weight = 0;
            closed = 0;
            start = along ? facts.head(fact) : facts.tail(fact);
            taken[0] = fact;
            goOn(along ? facts.tail(fact) : facts.head(fact), 1, 1, most);
        }

        private void goOn(int at, int depth, double chance, int most) {
            if (depth == steps.size()) {
                arrive(at, chance);
                return;
            }
            int kind = graph.kind(at, steps.get(depth));
            if (kind < 0) {
                return;
            }
            int ways = graph.kindCount(kind);
            int walked = Math.min(ways, most);
            int first = CounterHash.bounded(CounterHash.hash(taken[0], at, depth, 0), ways);
            for (int n = 0; n < walked; n++) {
                int place = graph.place(kind, (first + n) % ways);
                int fact = graph.fact(place);
                if (teaches(fact) && !isTaken(fact, depth)) {
                    taken[depth] = fact;
                    goOn(graph.destination(place), depth + 1, chance / walked, most / walked);
                }
            }
        }

        private void arrive(int end, double chance) {
            if (start == link.head() && end == link.tail()) {
                return;
            }
            weight += chance;
            int slot = graph.pairSlot(start, end);
            if (slot < 0) {
                return;
            }
            for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
                int place = graph.between(i);
                if (graph.step(place) == link.relation()
                        && facts.weight(graph.fact(place)) > 0
                        && !isTaken(graph.fact(place), steps.size())) {
                    closed += chance;
                    return;
                }
            }
        }

        private boolean isTaken(int fact, int depth) {
            for (int i = 0; i < depth; i++) {
                if (taken[i] == fact) {
                    return true;
                }
            }
            return false;
        }
    }
}
