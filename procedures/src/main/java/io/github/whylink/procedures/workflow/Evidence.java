package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.paths.Chain;
import io.github.whylink.procedures.config.ExplainConfiguration.Direction;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.neo4j.graphdb.Relationship;

/**
 * The facts that a method credits with a link, and the way from them back to the graph.
 *
 * @param facts what the influences are about
 * @param spreads by how much the members of an ensemble differ about each of the same facts; empty for one model
 * @param relationships the relationship that is a fact
 * @param chains the facts in their chains, the most telling first; empty if the method does not say so
 */
record Evidence(
        Link link,
        Facts facts,
        FactInfluences influences,
        Optional<FactInfluences> spreads,
        IntFunction<Relationship> relationships,
        List<Chain> chains) {
    /** What a fact shares with the link where it shares nothing. */
    private static final String ELSEWHERE = "elsewhere in the graph";

    /** What it is where the link is a fact too, and the same. */
    private static final String ITSELF = "the fact itself";

    /** A fact and its influence. */
    record Credit(int fact, double influence) {}

    /** Of methods that know of no chains. */
    Evidence(
            Link link,
            Facts facts,
            FactInfluences influences,
            Optional<FactInfluences> spreads,
            IntFunction<Relationship> relationships) {
        this(link, facts, influences, spreads, relationships, List.of());
    }

    /**
     * The first facts in a direction, equal influences in the order of the facts; or chain by chain as they are walked on, each fact
     * once, and no part of a chain but of the first one.
     */
    List<Credit> first(int count, Direction direction) {
        return chains.isEmpty() || direction == Direction.OPPOSING
                ? strongest(count, direction)
                : alongChains(count, direction == Direction.SUPPORTING);
    }

    private List<Credit> alongChains(int count, boolean supporting) {
        Map<Integer, Credit> credits = new LinkedHashMap<>();
        for (Chain chain : chains) {
            if (supporting && chain.rule().confidence() <= 0) {
                break;
            }
            List<Integer> others = chain.facts().stream()
                    .filter(fact -> !credits.containsKey(fact))
                    .toList();
            if (!credits.isEmpty() && credits.size() + others.size() > count) {
                break;
            }
            others.stream()
                    .limit(count)
                    .forEach(fact ->
                            credits.put(fact, new Credit(fact, chain.rule().confidence())));
        }
        return List.copyOf(credits.values());
    }

    /** The number of the first chain that the fact is on, from 1; null where there are no chains. */
    Long chain(Credit credit) {
        for (int i = 0; i < chains.size(); i++) {
            if (chains.get(i).facts().contains(credit.fact)) {
                return i + 1L;
            }
        }
        return null;
    }

    /** The first facts in a direction; equal influences in the order of the facts. */
    private List<Credit> strongest(int count, Direction direction) {
        Comparator<Integer> supporting = Comparator.comparingDouble(place -> -influences.influence(place));
        Comparator<Integer> order =
                switch (direction) {
                    case ANY, SUPPORTING -> supporting;
                    case OPPOSING -> Comparator.comparingDouble(influences::influence);
                    case BOTH -> Comparator.comparingDouble(place -> -Math.abs(influences.influence(place)));
                };
        IntPredicate wanted =
                switch (direction) {
                    case ANY, BOTH -> place -> true;
                    case SUPPORTING -> place -> influences.influence(place) > 0;
                    case OPPOSING -> place -> influences.influence(place) < 0;
                };
        return IntStream.range(0, influences.count())
                .filter(wanted)
                .boxed()
                .sorted(order)
                .limit(count)
                .map(place -> new Credit(influences.fact(place), influences.influence(place)))
                .toList();
    }

    /** The standard deviation of a fact's influence over the members of an ensemble; null for one model. */
    Double spread(Credit credit) {
        if (spreads.isEmpty()) {
            return null;
        }
        int place = 0;
        while (influences.fact(place) != credit.fact) {
            place++;
        }
        return spreads.get().influence(place);
    }

    Relationship relationship(Credit credit) {
        return relationships.apply(credit.fact);
    }

    /** The relation of the fact, in the numbers of the model. */
    int relation(Credit credit) {
        return facts.relation(credit.fact);
    }

    /** What the fact shares with the link, in words. */
    String role(Credit credit) {
        int fact = credit.fact;
        if (facts.head(fact) == link.head()
                && facts.relation(fact) == link.relation()
                && facts.tail(fact) == link.tail()) {
            return ITSELF;
        }
        String shared = link.sharedWith(facts, fact).stream()
                .map(row -> switch (row) {
                    case HEAD -> "source";
                    case RELATION -> "type";
                    case TAIL -> "target";
                })
                .collect(Collectors.joining(" + "));
        return shared.isEmpty() ? ELSEWHERE : shared;
    }
}
