package io.github.whylink.influence.transplant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Few facts of a link's head that make the prediction hold for others, too.
 *
 * <pre>
 * until the prediction holds for as many hosts as wanted
 *   of the first {@value #BREADTH} facts of the order that are not given yet, give the hosts the one with which it holds for most
 * leave out each fact, the first given first, without which it still does
 * </pre>
 *
 * <p>More facts do not always help: those that say nothing draw a row elsewhere. So each is tried out, and of what comes out
 * no single fact can be spared; another set may be smaller still. At most {@value #BREADTH} + 1 row trainings for each fact
 * given, see {@link Transplant}.
 *
 * @param facts indexes, in the order in which they were given
 * @param holding for how many hosts the prediction holds with these facts
 * @param enough whether these are as many as wanted; if not, no set that was tried made it hold for more
 * @param trials how many sets were tried out
 */
public record SufficientFacts(List<Integer> facts, int holding, boolean enough, int trials) {
    private static final int BREADTH = 8;

    public SufficientFacts {
        facts = List.copyOf(facts);
    }

    /** How many sets are tried out at most. */
    public static int mostTrials(int ordered, int most) {
        int given = Math.min(ordered, most);
        return Math.min(ordered, BREADTH) * given + given;
    }

    /**
     * Searches.
     *
     * @param ordered the facts that may be given, the most promising first
     * @param most how many to give at most
     * @param wanted for how many hosts the prediction has to hold, at least 1
     * @param tried told how many sets were tried out
     */
    public static SufficientFacts of(
            Transplant transplant, List<Integer> ordered, int most, int wanted, IntConsumer tried) {
        Search search = new Search(transplant, tried);
        List<Integer> given = List.of();
        List<Integer> best = given;
        while (search.holding(given) < wanted && given.size() < Math.min(most, ordered.size())) {
            List<Integer> before = given;
            List<Integer> next = null;
            for (int fact : ordered.stream()
                    .filter(fact -> !before.contains(fact))
                    .limit(BREADTH)
                    .toList()) {
                List<Integer> more = new ArrayList<>(before);
                more.add(fact);
                if (next == null || search.holding(more) > search.holding(next)) {
                    next = more;
                }
            }
            given = next;
            best = search.holding(given) > search.holding(best) ? given : best;
        }
        if (search.holding(given) < wanted) {
            return new SufficientFacts(best, search.holding(best), false, search.known.size());
        }
        // The last one is needed: without it they were too few.
        for (int fact : given.subList(0, given.size() - 1)) {
            List<Integer> fewer = new ArrayList<>(given);
            fewer.remove((Integer) fact);
            given = search.holding(fewer) >= wanted ? fewer : given;
        }
        return new SufficientFacts(given, search.holding(given), true, search.known.size());
    }

    /** Tries each set out once. */
    private static final class Search {
        final Map<List<Integer>, Integer> known = new HashMap<>();
        private final Transplant transplant;
        private final IntConsumer tried;

        Search(Transplant transplant, IntConsumer tried) {
            this.transplant = transplant;
            this.tried = tried;
        }

        int holding(List<Integer> facts) {
            if (facts.isEmpty()) {
                return 0;
            }
            Integer before = known.get(facts);
            if (before != null) {
                return before;
            }
            int holding =
                    transplant.holding(facts.stream().mapToInt(fact -> fact).toArray());
            known.put(List.copyOf(facts), holding);
            tried.accept(known.size());
            return holding;
        }
    }
}
