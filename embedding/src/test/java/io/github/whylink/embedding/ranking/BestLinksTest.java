package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.BestLinks.Found;
import io.github.whylink.embedding.ranking.BestLinks.Order;
import io.github.whylink.embedding.ranking.BestLinks.Wanted;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BestLinksTest {
    /** More than a block of the kernel, and no multiple of anything. */
    private static final int ENTITIES = 299;

    private static final int RELATIONS = 3;

    private static final Facts FACTS = RandomFacts.of(2_000, ENTITIES, RELATIONS, 1);
    private static final KnownFacts KNOWN = KnownFacts.of(FACTS);

    private static EmbeddingModel model(String name) {
        ScoringFunction function = ScoringFunctions.named(name);
        return new EmbeddingModel(function, Parameters.initial(function, 8, ENTITIES, RELATIONS, 1f, 7));
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, ENTITIES);
        return all;
    }

    private static BitSet every(int step, int first) {
        BitSet some = new BitSet();
        IntStream.iterate(first, e -> e < ENTITIES, e -> e + step).forEach(some::set);
        return some;
    }

    private static Wanted wanted(Order order, int count) {
        BitSet loops = new BitSet();
        loops.set(1);
        // More heads than there are queries in a group.
        return new Wanted(List.of(0, 1, 2), every(4, 1), all(), loops, false, order, Double.NEGATIVE_INFINITY, count);
    }

    /** Every link by itself, all of them sorted. */
    private static List<Found> slowly(EmbeddingModel model, Wanted wanted) {
        List<Found> found = new ArrayList<>();
        float[] query = new float[model.parameters().entities()[0].length];
        float[] scores = new float[ENTITIES];
        for (int relation : wanted.relations()) {
            for (int head = wanted.heads().nextSetBit(0);
                    head >= 0;
                    head = wanted.heads().nextSetBit(head + 1)) {
                model.scores(Side.TAIL, head, relation, query, scores);
                double logPartition = Softmax.logPartition(scores);
                for (int tail = 0; tail < ENTITIES; tail++) {
                    float score = model.score(head, relation, tail);
                    double probability = Math.exp(score - logPartition);
                    boolean loop = head == tail && !wanted.loops().get(relation);
                    if (loop
                            || !wanted.tails().get(tail)
                            || (!wanted.includeKnown() && KNOWN.contains(head, relation, tail))
                            || !(value(wanted, score, probability) >= wanted.threshold())) {
                        continue;
                    }
                    found.add(new Found(head, relation, tail, score, probability, Double.NaN));
                }
            }
        }
        found.sort(Comparator.<Found>comparingDouble(link -> -value(wanted, link.score(), link.probability()))
                .thenComparingInt(Found::head)
                .thenComparingInt(Found::relation)
                .thenComparingInt(Found::tail));
        return found.stream()
                .limit(wanted.count())
                .map(link -> {
                    model.scores(Side.TAIL, link.head(), link.relation(), query, scores);
                    return new Found(
                            link.head(),
                            link.relation(),
                            link.tail(),
                            link.score(),
                            link.probability(),
                            rank(wanted, scores, link.head(), link.relation(), link.tail()));
                })
                .toList();
    }

    private static double value(Wanted wanted, float score, double probability) {
        return wanted.order() == Order.SCORE ? score : probability;
    }

    private static double rank(Wanted wanted, float[] scores, int head, int relation, int tail) {
        double rank = 1;
        for (int e = 0; e < ENTITIES; e++) {
            boolean competes = e != tail
                    && !KNOWN.contains(head, relation, e)
                    && (e != head || wanted.loops().get(relation));
            rank += !competes || scores[e] < scores[tail] ? 0 : scores[e] == scores[tail] ? 0.5 : 1;
        }
        return rank;
    }

    private static List<Found> find(EmbeddingModel model, Wanted wanted, int concurrency) {
        return BestLinks.of(model, wanted, KNOWN, concurrency, () -> {});
    }

    @Test
    void theyAreTheBestOfAllLinksOneByOneToTheLastBitWithAnyNumberOfThreads() {
        for (String name : List.of("DistMult", "ComplEx", "TransE", "TransE-L1", "RotatE")) {
            EmbeddingModel model = model(name);
            for (Order order : Order.values()) {
                Wanted wanted = wanted(order, 100);
                List<Found> expected = slowly(model, wanted);
                assertEquals(100, expected.size());
                for (int concurrency : new int[] {1, 2, 5}) {
                    assertEquals(expected, find(model, wanted, concurrency), name + " " + order);
                }
            }
        }
    }

    @Test
    void headsTailsAndRelationsCanBeChosen() {
        EmbeddingModel model = model("ComplEx");
        for (Order order : Order.values()) {
            Wanted some = new Wanted(
                    List.of(2, 0), every(7, 3), every(5, 1), new BitSet(), false, order, Double.NEGATIVE_INFINITY, 50);
            List<Found> found = find(model, some, 2);
            assertEquals(slowly(model, some), found);
            assertTrue(found.stream()
                    .allMatch(link -> link.relation() != 1 && link.head() % 7 == 3 && link.tail() % 5 == 1));
        }
    }

    @Test
    void aThresholdLeavesOutWhatIsBelow() {
        EmbeddingModel model = model("TransE");
        for (Order order : Order.values()) {
            List<Found> best = find(model, wanted(order, 40), 2);
            Found last = best.get(29);
            double threshold = order == Order.SCORE ? last.score() : last.probability();
            Wanted wanted = new Wanted(
                    List.of(0, 1, 2), every(4, 1), all(), wanted(order, 1).loops(), false, order, threshold, 40);
            assertEquals(best.subList(0, 30), find(model, wanted, 2));
        }
    }

    @Test
    void knownLinksComeOnlyWhereTheyAreWanted() {
        EmbeddingModel model = model("DistMult");
        Wanted all = new Wanted(
                List.of(0, 1, 2), every(3, 0), all(), new BitSet(), true, Order.SCORE, Double.NEGATIVE_INFINITY, 2_000);
        List<Found> found = find(model, all, 2);
        assertEquals(slowly(model, all), found);
        assertTrue(found.stream().anyMatch(link -> KNOWN.contains(link.head(), link.relation(), link.tail())));
    }

    @Test
    void equalScoresComeInTheOrderOfTheNumbersWhateverTheThreads() {
        ScoringFunction function = ScoringFunctions.named("DistMult");
        float[][] entities = new float[ENTITIES][];
        for (int e = 0; e < ENTITIES; e++) {
            entities[e] = new float[] {e % 3};
        }
        EmbeddingModel model = new EmbeddingModel(function, new Parameters(entities, new float[][] {{1f}, {1f}, {2f}}));
        for (Order order : Order.values()) {
            Wanted wanted = wanted(order, 1_000);
            List<Found> expected = slowly(model, wanted);
            for (int concurrency : new int[] {1, 3}) {
                assertEquals(expected, find(model, wanted, concurrency));
            }
        }
    }

    @Test
    void aScoreThatIsNotANumberIsNoneOfTheBest() {
        EmbeddingModel model = model("DistMult");
        model.parameters().entities()[5][0] = Float.NaN;
        for (Order order : Order.values()) {
            List<Found> found = find(model, wanted(order, 5_000), 2);
            assertTrue(found.stream().noneMatch(link -> link.head() == 5 || link.tail() == 5));
        }
    }

    @Test
    void whereNothingIsLeftNothingIsFound() {
        Wanted none = new Wanted(
                List.of(0), new BitSet(), all(), new BitSet(), false, Order.SCORE, Double.NEGATIVE_INFINITY, 10);
        assertEquals(List.of(), find(model("DistMult"), none, 2));
        Wanted tooHigh = new Wanted(List.of(0), all(), all(), new BitSet(), false, Order.PROBABILITY, 1.0, 10);
        assertEquals(List.of(), find(model("DistMult"), tooHigh, 2));
    }

    @Test
    void theCallerCanStopIt() {
        AtomicInteger checks = new AtomicInteger();
        assertThrows(
                CancellationException.class,
                () -> BestLinks.of(model("DistMult"), wanted(Order.SCORE, 10), KNOWN, 2, () -> {
                    if (checks.incrementAndGet() == 3) {
                        throw new CancellationException();
                    }
                }));
        assertEquals(3, checks.get());
    }
}
