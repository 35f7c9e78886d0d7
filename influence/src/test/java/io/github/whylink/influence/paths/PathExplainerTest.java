package io.github.whylink.influence.paths;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.TextFacts;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class PathExplainerTest {
    private static final double DOUBT = RuleConfidence.DOUBT;

    /** Who lives in a town of a country is its citizen: three of the four whose town is in one are; dora is asked about. */
    private static final TextFacts TOWNS = TextFacts.of(
            "dora LIVES berlin; anna LIVES berlin; bob LIVES berlin; carl LIVES paris; emil LIVES paris; berlin IN germany;"
                    + "paris IN france; anna CITIZEN germany; bob CITIZEN germany; carl CITIZEN france; emil CITIZEN germany;"
                    + "dora KNOWS anna");

    private static List<Chain> chains(TextFacts text, String head, String relation, String tail) {
        Link link = new Link(text.entity(head), text.relation(relation), text.entity(tail));
        return new PathExplainer(text.facts(), () -> {}).chains(link);
    }

    @Test
    void theSurestChainComesFirstWithItsFactsInTheOrderOfTheWalk() {
        List<Chain> chains = chains(TOWNS, "dora", "CITIZEN", "germany");
        Chain first = chains.get(0);
        assertEquals(List.of(0, 5), first.facts());
        assertEquals(4, first.rule().walks(), "dora's own walk does not count");
        assertEquals(3, first.rule().closed(), 1e-12);
        assertEquals(3 / (4 + DOUBT), first.rule().confidence(), 1e-12);
        assertEquals(1.0, first.chance(), 1e-12);
    }

    @Test
    void chainsGoAlongAndAgainstTheFactsInUpToThreeSteps() {
        Set<List<Integer>> found = new HashSet<>();
        chains(TOWNS, "dora", "CITIZEN", "germany").forEach(chain -> found.add(chain.facts()));
        assertEquals(
                Set.of(
                        List.of(0, 5), // lives in berlin, in germany
                        List.of(11, 7), // knows anna, a citizen
                        List.of(0, 1, 7), // lives in berlin as anna does, a citizen
                        List.of(0, 2, 8),
                        List.of(11, 1, 5)), // knows anna, who lives in berlin, in germany
                found);
    }

    @Test
    void aFactInfluencesByTheSurestOfItsChains() {
        Link link = new Link(TOWNS.entity("dora"), TOWNS.relation("CITIZEN"), TOWNS.entity("germany"));
        FactInfluences influences = new PathExplainer(TOWNS.facts(), () -> {}).explain(link);
        assertEquals(0, influences.fact(0));
        assertEquals(3 / (4 + DOUBT), influences.influence(0), 1e-12, "the first of its three chains");
        assertEquals(3 / (4 + DOUBT), influences.influence(place(influences, 5)), 1e-12);
        assertTrue(influences.influence(place(influences, 11)) < 3 / (4 + DOUBT));
    }

    private static int place(FactInfluences influences, int fact) {
        return IntStream.range(0, influences.count())
                .filter(i -> influences.fact(i) == fact)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMirrorIsAChainOfOneStepAndNoFactClosesItself() {
        TextFacts text = TextFacts.of("a LIKES b; c LIKES d; d LIKES c; e LIKES f; f LIKES e; g LIKES h");
        Chain mirror = chains(text, "b", "LIKES", "a").get(0);
        assertEquals(List.of(0), mirror.facts());
        assertEquals(5, mirror.rule().walks(), "all but the walk from b to a");
        assertEquals(4, mirror.rule().closed(), 1e-12, "of g and h nobody knows the answer");
    }

    @Test
    void aFactIsExplainedAsIfItWereNotThere() {
        for (Chain chain : chains(TOWNS, "anna", "CITIZEN", "germany")) {
            assertTrue(!chain.facts().contains(7), () -> chain.facts().toString());
        }
        RuleConfidence.Rule rule =
                chains(TOWNS, "anna", "CITIZEN", "germany").get(0).rule();
        assertEquals(4, rule.walks(), "anna's own walk does not count");
        assertEquals(2, rule.closed(), 1e-12);
    }

    @Test
    void waysToTakeAStepShareItsWalk() {
        TextFacts text = TextFacts.of("a ON x; a ON y; b ON x; x OF s; y OF t; a IS s; c ON y");
        RuleConfidence.Rule rule = chains(text, "c", "IS", "t").get(0).rule();
        assertEquals(List.of(text.relation("ON"), text.relation("OF")), rule.steps());
        assertEquals(3, rule.walks());
        assertEquals(1, rule.closed(), 1e-12, "of a to s; neither a to t nor b to s");
    }

    @Test
    void noChainIsNoInfluence() {
        TextFacts text = TextFacts.of("a ON b; c ON d");
        assertEquals(0, chains(text, "a", "ON", "d").size());
        assertEquals(
                0,
                new PathExplainer(text.facts(), () -> {})
                        .explain(new Link(0, 0, 3))
                        .count());
    }

    /** Two hubs that share a quarter of a million facts: every pair of their steps is a path. */
    @Test
    void hubsAreExplainedInBoundedTime() {
        int entities = 60_000;
        int[] heads = IntStream.range(0, 4 * entities)
                .map(i -> i % 4 < 2 ? i % 4 : i / 4)
                .toArray();
        int[] tails = IntStream.range(0, 4 * entities)
                .map(i -> i % 4 < 2 ? i / 4 : i % 4 - 2)
                .toArray();
        int[] relations = IntStream.range(0, 4 * entities).map(i -> i % 7).toArray();
        PathExplainer explainer = new PathExplainer(Facts.of(entities, 7, heads, relations, tails), () -> {});
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> explainer.explain(new Link(0, 3, 1)));
    }

    /** A head with 300,000 facts of one kind, 4,000 of which lead on to the tail. */
    @Test
    void theFactsOfAHubAreNotLookedThroughForEachPath() {
        int spokes = 300_000;
        int count = spokes + 4_000;
        int[] heads = IntStream.range(0, count)
                .map(i -> i < spokes ? 0 : 2 + i - spokes)
                .toArray();
        int[] tails = IntStream.range(0, count).map(i -> i < spokes ? 2 + i : 1).toArray();
        Facts facts = Facts.of(spokes + 2, 1, heads, new int[count], tails);
        PathExplainer explainer = new PathExplainer(facts, () -> {});
        Assertions.assertTimeout(
                Duration.ofSeconds(3),
                () -> assertEquals(
                        4_000,
                        explainer.chains(new Link(0, 0, 1)).stream()
                                .filter(chain -> chain.facts().size() == 2)
                                .count()));
    }

    @Test
    void rulesKnowNothingOfFactsThatNoModelLearntFrom() {
        TextFacts text = TextFacts.of("a ON x; a ON y; b ON x; x OF s; y OF t; a IS s; c ON y");
        float[] weights = {1, 1, 1, 1, 1, 0, 1};
        Link link = new Link(text.entity("c"), text.relation("IS"), text.entity("t"));
        RuleConfidence.Rule rule = new PathExplainer(text.facts().withWeights(weights), () -> {})
                .chains(link)
                .get(0)
                .rule();
        assertEquals(3, rule.walks());
        assertEquals(0, rule.closed(), 1e-12, "that a is s was not learnt");
    }

    @Test
    void theOrderOfChainsIsTheirConfidence() {
        Facts facts = RandomFacts.of(300, 20, 4, 9);
        List<Chain> chains = new PathExplainer(facts, () -> {}).chains(new Link(3, 2, 11));
        assertTrue(chains.size() > 20);
        for (int i = 1; i < chains.size(); i++) {
            assertTrue(chains.get(i - 1).rule().confidence()
                    >= chains.get(i).rule().confidence());
        }
    }
}
