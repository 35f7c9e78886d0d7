package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TripleClassificationTest {
    /** {@code "0:3.5+ 1:2-"}: a true fact of relation 0 with score 3.5, a false one of relation 1 with score 2. */
    private static LabelledScores facts(String text) {
        String[] words = text.isEmpty() ? new String[0] : text.split(" ", -1);
        int[] relations = new int[words.length];
        double[] scores = new double[words.length];
        boolean[] labels = new boolean[words.length];
        for (int i = 0; i < words.length; i++) {
            int colon = words[i].indexOf(':');
            relations[i] = Integer.parseInt(words[i].substring(0, colon));
            scores[i] = Double.parseDouble(words[i].substring(colon + 1, words[i].length() - 1));
            labels[i] = words[i].endsWith("+");
        }
        return new LabelledScores(relations, scores, labels);
    }

    @Test
    void theThresholdStandsBetweenTrueAndFalseFactsOfItsRelation() {
        TripleClassification fitted = TripleClassification.fit(2, facts("0:1- 0:2- 0:4+ 0:5+ 1:11- 1:12- 1:13+ 1:14+"));
        assertEquals(3, fitted.threshold(0));
        assertEquals(12.5, fitted.threshold(1));
        assertTrue(fitted.accepts(0, 3));
        assertFalse(fitted.accepts(0, 2.9));
        assertFalse(fitted.accepts(0, Double.NaN));
    }

    @Test
    void aRelationWithoutValidationFactsTakesTheGlobalThreshold() {
        TripleClassification fitted = TripleClassification.fit(3, facts("0:1- 0:4+ 2:2- 2:5+ 2:6+"));
        assertEquals(3, fitted.globalThreshold());
        assertEquals(3, fitted.threshold(1));
    }

    @Test
    void ofEquallyGoodThresholdsTheOneNearestToTheGlobalOneIsTaken() {
        TripleClassification fitted =
                TripleClassification.fit(5, facts("0:9- 0:11+ 0:9.5- 0:10.5+ 1:3+ 1:30+ 2:3- 3:12+ 3:20- 3:30+ 4:12-"));
        assertEquals(10, fitted.globalThreshold());
        assertEquals(3, fitted.threshold(1), "only true facts: all of them are accepted");
        assertEquals(10, fitted.threshold(2), "only false facts, below the global threshold");
        assertEquals(10, fitted.threshold(3), "one wrong answer, with the global threshold as with 25");
        assertEquals(Math.nextUp(12.0), fitted.threshold(4), "only false facts, above the global threshold");
    }

    @Test
    void noThresholdIsMoreAccurateOnTheValidationFacts() {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            int n = 1 + random.nextInt(12);
            double[] scores = new double[n];
            boolean[] labels = new boolean[n];
            for (int i = 0; i < n; i++) {
                scores[i] = random.nextInt(6);
                labels[i] = random.nextBoolean();
            }
            LabelledScores facts = new LabelledScores(new int[n], scores, labels);
            double best = 0;
            for (double threshold = -0.5; threshold < 7; threshold++) {
                int right = 0;
                for (int i = 0; i < n; i++) {
                    right += scores[i] >= threshold == labels[i] ? 1 : 0;
                }
                best = Math.max(best, (double) right / n);
            }
            assertEquals(best, TripleClassification.fit(1, facts).judge(facts).accuracy());
        }
    }

    @Test
    void thresholdsBetweenNeighbouringAndInfiniteScoresTellThemApart() {
        double next = Math.nextUp(1.0);
        assertEquals(
                next, TripleClassification.fit(1, facts("0:1- 0:" + next + "+")).threshold(0));
        assertEquals(5, TripleClassification.fit(1, facts("0:-Infinity- 0:5+")).threshold(0));
    }

    @Test
    void qualityCountsHitsAndMisses() {
        TripleClassification fitted = TripleClassification.fit(1, facts("0:0- 0:2+"));
        TripleClassification.Quality quality = fitted.judge(facts("0:3+ 0:2+ 0:1- 0:0.5+ 0:0.2- 0:0.1-"));
        assertEquals(1, fitted.threshold(0));
        assertEquals(6, quality.facts());
        assertEquals(4 / 6.0, quality.accuracy());
        assertEquals(2 / 3.0, quality.precision());
        assertEquals(2 / 3.0, quality.recall());
        assertEquals(2 / 3.0, quality.f1(), Tolerance.DOUBLE_SUM);
        assertEquals((1 + 1 + 3 / 4.0) / 3, quality.averagePrecision(), Tolerance.DOUBLE_SUM);
    }

    @Test
    void qualityIsDefinedWhereNothingIsAcceptedOrTrue() {
        TripleClassification fitted = TripleClassification.fit(1, facts("0:0- 0:2+"));
        TripleClassification.Quality rejected = fitted.judge(facts("0:0+ 0:0-"));
        assertEquals(0, rejected.precision());
        assertEquals(0, rejected.f1());
        TripleClassification.Quality withoutTrue = fitted.judge(facts("0:3- 0:0-"));
        assertEquals(0.5, withoutTrue.accuracy());
        assertTrue(Double.isNaN(withoutTrue.recall()));
        assertTrue(Double.isNaN(withoutTrue.averagePrecision()));
    }

    @Test
    void averagePrecisionTakesEqualScoresTogether() {
        TripleClassification fitted = TripleClassification.fit(1, facts("0:0- 0:2+"));
        double constant =
                fitted.judge(facts("0:1+ 0:1- 0:1- 0:1- 0:0.0- 0:-0.0+")).averagePrecision();
        assertEquals((1 / 4.0 + 2 / 6.0) / 2, constant, Tolerance.DOUBLE_SUM);
    }

    @Test
    void factsAreScoredByTheModelAndKeepTheirRelationAndLabel() {
        var function = ScoringFunctions.named("ComplEx");
        EmbeddingModel model = new EmbeddingModel(function, Parameters.initial(function, 5, 20, 3, 1f, 8));
        Facts facts = RandomFacts.of(12, 20, 3, 1);
        LabelledScores scored = LabelledScores.of(
                model, facts.select(new int[] {0, 1, 2, 3, 4}), facts.select(new int[] {5, 6, 7, 8, 9, 10, 11}));
        assertEquals(12, scored.count());
        for (int i = 0; i < 12; i++) {
            assertEquals(model.score(facts.head(i), facts.relation(i), facts.tail(i)), (float) scored.scores()[i]);
            assertEquals(facts.relation(i), scored.relations()[i]);
            assertEquals(i < 5, scored.labels()[i]);
        }
    }

    @Test
    void whatCannotBeFittedIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> TripleClassification.fit(1, facts("")));
        assertThrows(IllegalArgumentException.class, () -> facts("0:NaN+"));
        assertThrows(
                IllegalArgumentException.class, () -> new LabelledScores(new int[1], new double[] {1}, new boolean[2]));
    }
}
