package io.github.whylink.embedding.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.testing.RandomFacts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
    private static final int DRAWS = 300;
    private static final SearchSpace SMALL = SearchSpace.standard(RandomFacts.of(100, 20, 3, 1));

    @Test
    void aDrawIsAFunctionOfSeedAndIndex() {
        TunedConfiguration seventh = SMALL.draw(5, 7);
        SMALL.draw(5, 8);

        assertEquals(seventh, SMALL.draw(5, 7));
        assertFalse(seventh.toMap().equals(SMALL.draw(5, 8).toMap()));
        assertFalse(seventh.toMap().equals(SMALL.draw(6, 7).toMap()));
    }

    @Test
    void fixingAKeyChangesNoOtherKeyOfADraw() {
        SearchSpace fixed = SMALL.fixed("learningRate", 0.123);
        for (int i = 0; i < DRAWS; i++) {
            Map<String, Object> expected = new HashMap<>(SMALL.draw(1, i).toMap());
            expected.put("learningRate", 0.123);

            assertEquals(expected, fixed.draw(1, i).toMap());
        }
    }

    @Test
    void theStandardSpaceReachesAllItsModelsAndOnlyWhatCanBeAttributed() {
        Set<Object> models = new HashSet<>();
        Set<Object> regimes = new HashSet<>();
        for (int i = 0; i < DRAWS; i++) {
            TunedConfiguration drawn = SMALL.draw(1, i);
            models.add(drawn.toMap().get("scoringFunction"));
            regimes.add(drawn.toMap().get("negativeSampling"));
            boolean distance =
                    List.of("TransE", "RotatE").contains(drawn.toMap().get("scoringFunction"));

            assertTrue(
                    drawn.settings().optimizer().attributable(drawn.settings().batchSize()));
            assertTrue(distance || drawn.toMap().get("loss").equals("softmax"));
            assertFalse(distance && drawn.settings().scoringFunction().reciprocal());
        }
        assertEquals(Set.of("ComplEx", "DistMult", "TransE", "RotatE"), models);
        assertEquals(Set.of("1vsAll", "KvsAll", "shared"), regimes);
    }

    @Test
    void aLargeGraphIsNotHeldAgainstAllItsEntities() {
        int n = 20_000;
        int[] ids = new int[n];
        for (int i = 0; i < n; i++) {
            ids[i] = i;
        }
        SearchSpace large = SearchSpace.standard(Facts.of(n, 1, ids, new int[n], ids));
        for (int i = 0; i < DRAWS; i++) {
            assertEquals("shared", large.draw(1, i).toMap().get("negativeSampling"));
        }
        assertTrue(large.leastEpochs() >= 2);
        assertEquals(27 * large.leastEpochs(), large.mostEpochs());
    }

    @Test
    void aUserDeclaresValuesChoicesAndRanges() {
        SearchSpace space = SMALL.with(Map.of(
                "SCORINGFUNCTION", "RESCAL",
                "embeddingDimension", List.of(3, 5),
                "learningRate", Map.of("min", 0.25, "max", 0.5, "log", true),
                "batchSize", Map.of("min", 2, "max", 4)));
        Set<Object> dimensions = new HashSet<>();
        Set<Object> batches = new HashSet<>();
        for (int i = 0; i < DRAWS; i++) {
            Map<String, Object> drawn = space.draw(1, i).toMap();
            double rate = (Double) drawn.get("learningRate");
            dimensions.add(drawn.get("embeddingDimension"));
            batches.add(drawn.get("batchSize"));

            assertEquals("RESCAL", drawn.get("scoringFunction"));
            assertTrue(rate >= 0.25 && rate <= 0.5, () -> "rate " + rate);
        }
        assertEquals(Set.of(3L, 5L), dimensions);
        assertEquals(Set.of(2L, 3L, 4L), batches);
    }

    @Test
    void aKeyWithoutMeaningBesideTheOthersIsLeftOutOfTheDraw() {
        SearchSpace space = SearchSpace.defaults()
                .with("loss", Range.oneOf("softmax", "margin"))
                .with("margin", Range.decimal(2, 3));
        Set<Object> losses = new HashSet<>();
        for (int i = 0; i < DRAWS; i++) {
            Map<String, Object> drawn = space.draw(1, i).toMap();
            losses.add(drawn.get("loss"));

            assertEquals(drawn.get("loss").equals("margin"), drawn.containsKey("margin"));
        }
        assertEquals(Set.of("softmax", "margin"), losses);
    }

    @Test
    void logarithmicRangesSpreadOverTheOrdersOfMagnitude() {
        Range decimals = Range.decimalLog(0.001, 1000);
        Range wholes = Range.wholeLog(1, 999);

        assertEquals(0.001, decimals.at(0));
        assertEquals(1.0, decimals.at(0.5));
        assertEquals(31L, wholes.at(0.5));
        assertEquals(1L, wholes.at(0));
        assertEquals(999L, wholes.at(Math.nextDown(1.0)));
        assertEquals(3L, Range.whole(1, 3).at(Math.nextDown(1.0)));
    }

    @Test
    void valuesThatDoNotGoTogetherAreDrawnAgain() {
        SearchSpace space = SearchSpace.defaults()
                .with("negativeSampling", Range.oneOf("KvsAll", "1vsAll"))
                .with("loss", Range.oneOf("margin", "softmax"));
        Set<List<Object>> found = new HashSet<>();
        for (int i = 0; i < DRAWS; i++) {
            Map<String, Object> drawn = space.draw(1, i).toMap();
            found.add(List.of(drawn.get("negativeSampling"), drawn.get("loss")));
        }
        assertEquals(
                Set.of(List.of("KvsAll", "softmax"), List.of("1vsAll", "softmax"), List.of("1vsAll", "margin")), found);
    }

    @Test
    void aSpaceThatHoldsNothingSaysWhy() {
        SearchSpace space = SMALL.fixed("negativeSampling", "KvsAll").fixed("loss", "margin");

        assertTrue(assertThrows(IllegalArgumentException.class, () -> space.draw(1, 0))
                .getMessage()
                .contains("KvsAll"));
    }

    @Test
    void wrongDeclarationsAreRefusedByName() {
        assertTrue(message(Map.of("learningRat", 0.1)).contains("did you mean 'learningRate'?"));
        assertTrue(message(Map.of("optimizer", List.of("Adagrad", "Adagard"))).contains("did you mean 'Adagrad'?"));
        assertTrue(message(Map.of("optimizer", Map.of("min", "SGD", "max", "Adam")))
                .contains("'optimizer' takes no range"));
        assertTrue(message(Map.of("learningRate", Map.of("min", 0.1))).contains("{min: 1, max: 10, log: true}"));
        assertTrue(message(Map.of("learningRate", Map.of("min", 0, "max", 1, "log", true)))
                .contains("begin above 0"));
        assertTrue(message(Map.of("batchSize", Map.of("min", 9, "max", 1))).contains("from 9.0 to 1.0"));
        assertThrows(
                IllegalArgumentException.class,
                () -> SMALL.where("scoringFunction", "loss", List.of("softmax"), Range.oneOf("TransE")));
    }

    @Test
    void rungsTrainThreeTimesAsLongEachUpToTheMost() {
        assertArrayEquals(new int[] {2, 6, 18, 54}, Tuner.epochsOfRungs(2, 54));
        assertArrayEquals(new int[] {4, 12, 20}, Tuner.epochsOfRungs(4, 20));
        assertArrayEquals(new int[] {30}, Tuner.epochsOfRungs(30, 30));
    }

    private static String message(Map<String, ?> declared) {
        return assertThrows(IllegalArgumentException.class, () -> SMALL.with(declared))
                .getMessage();
    }
}
