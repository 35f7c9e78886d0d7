package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.ScoringFunctions;
import io.github.whylink.embedding.scoring.SideBySide;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MemberAnswersTest {
    private static final int ENTITIES = 30;
    private static final int MEMBERS = 4;

    static Stream<ScoringFunction> possible() {
        return Stream.of(false, true).flatMap(reciprocal -> ScoringFunctions.sumsOverDimensions().stream()
                .map(name -> ScoringFunctions.named(name, reciprocal)));
    }

    @ParameterizedTest
    @MethodSource("possible")
    void eachMemberAnswersAsItDoesAlone(ScoringFunction function) {
        List<EmbeddingModel> models = IntStream.range(0, MEMBERS)
                .mapToObj(
                        seed -> new EmbeddingModel(function, Parameters.initial(function, 5, ENTITIES, 3, 0.7f, seed)))
                .toList();
        SideBySide sideBySide = new SideBySide(function, MEMBERS);
        EmbeddingModel joined = sideBySide.join(models);
        for (Side side : Side.values()) {
            for (int entity = 0; entity < ENTITIES; entity++) {
                for (int[] excluded : new int[][] {{}, {3}, {0, 7, 8, 20, 29}}) {
                    int[] expected = new int[MEMBERS];
                    for (int m = 0; m < MEMBERS; m++) {
                        expected[m] = new LinkPredictor(models.get(m)).best(side, entity, 1, excluded, 1)[0].entity();
                    }
                    int[] best = MemberAnswers.best(sideBySide, joined, side, entity, 1, excluded);
                    assertArrayEquals(expected, best);
                    assertEquals(
                            MEMBERS,
                            IntStream.range(0, ENTITIES)
                                    .map(e -> MemberAnswers.count(best, e))
                                    .sum());
                }
            }
        }
        int[] all = IntStream.range(0, ENTITIES).toArray();
        assertArrayEquals(
                new int[] {-1, -1, -1, -1},
                MemberAnswers.best(sideBySide, joined, Side.TAIL, 0, 0, all),
                "no candidate");
    }
}
