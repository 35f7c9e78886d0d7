package io.github.whylink.embedding.ranking;

import static io.github.whylink.embedding.ranking.Filtering.FILTERED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
    private static final int ENTITIES = 600;

    /** One-dimensional DistMult with relation 1 and a head of 1: the score of a tail is its only number. */
    private static EmbeddingModel withTailScores(float... scores) {
        float[][] entities = new float[scores.length + 1][];
        entities[0] = new float[] {1f};
        for (int i = 0; i < scores.length; i++) {
            entities[i + 1] = new float[] {scores[i]};
        }
        return new EmbeddingModel(ScoringFunctions.named("DistMult"), new Parameters(entities, new float[][] {{1f}}));
    }

    private static Facts fact(int entities, int head, int tail) {
        return Facts.of(entities, 1, new int[] {head}, new int[] {0}, new int[] {tail});
    }

    private static double tailRank(EmbeddingModel model, Facts fact, Facts... known) {
        return RankingEvaluation.of(model, fact, KnownFacts.of(known), 1, () -> {})
                .tail()
                .meanRank();
    }

    @Test
    void theRankCountsTheCandidatesAboveAndHalfOfTheTies() {
        EmbeddingModel model = withTailScores(5f, 3f, 3f, 3f, 2f);
        Facts asked = fact(6, 0, 2);
        assertEquals(3, tailRank(model, asked, asked), "one above, two others equal: 1 + 1 + 2/2");
    }

    @Test
    void knownAnswersAreLeftOutWhetherAboveOrEqual() {
        EmbeddingModel model = withTailScores(5f, 3f, 3f, 3f, 2f);
        Facts asked = fact(6, 0, 2);
        assertEquals(2, tailRank(model, asked, asked, fact(6, 0, 1)));
        assertEquals(2.5, tailRank(model, asked, asked, fact(6, 0, 3)));
        assertEquals(3, tailRank(model, asked, asked, fact(6, 0, 5)), "a known answer below does not matter");
    }

    @Test
    void scoresThatAreNotNumbersNeverHelp() {
        EmbeddingModel rival = withTailScores(1f, Float.NaN);
        assertEquals(2.5, tailRank(rival, fact(3, 0, 1)), "entity 0 is equal, entity 2 counts as above");
        EmbeddingModel broken = withTailScores(Float.NaN, 1f, 2f);
        assertEquals(4, tailRank(broken, fact(4, 0, 1)), "the last of four");
    }

    @Test
    void metricsAreMeansOverRanks() {
        RankingMetrics.Sums sums = new RankingMetrics.Sums();
        sums.add(1, 11);
        sums.add(2, 21);
        sums.add(3.5, 11);
        sums.add(20, 40);
        RankingMetrics metrics = sums.means();
        assertEquals(4, metrics.queries());
        assertEquals((1 + 0.5 + 1 / 3.5 + 0.05) / 4, metrics.mrr(), 1e-12);
        assertEquals(0.25, metrics.hits1());
        assertEquals(0.5, metrics.hits3());
        assertEquals(0.75, metrics.hits10());
        assertEquals(26.5 / 4, metrics.meanRank());
        assertEquals(1 - (26.5 / 4 - 1) / ((6 + 11 + 6 + 20.5) / 4 - 1), metrics.adjustedMeanRankIndex(), 1e-12);
        assertEquals(0, new RankingMetrics.Sums().means().queries());
        assertTrue(Double.isNaN(new RankingMetrics.Sums().means().mrr()));
    }

    @Test
    void theAdjustedIndexOfAConstantScoreIsThatOfChance() {
        EmbeddingModel model = withTailScores(1f, 1f, 1f, 1f, 1f);
        Facts asked = fact(6, 0, 2);
        RankingEvaluation ranking = RankingEvaluation.of(model, asked, KnownFacts.of(asked), 1, () -> {});
        assertEquals(3.5, ranking.tail().meanRank());
        assertEquals(0, ranking.tail().adjustedMeanRankIndex());
        assertEquals(
                1,
                ranking.metrics(FILTERED, Ties.OPTIMISTIC, SideSelection.TAIL).adjustedMeanRankIndex());
        assertEquals(
                -1,
                ranking.metrics(FILTERED, Ties.PESSIMISTIC, SideSelection.TAIL).adjustedMeanRankIndex());
    }

    @Test
    void everyVariantEqualsTheDefinitionForEveryScoringFunction() {
        for (ScoringFunction function : ScoringFunctions.all()) {
            sameAsTheDefinition(model(function, false), "ties");
            sameAsTheDefinition(model(function, true), "not a number, infinite");
        }
        sameAsTheDefinition(model(ScoringFunctions.named("ComplEx", true), false), "reciprocal");
    }

    @Test
    void theNumberOfThreadsChangesNothing() {
        Facts facts = clustered(700, ENTITIES, 3, 17);
        compare(model(ScoringFunctions.named("TransE"), true), facts, KnownFacts.of(facts), 3, "three threads");
    }

    @Test
    void scoresAcrossTheWholeRangeOfFloatsAreComparedExactly() {
        float[] scores = new float[700];
        for (int i = 0; i < scores.length; i++) {
            // Neighbouring numbers of all sizes, from the smallest there is to the largest.
            scores[i] = Float.intBitsToFloat((i / 4 % 170) * 0x00c00000 + i % 4) * (i % 3 == 0 ? -1 : 1);
        }
        EmbeddingModel model = withTailScores(scores);
        int[] tails = IntStream.range(0, 701).toArray();
        Facts facts = Facts.of(701, 1, new int[701], new int[701], tails);
        compare(model, facts, KnownFacts.of(facts), 1, "range");
    }

    /** One head with every entity as its tail: ranked by sorting, with ties and scores that are not numbers. */
    @Test
    void aQueryWithVeryManyAnswersIsRankedByTheDefinitionToo() {
        int[] tails = IntStream.range(0, ENTITIES).toArray();
        Facts hub = Facts.of(ENTITIES, 3, new int[ENTITIES], new int[ENTITIES], tails);
        KnownFacts known =
                KnownFacts.of(hub.select(IntStream.range(0, ENTITIES / 2).toArray()));
        for (String name : new String[] {"DistMult", "TransE", "TransE-L1"}) {
            compare(model(ScoringFunctions.named(name), false), hub, known, 1, name + ": hub with ties");
            compare(model(ScoringFunctions.named(name), true), hub, known, 1, name + ": hub, not a number");
        }
    }

    private static void sameAsTheDefinition(EmbeddingModel model, String what) {
        Facts facts = clustered(200, ENTITIES, 3, 17);
        KnownFacts known = KnownFacts.of(facts, clustered(600, ENTITIES, 3, 18));
        compare(model, facts, known, 1, model.function().name() + ": " + what);
    }

    private static void compare(EmbeddingModel model, Facts facts, KnownFacts known, int concurrency, String what) {
        RankingEvaluation fast = RankingEvaluation.of(model, facts, known, concurrency, () -> {});
        Map<String, RankingMetrics.Sums> sums = new HashMap<>();
        for (Side side : new Side[] {Side.TAIL, Side.HEAD}) {
            for (int i = 0; i < facts.count(); i++) {
                for (Filtering filtering : Filtering.values()) {
                    Reference slow = Reference.of(model, facts, i, side, filtering == FILTERED ? known : null);
                    for (Ties ties : Ties.values()) {
                        double rank = slow.rank(ties);
                        assertEquals(rank, fast.rank(i, side, filtering, ties), () -> "%s, %s, %s, %s"
                                .formatted(what, side, filtering, ties));
                        for (String group : new String[] {side.name(), "BOTH"}) {
                            for (int relation : new int[] {-1, facts.relation(i)}) {
                                sums.computeIfAbsent(
                                                key(filtering, ties, group, relation), k -> new RankingMetrics.Sums())
                                        .add(rank, slow.candidates);
                            }
                        }
                    }
                }
            }
        }
        for (Filtering filtering : Filtering.values()) {
            for (Ties ties : Ties.values()) {
                for (SideSelection sides : SideSelection.values()) {
                    assertClose(
                            sums.get(key(filtering, ties, sides.name(), -1)).means(),
                            fast.metrics(filtering, ties, sides));
                    for (int relation : fast.relations()) {
                        assertClose(
                                sums.get(key(filtering, ties, sides.name(), relation))
                                        .means(),
                                fast.metrics(relation, filtering, ties, sides));
                    }
                }
            }
        }
        assertEquals(fast.metrics(FILTERED, Ties.REALISTIC, SideSelection.TAIL), fast.tail());
        assertEquals(fast.metrics(FILTERED, Ties.REALISTIC, SideSelection.HEAD), fast.head());
        assertEquals(fast.metrics(FILTERED, Ties.REALISTIC, SideSelection.BOTH), fast.both());
        for (SideSelection sides : SideSelection.values()) {
            RankingMetrics metrics = fast.metrics(Filtering.RAW, Ties.OPTIMISTIC, sides);
            assertEquals(metrics.hits3(), fast.hits(3, Filtering.RAW, Ties.OPTIMISTIC, sides));
            assertEquals(metrics.hits10(), fast.hits(10, Filtering.RAW, Ties.OPTIMISTIC, sides));
        }
    }

    private static String key(Filtering filtering, Ties ties, String sides, int relation) {
        return "%s %s %s %d".formatted(filtering, ties, sides, relation);
    }

    /** Equal but for the order in which the sums were added up. */
    private static void assertClose(RankingMetrics expected, RankingMetrics actual) {
        assertEquals(expected.queries(), actual.queries());
        assertEquals(expected.mrr(), actual.mrr(), Tolerance.DOUBLE_SUM);
        assertEquals(expected.hits1(), actual.hits1());
        assertEquals(expected.hits3(), actual.hits3());
        assertEquals(expected.hits10(), actual.hits10());
        assertEquals(expected.meanRank(), actual.meanRank());
        assertEquals(expected.adjustedMeanRankIndex(), actual.adjustedMeanRankIndex());
    }

    /** One query at a time, by the definition. */
    private record Reference(int above, int equal, int candidates) {
        static Reference of(EmbeddingModel model, Facts facts, int fact, Side side, KnownFacts known) {
            int given = side == Side.TAIL ? facts.head(fact) : facts.tail(fact);
            int answer = side == Side.TAIL ? facts.tail(fact) : facts.head(fact);
            float[] scores = new float[model.entityCount()];
            model.scores(
                    side,
                    given,
                    facts.relation(fact),
                    new float[model.parameters().entities()[0].length],
                    scores);
            int above = 0;
            int equal = 0;
            int candidates = 1;
            for (int other = 0; other < scores.length; other++) {
                boolean out = known != null
                        && Arrays.binarySearch(known.known(side, given, facts.relation(fact)), other) >= 0;
                if (other != answer && !out) {
                    candidates++;
                    boolean below = scores[other] < scores[answer];
                    equal += scores[other] == scores[answer] ? 1 : 0;
                    above += scores[other] == scores[answer] || below ? 0 : 1;
                }
            }
            return new Reference(above, equal, candidates);
        }

        double rank(Ties ties) {
            return switch (ties) {
                case REALISTIC -> 1 + above + equal / 2.0;
                case OPTIMISTIC -> 1.0 + above;
                case PESSIMISTIC -> 1.0 + above + equal;
            };
        }
    }

    @Test
    void relationsAreReportedOneByOne() {
        Facts facts = clustered(60, ENTITIES, 3, 4).select(new int[] {0, 3, 4, 6, 9, 12});
        RankingEvaluation ranking = RankingEvaluation.of(
                model(ScoringFunctions.named("DistMult"), false), facts, KnownFacts.of(facts), 1, () -> {});
        assertArrayEquals(
                IntStream.range(0, 6).map(facts::relation).distinct().sorted().toArray(), ranking.relations());
        int queries = 0;
        for (int relation : ranking.relations()) {
            RankingEvaluation.OfRelation row = ranking.ofRelation(relation);
            assertEquals(relation, row.relation());
            assertEquals(row.both().queries(), row.tail().queries() + row.head().queries());
            assertEquals(
                    row.both().meanRank(), (row.tail().meanRank() + row.head().meanRank()) / 2);
            queries += row.both().queries();
        }
        assertEquals(12, queries);
    }

    @Test
    void aCancelledRankingEndsWithWhatWasThrown() {
        Facts facts = clustered(60, ENTITIES, 3, 4);
        EmbeddingModel model = model(ScoringFunctions.named("DistMult"), false);
        IllegalStateException stop = new IllegalStateException("stop");
        assertSame(
                stop,
                assertThrows(
                        IllegalStateException.class,
                        () -> RankingEvaluation.of(model, facts, KnownFacts.of(facts), 2, () -> {
                            throw stop;
                        })));
    }

    @Test
    void noFactsAreRankedAsNone() {
        Facts none = RandomFacts.of(1, 6, 1, 1).select(new int[0]);
        RankingEvaluation ranking =
                RankingEvaluation.of(withTailScores(1f, 2f, 3f, 4f, 5f), none, KnownFacts.of(none), 2, () -> {});
        assertEquals(0, ranking.both().queries());
        assertTrue(Double.isNaN(ranking.both().mrr()));
    }

    @Test
    void aSampleHasItsSizeAndLosesOneFactAtMostToAnother() {
        Facts facts = RandomFacts.of(100, 30, 3, 4);
        Facts sample = RankingEvaluation.sample(facts, 20);
        assertEquals(20, sample.count());
        assertSame(facts, RankingEvaluation.sample(facts, 100), "all of them");
        int[] butOne = IntStream.range(0, 100).filter(i -> i != 50).toArray();
        Set<Long> keys = keys(sample);
        Set<Long> others = keys(RankingEvaluation.sample(facts.select(butOne), 20));
        others.removeAll(keys);
        assertTrue(others.size() <= 1);
        assertEquals(0, RankingEvaluation.sample(facts, 0).count());
    }

    private static Set<Long> keys(Facts facts) {
        Set<Long> keys = new TreeSet<>();
        for (int i = 0; i < facts.count(); i++) {
            keys.add(facts.key(i));
        }
        return keys;
    }

    /** Rows of few different numbers, so that many scores are equal; more entities than two blocks. */
    private static EmbeddingModel model(ScoringFunction function, boolean broken) {
        Parameters parameters = Parameters.initial(function, 3, ENTITIES, 3, 1f, 8);
        for (float[][] table : new float[][][] {parameters.entities(), parameters.relations()}) {
            for (float[] row : table) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = Math.round(2 * row[i]) / 2f;
                }
            }
        }
        if (broken) {
            parameters.entities()[2][0] = Float.NaN;
            parameters.entities()[300][1] = Float.POSITIVE_INFINITY;
            Arrays.fill(parameters.entities()[590], 3e38f);
        }
        return new EmbeddingModel(function, parameters);
    }

    /** Facts of which half have one of eight heads or tails, so that many ask the same; self-loops included. */
    private static Facts clustered(int count, int entities, int relations, long seed) {
        Random random = new Random(seed);
        Set<List<Integer>> triples = new LinkedHashSet<>();
        triples.add(List.of(1, 0, 1));
        triples.add(List.of(300, 1, 300));
        while (triples.size() < count) {
            int one = random.nextInt(8);
            int any = random.nextInt(entities);
            boolean tail = random.nextBoolean();
            triples.add(List.of(tail ? any : one, random.nextInt(relations), tail ? one : any));
        }
        return Facts.of(
                entities,
                relations,
                triples.stream().mapToInt(t -> t.get(0)).toArray(),
                triples.stream().mapToInt(t -> t.get(1)).toArray(),
                triples.stream().mapToInt(t -> t.get(2)).toArray());
    }

    @Test
    void predictionsAreTheBestOfAFullSort() {
        EmbeddingModel model = random(40);
        Arrays.fill(model.parameters().entities()[7], 0.25f);
        model.parameters().entities()[31] = model.parameters().entities()[7].clone();
        LinkPredictor predictor = new LinkPredictor(model);
        int[] excluded = {0, 5, 6, 39};
        for (int count : new int[] {1, 3, 36, 100}) {
            int[] expected = IntStream.range(0, 40)
                    .filter(e -> Arrays.binarySearch(excluded, e) < 0)
                    .boxed()
                    .sorted((a, b) -> Float.compare(model.score(2, 1, b), model.score(2, 1, a)))
                    .limit(count)
                    .mapToInt(Integer::intValue)
                    .toArray();
            LinkPredictor.Prediction[] best = predictor.best(Side.TAIL, 2, 1, excluded, count);
            assertArrayEquals(
                    expected,
                    Arrays.stream(best)
                            .mapToInt(LinkPredictor.Prediction::entity)
                            .toArray());
            assertEquals(model.score(2, 1, best[0].entity()), best[0].score());
        }
    }

    @Test
    void aPredictedHeadHasTheScoreOfItsLink() {
        EmbeddingModel model = random(40);
        for (LinkPredictor.Prediction best : new LinkPredictor(model).best(Side.HEAD, 3, 1, new int[0], 40)) {
            assertEquals(model.score(best.entity(), 1, 3), best.score());
        }
    }

    @Test
    void withReciprocalRelationsAPredictedHeadHasTheScoreOfTheHeadQuery() {
        EmbeddingModel model = model(ScoringFunctions.named("ComplEx", true), false);
        float[] scores = new float[ENTITIES];
        model.scores(Side.HEAD, 3, 1, new float[model.parameters().entities()[0].length], scores);
        for (LinkPredictor.Prediction best : new LinkPredictor(model).best(Side.HEAD, 3, 1, new int[0], 40)) {
            assertEquals(scores[best.entity()], best.score());
        }
    }

    @Test
    void probabilitiesOfAllEntitiesAddUpToOne() {
        LinkPredictor predictor = new LinkPredictor(random(40));
        double sum = Arrays.stream(predictor.best(Side.HEAD, 3, 0, new int[0], 40))
                .mapToDouble(LinkPredictor.Prediction::probability)
                .sum();
        assertEquals(1, sum, 1e-12);
        assertEquals(0.5, Softmax.probability(new float[] {900f, 900f}, 0), 1e-12, "large scores do not overflow");
    }

    private static EmbeddingModel random(int entities) {
        var function = ScoringFunctions.named("ComplEx");
        return new EmbeddingModel(function, Parameters.initial(function, 5, entities, 3, 1f, 8));
    }
}
