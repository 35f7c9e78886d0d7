package io.github.whylink.influence.paths;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.influence.Explainer;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Chains of facts: paths of up to three steps from the head of a link to its tail, in either direction of the facts, by how
 * surely such paths mean such links.
 *
 * <pre>
 * chains(link)    = paths head → tail of 1, 2 or 3 facts that walk neither on the link itself nor on facts of
 *                   weight 0, and visit no entity twice
 * influence(f)    = the largest confidence(steps of the chain → relation) of the chains that walk on f
 * </pre>
 *
 * <p>Knows the graph and nothing of the model: what it says holds for whatever was trained on these facts, and an influence is
 * the confidence of a rule, from 0 to 1, no change of a probability. The order of the chains: the surer rule first, then the
 * shorter path, then the one that a walker is more likely to come along.
 *
 * <p>Bounded where entities have many facts. For two steps at most {@value #TWO_STEPS} steps are tried from the end that has
 * fewer; for three, pairs of a step from the head and one to the tail, {@value #PAIRS} in all; both in an order that is random
 * and always the same. Of the types of paths of three steps the {@value #TYPES} that the most paths have are asked about, of those of two
 * steps the {@value #TYPES} that look surest at a glance. So an explanation takes milliseconds to a few hundred of them, whatever the graph.
 * About 80 bytes per fact to index them.
 *
 * <p>That chains, with their confidence, find what a prediction rests on: Barile, d'Amato and Fanizzi, "eXpath: explaining
 * knowledge graph link prediction with ontological closed path rules", 2024, arXiv 2412.04846.
 */
public final class PathExplainer implements Explainer {
    private static final int TWO_STEPS = 4_096;
    private static final int PAIRS = 65_536;
    private static final int TYPES = 256;

    /** Three steps are told apart among up to a million relations. */
    private static final int STEP_BITS = 21;

    private static final long MIXED = 0x9E3779B97F4A7C15L;

    private final Facts facts;
    private final Runnable checkCancelled;
    private final FactGraph graph;
    private final int[][] byRelation;

    /**
     * Indexes the facts.
     *
     * @param checkCancelled called often, cancels by throwing
     */
    public PathExplainer(Facts facts, Runnable checkCancelled) {
        this.facts = facts;
        this.checkCancelled = checkCancelled;
        graph = new FactGraph(facts);
        byRelation = facts.byRelation();
    }

    @Override
    public String name() {
        return "paths";
    }

    /** The influences of all facts that are on a chain. */
    @Override
    public FactInfluences explain(Link link) {
        return influences(chains(link));
    }

    /** Of each fact the largest confidence of the chains that it is on; 0 where no such rule has ever held. */
    public static FactInfluences influences(List<Chain> chains) {
        TreeMap<Integer, Double> best = new TreeMap<>();
        for (Chain chain : chains) {
            for (int fact : chain.facts()) {
                best.merge(fact, chain.rule().confidence(), Math::max);
            }
        }
        return new FactInfluences(
                best.keySet().stream().mapToInt(fact -> fact).toArray(),
                best.values().stream().mapToDouble(value -> value).toArray());
    }

    /** The chains of a link, the most telling first. */
    public List<Chain> chains(Link link) {
        RuleConfidence confidence = new RuleConfidence(graph, byRelation, link);
        List<Chain> chains = new ArrayList<>();
        for (List<int[]> paths : paths(link, confidence)) {
            checkCancelled.run();
            RuleConfidence.Rule rule = confidence.of(steps(paths));
            for (int[] places : paths) {
                double chance = 1;
                int at = link.head();
                for (int place : places) {
                    chance /= graph.count(at, graph.step(place));
                    at = graph.destination(place);
                }
                chains.add(
                        new Chain(Arrays.stream(places).map(graph::fact).boxed().toList(), rule, chance));
            }
        }
        chains.sort(Comparator.comparingDouble((Chain chain) -> -chain.rule().confidence())
                .thenComparingInt(chain -> chain.facts().size())
                .thenComparingDouble(chain -> -chain.chance())
                .thenComparing(chain -> chain.facts(), PathExplainer::compare));
        return chains;
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            if (!one.get(i).equals(other.get(i))) {
                return one.get(i) - other.get(i);
            }
        }
        return one.size() - other.size();
    }

    /** Paths by their types. */
    private Collection<List<int[]>> paths(Link link, RuleConfidence confidence) {
        Map<Long, List<int[]>> ofOne = new HashMap<>();
        oneStep(link, ofOne);
        Map<Long, List<int[]>> ofTwo = new HashMap<>();
        twoSteps(link, ofTwo);
        Map<Long, List<int[]>> ofThree = new HashMap<>();
        threeSteps(link, ofThree);
        List<List<int[]>> found = new ArrayList<>(ofOne.values());
        found.addAll(first(ofTwo, paths -> {
            checkCancelled.run();
            return confidence.glance(steps(paths));
        }));
        found.addAll(first(ofThree, List::size));
        return found;
    }

    /** The types of the largest worth, all where they are few. */
    private static Collection<List<int[]>> first(Map<Long, List<int[]>> types, ToDoubleFunction<List<int[]>> worth) {
        if (types.size() <= TYPES) {
            return types.values();
        }
        PriorityQueue<Worth> largest = new PriorityQueue<>();
        types.forEach((type, paths) -> {
            largest.add(new Worth(worth.applyAsDouble(paths), type));
            if (largest.size() > TYPES) {
                largest.remove();
            }
        });
        return largest.stream().<List<int[]>>map(kept -> types.get(kept.type)).toList();
    }

    /** Of equal worths, the larger type is the smaller one. */
    private record Worth(double worth, long type) implements Comparable<Worth> {
        @Override
        public int compareTo(Worth other) {
            int order = Double.compare(worth, other.worth);
            return order == 0 ? Long.compare(other.type, type) : order;
        }
    }

    /** The steps of the paths of one type. */
    private List<Integer> steps(List<int[]> paths) {
        return Arrays.stream(paths.get(0)).map(graph::step).boxed().toList();
    }

    /** A number for each type of up to three steps, of which no two are the same and all bits count. */
    private long type(int[] places) {
        long type = 0;
        for (int place : places) {
            type = (type << STEP_BITS) | (graph.step(place) + 1);
        }
        return type * MIXED;
    }

    private void oneStep(Link link, Map<Long, List<int[]>> found) {
        int slot = graph.pairSlot(link.head(), link.tail());
        if (slot >= 0) {
            for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
                add(link, found, graph.between(i));
            }
        }
    }

    private void twoSteps(Link link, Map<Long, List<int[]>> found) {
        boolean fromHead = graph.degree(link.head()) <= graph.degree(link.tail());
        int from = fromHead ? link.head() : link.tail();
        int to = fromHead ? link.tail() : link.head();
        int most = Math.min(graph.degree(from), TWO_STEPS);
        for (int n = 0; n < most; n++) {
            checkCancelled.run();
            int first = graph.start(from) + n;
            int middle = graph.destination(first);
            int slot = middle == from || middle == to ? -1 : graph.pairSlot(middle, to);
            if (slot < 0) {
                continue;
            }
            for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
                int second = graph.between(i);
                if (fromHead) {
                    add(link, found, first, second);
                } else {
                    add(link, found, reversed(second, middle), reversed(first, from));
                }
            }
        }
    }

    private void threeSteps(Link link, Map<Long, List<int[]>> found) {
        int fromHead = Math.min(graph.degree(link.head()), 256);
        int fromTail = Math.min(graph.degree(link.tail()), PAIRS / Math.max(1, fromHead));
        fromHead = Math.min(graph.degree(link.head()), PAIRS / Math.max(1, fromTail));
        for (int n = 0; n < fromHead; n++) {
            checkCancelled.run();
            int first = graph.start(link.head()) + n;
            int x = graph.destination(first);
            if (x == link.head() || x == link.tail()) {
                continue;
            }
            for (int m = 0; m < fromTail; m++) {
                int last = graph.start(link.tail()) + m;
                int y = graph.destination(last);
                int slot = y == link.head() || y == link.tail() || y == x ? -1 : graph.pairSlot(x, y);
                if (slot < 0) {
                    continue;
                }
                for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
                    add(link, found, first, graph.between(i), reversed(last, link.tail()));
                }
            }
        }
    }

    /**
     * The place of the step that walks on the same fact the other way. O(facts between the two entities).
     *
     * @param place of a step from {@code origin} to another entity
     */
    private int reversed(int place, int origin) {
        int back = graph.back(graph.step(place));
        int slot = graph.pairSlot(graph.destination(place), origin);
        for (int i = graph.pairStart(slot); i < graph.pairEnd(slot); i++) {
            int other = graph.between(i);
            if (graph.fact(other) == graph.fact(place) && graph.step(other) == back) {
                return other;
            }
        }
        throw new AssertionError(
                "fact %d cannot be left from entity %d".formatted(graph.fact(place), graph.destination(place)));
    }

    private void add(Link link, Map<Long, List<int[]>> found, int... places) {
        for (int i = 0; i < places.length; i++) {
            int fact = graph.fact(places[i]);
            boolean isLink = facts.head(fact) == link.head()
                    && facts.relation(fact) == link.relation()
                    && facts.tail(fact) == link.tail();
            if (isLink || facts.weight(fact) == 0f) {
                return;
            }
            for (int j = 0; j < i; j++) {
                if (graph.fact(places[j]) == fact) {
                    return;
                }
            }
        }
        found.computeIfAbsent(type(places), type -> new ArrayList<>()).add(places);
    }
}
