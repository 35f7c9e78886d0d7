package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RelationChoiceTest {
    private static final int ENTITIES = 7;
    private static final int[] RELATIONS = {0, 2, 3};
    private static final long[] COUNTS = {10, 3, 7};
    private static final Facts EVIDENCE =
            Facts.of(ENTITIES, 4, new int[] {0, 0, 0, 0, 1, 2, 3, 0}, new int[] {0, 0, 2, 1, 2, 2, 3, 3}, new int[] {
                4, 5, 6, 5, 4, 4, 4, 4
            });

    private static EmbeddingModel model(String name) {
        Random random = new Random(5);
        float[][] entities = new float[ENTITIES][6];
        float[][] relations = new float[4][6];
        for (float[][] table : new float[][][] {entities, relations}) {
            for (float[] row : table) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = (float) random.nextGaussian();
                }
            }
        }
        return new EmbeddingModel(ScoringFunctions.named(name, false), new Parameters(entities, relations));
    }

    @Test
    void theProbabilitiesAreThoseOfTheFormula() {
        EmbeddingModel model = model("DistMult");
        double[] logs = new double[3];
        for (int i = 0; i < 3; i++) {
            // Facts of 0: two of relation 0, one of 2 and, with 4, one of 0 and one of 3, which are not counted.
            double share = (COUNTS[i] + 1) / 23.0;
            double ofHead = (new int[] {1, 1, 0}[i] + 3 * share) / (2 + 3);
            double ofTail = (new int[] {0, 2, 1}[i] + 3 * share) / (3 + 3);
            double tails = 0;
            double heads = 0;
            for (int e = 0; e < ENTITIES; e++) {
                tails += Math.exp(model.score(0, RELATIONS[i], e));
                heads += Math.exp(model.score(e, RELATIONS[i], 4));
            }
            double truth = Math.exp(model.score(0, RELATIONS[i], 4));
            logs[i] = Math.log(truth / tails * ofHead) / 2 + Math.log(truth / heads * ofTail) / 2;
        }
        double sum = Math.exp(logs[0]) + Math.exp(logs[1]) + Math.exp(logs[2]);
        assertArrayEquals(
                new double[] {Math.exp(logs[0]) / sum, Math.exp(logs[1]) / sum, Math.exp(logs[2]) / sum},
                new RelationChoice(model, RELATIONS, COUNTS).probabilities(0, 4, KnownFacts.of(EVIDENCE)),
                1e-6);
    }

    @Test
    void whatIsToBeToldTellsNothing() {
        RelationChoice choice = new RelationChoice(model("ComplEx"), RELATIONS, COUNTS);
        Facts without = EVIDENCE.select(new int[] {1, 2, 3, 4, 5, 6});
        assertArrayEquals(
                choice.probabilities(0, 4, KnownFacts.of(without)),
                choice.probabilities(0, 4, KnownFacts.of(EVIDENCE)));
    }

    @Test
    void anEntityWithoutFactsIsTakenForAnAverageOne() {
        double[] probabilities = new RelationChoice(model("TransE"), RELATIONS, COUNTS)
                .probabilities(5, 6, KnownFacts.of(EVIDENCE.select(new int[0])));
        assertEquals(1, probabilities[0] + probabilities[1] + probabilities[2], 1e-12);
    }

    @Test
    void theEvaluationSumsUpWhatTheChoiceSays() {
        EmbeddingModel model = model("ComplEx");
        KnownFacts known = KnownFacts.of(EVIDENCE);
        double[] values = {1, 2, 4.5};
        RelationChoice choice = new RelationChoice(model, RELATIONS, COUNTS);
        double right = 0;
        double error = 0;
        double expectedError = 0;
        double reciprocal = 0;
        int n = 0;
        for (int fact = 0; fact < EVIDENCE.count(); fact++) {
            int truth = new int[] {0, -1, 1, 2}[EVIDENCE.relation(fact)];
            if (truth < 0) {
                continue;
            }
            n++;
            double[] p = choice.probabilities(EVIDENCE.head(fact), EVIDENCE.tail(fact), known);
            int best = p[0] >= p[1] && p[0] >= p[2] ? 0 : p[1] >= p[2] ? 1 : 2;
            right += best == truth ? 1 : 0;
            error += Math.abs(values[best] - values[truth]);
            expectedError += Math.abs(p[0] * values[0] + p[1] * values[1] + p[2] * values[2] - values[truth]);
            int rank = 1;
            for (double other : p) {
                rank += other > p[truth] ? 1 : 0;
            }
            reciprocal += 1.0 / rank;
        }
        assertEquals(7, n);
        for (int concurrency = 1; concurrency <= 3; concurrency++) {
            ChoiceEvaluation evaluation =
                    ChoiceEvaluation.of(model, EVIDENCE, known, RELATIONS, COUNTS, values, concurrency, () -> {});
            assertEquals(right / n, evaluation.accuracy(), 1e-12);
            assertEquals(error / n, evaluation.error(), 1e-12);
            assertEquals(expectedError / n, evaluation.expectedError(), 1e-12);
            assertEquals(reciprocal / n, evaluation.ranks().mrr(), 1e-12);
            assertEquals(n, evaluation.ranks().queries());
        }
    }

    @Test
    void withoutNumbersThereIsNoErrorAndWithoutFactsNothing() {
        KnownFacts known = KnownFacts.of(EVIDENCE);
        double[] texts = {Double.NaN, Double.NaN, Double.NaN};
        ChoiceEvaluation evaluation =
                ChoiceEvaluation.of(model("DistMult"), EVIDENCE, known, RELATIONS, COUNTS, texts, 1, () -> {});
        assertTrue(Double.isNaN(evaluation.error()) && Double.isNaN(evaluation.expectedError()));
        assertTrue(evaluation.accuracy() >= 0);
        assertNull(ChoiceEvaluation.of(
                model("DistMult"), EVIDENCE.select(new int[] {3}), known, RELATIONS, COUNTS, texts, 1, () -> {}));
    }
}
