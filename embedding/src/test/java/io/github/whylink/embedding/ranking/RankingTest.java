package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingTest {
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
    void metricsAreMeansOverRanksAndIndependentOfConcurrency() {
        RankingMetrics metrics = RankingMetrics.of(new double[] {1, 2, 3.5, 20});
        assertEquals((1 + 0.5 + 1 / 3.5 + 0.05) / 4, metrics.mrr(), 1e-12);
        assertEquals(0.25, metrics.hits1());
        assertEquals(0.5, metrics.hits3());
        assertEquals(0.75, metrics.hits10());
        assertEquals(26.5 / 4, metrics.meanRank());

        Facts facts = RandomFacts.of(200, 30, 3, 4);
        EmbeddingModel model = random(30);
        RankingEvaluation once = RankingEvaluation.of(model, facts, KnownFacts.of(facts), 1, () -> {});
        assertEquals(once, RankingEvaluation.of(model, facts, KnownFacts.of(facts), 4, () -> {}));
        assertEquals((once.tail().mrr() + once.head().mrr()) / 2, once.both().mrr(), 1e-12);
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
