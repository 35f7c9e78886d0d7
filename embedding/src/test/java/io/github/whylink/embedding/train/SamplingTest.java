package io.github.whylink.embedding.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.testing.TextFacts;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.Negatives.Sampling;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SamplingTest {
    private static Examples examples(Facts facts, Negatives negatives) {
        return new Examples(
                facts, Settings.small().builder().negatives(negatives).build());
    }

    private static int[] draw(Examples examples, int fact, int epoch, int batch, Side side) {
        int[] out = new int[examples.sampler().limit()];
        int count = examples.sampler().sample(fact, epoch, batch, side, out);
        return Arrays.copyOf(out, count);
    }

    @ParameterizedTest
    @EnumSource(Regime.class)
    void filteredNegativesAreNoKnownAnswers(Regime regime) {
        Facts facts = RandomFacts.of(120, 12, 2, 5);
        KnownFacts known = KnownFacts.of(facts);
        boolean shared = regime == Regime.K_VS_ALL;
        Examples examples = examples(facts, new Negatives(regime, 6, NegativeSides.BOTH, Sampling.UNIFORM, true));
        for (int fact = 0; fact < facts.count(); fact++) {
            for (int tail : draw(examples, fact, 1, 0, Side.TAIL)) {
                boolean isKnown = known.contains(facts.head(fact), facts.relation(fact), tail);
                assertTrue(tail != facts.tail(fact) && (shared || !isKnown), "fact " + fact + ", tail " + tail);
            }
            for (int head : draw(examples, fact, 1, 0, Side.HEAD)) {
                boolean isKnown = known.contains(head, facts.relation(fact), facts.tail(fact));
                assertTrue(head != facts.head(fact) && (shared || !isKnown), "fact " + fact + ", head " + head);
            }
        }
    }

    @Test
    void aBatchSharesDistinctNegativesAndEachFactLeavesItsAnswerOut() {
        Facts facts = RandomFacts.of(50, 30, 2, 5);
        Examples examples = examples(facts, Negatives.shared(20, NegativeSides.BOTH));
        int[] everyone = IntStream.range(0, facts.count())
                .flatMap(fact -> Arrays.stream(draw(examples, fact, 2, 7, Side.TAIL)))
                .distinct()
                .sorted()
                .toArray();
        assertEquals(20, everyone.length);
        for (int fact = 0; fact < facts.count(); fact++) {
            int answer = facts.tail(fact);
            int[] expected = Arrays.stream(everyone).filter(e -> e != answer).toArray();
            assertArrayEquals(
                    expected,
                    Arrays.stream(draw(examples, fact, 2, 7, Side.TAIL))
                            .sorted()
                            .toArray());
        }
        assertFalse(Arrays.equals(draw(examples, 0, 2, 7, Side.TAIL), draw(examples, 0, 2, 8, Side.TAIL)));
        assertFalse(Arrays.equals(draw(examples, 0, 2, 7, Side.TAIL), draw(examples, 0, 3, 7, Side.TAIL)));
    }

    @ParameterizedTest
    @EnumSource(Regime.class)
    void aRememberedDrawIsThatOfTheSamplerInAnyOrder(Regime regime) {
        Facts facts = RandomFacts.of(30, 12, 2, 5);
        Examples examples = examples(facts, new Negatives(regime, 6, NegativeSides.BOTH, Sampling.UNIFORM, true));
        DrawnNegatives drawn = new DrawnNegatives(examples);
        int[] out = new int[drawn.limit()];
        int[][] epochsAndBatches = {{0, 0}, {0, 1}, {0, 1}, {1, 1}, {0, 0}, {3, 2}};
        for (int[] at : epochsAndBatches) {
            for (int fact = 0; fact < facts.count(); fact++) {
                for (Side side : Side.values()) {
                    int count = drawn.of(fact, at[0], at[1], side, out);
                    assertArrayEquals(draw(examples, fact, at[0], at[1], side), Arrays.copyOf(out, count));
                }
            }
        }
    }

    @Test
    void typedNegativesHaveBeenSeenOnThatSide() {
        TextFacts graph = TextFacts.of("anna LIVES_IN rome; bob LIVES_IN oslo; carl LIVES_IN rome; anna KNOWS bob");
        Examples examples =
                examples(graph.facts(), new Negatives(Regime.PER_FACT, 50, NegativeSides.BOTH, Sampling.TYPED, false));
        assertArrayEquals(new int[] {graph.entity("oslo")}, distinct(draw(examples, 0, 0, 0, Side.TAIL)));
        int[] heads = {graph.entity("bob"), graph.entity("carl")};
        Arrays.sort(heads);
        assertArrayEquals(heads, distinct(draw(examples, 0, 0, 0, Side.HEAD)));
    }

    @Test
    void typedNegativesHaveAClassThatHasBeenSeenOnThatSide() {
        TextFacts graph = TextFacts.of("anna LIVES_IN rome; bob LIVES_IN oslo; carl KNOWS bob; paris NEAR rome");
        int[] classes = new int[graph.facts().entityCount()];
        for (String city : new String[] {"rome", "oslo", "paris"}) {
            classes[graph.entity(city)] = 1;
        }
        Examples examples = examples(
                graph.facts().withEntityClasses(classes),
                new Negatives(Regime.PER_FACT, 50, NegativeSides.BOTH, Sampling.TYPED, false));
        int[] cities = {graph.entity("oslo"), graph.entity("paris")};
        Arrays.sort(cities);
        assertArrayEquals(cities, distinct(draw(examples, 0, 0, 0, Side.TAIL)));
    }

    @Test
    void whereNothingElseFitsAnyOtherEntityIsDrawn() {
        TextFacts graph = TextFacts.of("anna LIVES_IN rome; bob LIVES_IN rome; bob KNOWS carl");
        Examples examples =
                examples(graph.facts(), new Negatives(Regime.PER_FACT, 60, NegativeSides.BOTH, Sampling.TYPED, false));
        assertEquals(3, distinct(draw(examples, 0, 0, 0, Side.TAIL)).length);
    }

    /** rome and oslo are the only tails, and both are known answers of anna's query. */
    @Test
    void whereAllThatFitIsKnownAnyOtherEntityIsDrawn() {
        TextFacts graph = TextFacts.of("anna LIVES_IN rome; anna LIVES_IN oslo; bob KNOWS carl");
        Examples examples =
                examples(graph.facts(), new Negatives(Regime.PER_FACT, 60, NegativeSides.BOTH, Sampling.TYPED, true));
        assertEquals(3, distinct(draw(examples, 0, 0, 0, Side.TAIL)).length);
    }

    /** One head has ten tails: replacing the tail would often hit a true fact, replacing the head hardly ever. */
    @Test
    void bernoulliReplacesTheHeadWhereAHeadHasManyTails() {
        int[] tails = IntStream.range(1, 11).toArray();
        Facts facts = Facts.of(40, 1, new int[10], new int[10], tails);
        Examples examples =
                examples(facts, new Negatives(Regime.PER_FACT, 1, NegativeSides.RANDOM, Sampling.BERNOULLI, false));
        int heads = 0;
        for (int epoch = 0; epoch < 200; epoch++) {
            for (int fact = 0; fact < 10; fact++) {
                assertTrue(examples.asks(Side.HEAD, fact, epoch) != examples.asks(Side.TAIL, fact, epoch));
                heads += examples.asks(Side.HEAD, fact, epoch) ? 1 : 0;
            }
        }
        // tph = 10, hpt = 1: the head is replaced with probability 10/11; six standard deviations of 2,000 draws.
        assertEquals(2000 * 10 / 11.0, heads, 6 * Math.sqrt(2000 * 10 / 121.0));
    }

    @Test
    void aRandomSideIsEitherHalfOfTheTime() {
        Facts facts = RandomFacts.of(50, 30, 2, 5);
        Examples examples = examples(facts, Negatives.perFact(1, NegativeSides.RANDOM));
        int heads = 0;
        for (int epoch = 0; epoch < 100; epoch++) {
            for (int fact = 0; fact < 50; fact++) {
                heads += examples.asks(Side.HEAD, fact, epoch) ? 1 : 0;
            }
        }
        assertEquals(2500, heads, 6 * Math.sqrt(1250));
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedWithTheReason() {
        var random = assertThrows(IllegalArgumentException.class, () -> Negatives.shared(5, NegativeSides.RANDOM));
        assertTrue(random.getMessage().contains("shared"), random.getMessage());
        var typed = assertThrows(
                IllegalArgumentException.class,
                () -> new Negatives(Regime.ONE_VS_ALL, 1, NegativeSides.BOTH, Sampling.TYPED, false));
        assertTrue(typed.getMessage().contains("1vsAll"), typed.getMessage());
        var bernoulli = assertThrows(
                IllegalArgumentException.class,
                () -> new Negatives(Regime.PER_FACT, 1, NegativeSides.BOTH, Sampling.BERNOULLI, false));
        assertTrue(bernoulli.getMessage().contains("random"), bernoulli.getMessage());
        var margin = assertThrows(IllegalArgumentException.class, () -> Settings.small()
                .loss("margin")
                .builder()
                .negatives(Negatives.all(Regime.K_VS_ALL, NegativeSides.BOTH))
                .build());
        assertTrue(margin.getMessage().contains("margin"), margin.getMessage());
        var oneSided = assertThrows(
                IllegalArgumentException.class, () -> TrainingSettings.of(ScoringFunctions.named("ComplEx", true), 4)
                        .negatives(Negatives.perFact(2, NegativeSides.TAIL))
                        .build());
        assertTrue(oneSided.getMessage().contains("both"), oneSided.getMessage());
    }

    @Test
    void dropoutKeepsTheExpectedRow() {
        float[] sum = new float[10];
        float[] factors = new float[10];
        int draws = 20_000;
        for (int key = 0; key < draws; key++) {
            Dropout.factors(0.3f, 42, key, 1, 0, factors);
            for (int i = 0; i < 10; i++) {
                assertTrue(factors[i] == 0f || factors[i] == 1f / (1f - 0.3f));
                sum[i] += factors[i];
            }
        }
        for (float total : sum) {
            // Six standard deviations of the mean of 0 or 1/0.7.
            assertEquals(1, total / draws, 6 * Math.sqrt(0.3 / 0.7 / draws));
        }
    }

    private static int[] distinct(int[] values) {
        return Arrays.stream(values).distinct().sorted().toArray();
    }
}
