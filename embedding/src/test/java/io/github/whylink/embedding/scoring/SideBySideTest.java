package io.github.whylink.embedding.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.testing.Tolerance;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SideBySideTest {
    private static final int ENTITIES = 7;
    private static final int DIMENSION = 5;

    static Stream<ScoringFunction> possible() {
        return Stream.of(false, true).flatMap(reciprocal -> ScoringFunctions.sumsOverDimensions().stream()
                .map(name -> ScoringFunctions.named(name, reciprocal)));
    }

    static Stream<ScoringFunction> impossible() {
        return ScoringFunctions.all().stream().filter(function -> !function.sumOverDimensions());
    }

    private static List<EmbeddingModel> models(ScoringFunction function, int count) {
        return IntStream.range(0, count)
                .mapToObj(seed ->
                        new EmbeddingModel(function, Parameters.initial(function, DIMENSION, ENTITIES, 3, 0.7f, seed)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("possible")
    void theScoreIsTheMeanOfTheScores(ScoringFunction function) {
        List<EmbeddingModel> models = models(function, 3);
        EmbeddingModel joined = new SideBySide(function, 3).join(models);
        for (Side side : Side.values()) {
            for (int relation = 0; relation < 3; relation++) {
                float[] scores = new float[ENTITIES];
                joined.scores(side, 2, relation, new float[joined.parameters().entities()[0].length], scores);
                for (int e = 0; e < ENTITIES; e++) {
                    double mean = 0;
                    for (EmbeddingModel model : models) {
                        float[] ofModel = new float[ENTITIES];
                        model.scores(side, 2, relation, new float[function.entityWidth(DIMENSION)], ofModel);
                        mean += ofModel[e] / 3.0;
                    }
                    assertEquals(mean, scores[e], Tolerance.FLOAT_ARITHMETIC);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("possible")
    void oneModelAloneStaysAsItIs(ScoringFunction function) {
        EmbeddingModel alone = models(function, 1).get(0);
        EmbeddingModel joined = new SideBySide(function, 1).join(List.of(alone));
        for (Table table : Table.values()) {
            assertArrayEquals(
                    alone.parameters().table(table), joined.parameters().table(table));
        }
    }

    @ParameterizedTest
    @MethodSource("possible")
    void eachModelIsFoundAgain(ScoringFunction function) {
        List<EmbeddingModel> models = models(function, 3);
        SideBySide sideBySide = new SideBySide(function, 3);
        EmbeddingModel joined = sideBySide.join(models);
        for (int m = 0; m < 3; m++) {
            for (Table table : Table.values()) {
                float[][] expected = models.get(m).parameters().table(table);
                float[][] found = sideBySide.member(joined, m).parameters().table(table);
                assertEquals(expected.length, found.length);
                for (int id = 0; id < expected.length; id++) {
                    assertArrayEquals(expected[id], found[id], 1e-6f);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void aScoreThatIsNoSumIsRefusedWithWhatIs(ScoringFunction function) {
        var refused = assertThrows(IllegalArgumentException.class, () -> new SideBySide(function, 2));
        assertTrue(refused.getMessage().contains(function.name()), refused.getMessage());
        assertTrue(refused.getMessage().contains("ComplEx"), refused.getMessage());
        assertFalse(ScoringFunctions.sumsOverDimensions().contains(function.name()));
    }
}
