package io.github.whylink.influence.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.Settings;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.audit.Duplicates.Pair;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DuplicatesTest {
    private static final int ENTITIES = 60;

    private final PlantedDuplicates planted = PlantedDuplicates.plant(RandomFacts.of(700, ENTITIES, 4, 3), 6, 0.5, 1);

    private static EmbeddingModel train(Facts facts) {
        return TrainedModel.train(
                        facts,
                        Settings.small().scorer("ComplEx").epochs(40).build(),
                        TrainingObserver.NONE,
                        TrainingMonitor.NONE)
                .model();
    }

    @Test
    void everyFactOfADuplicateIsWithEitherOrBoth() {
        Facts facts = RandomFacts.of(700, ENTITIES, 4, 3);
        assertEquals(6, planted.originals().length);
        assertEquals(ENTITIES + 6, planted.facts().entityCount());
        Set<List<Integer>> merged = new HashSet<>();
        Set<List<Integer>> separate = new HashSet<>();
        for (int f = 0; f < planted.facts().count(); f++) {
            merged.add(List.of(
                    original(planted.facts().head(f)),
                    planted.facts().relation(f),
                    original(planted.facts().tail(f))));
            assertTrue(separate.add(List.of(
                    planted.facts().head(f),
                    planted.facts().relation(f),
                    planted.facts().tail(f))));
        }
        Set<List<Integer>> expected = new HashSet<>();
        for (int f = 0; f < facts.count(); f++) {
            expected.add(List.of(facts.head(f), facts.relation(f), facts.tail(f)));
        }
        assertEquals(expected, merged);
        assertTrue(separate.size() > merged.size());
        PlantedDuplicates again = PlantedDuplicates.plant(facts, 6, 0.5, 1);
        assertArrayEquals(planted.originals(), again.originals());
        assertFalse(Arrays.equals(
                planted.originals(), PlantedDuplicates.plant(facts, 6, 0.5, 2).originals()));
    }

    private int original(int entity) {
        return entity < ENTITIES ? entity : planted.originals()[entity - ENTITIES];
    }

    @Test
    void plantedDuplicatesStandFirstWhereTheRestIsChance() {
        List<Pair> pairs = Duplicates.find(train(planted.facts()), planted.facts(), (a, b) -> true, 6, () -> {});
        long found = pairs.stream()
                .filter(pair -> planted.same(pair.first(), pair.second()))
                .count();
        assertTrue(found >= 5, found + " of 6 in " + pairs);
        double before = Double.POSITIVE_INFINITY;
        for (Pair pair : pairs) {
            assertTrue(pair.first() < pair.second() && pair.score() <= before, pairs.toString());
            assertTrue(pair.overlap() >= 0 && pair.overlap() <= 1 && pair.conflict() >= 0, pair.toString());
            assertTrue(pair.support() >= 0 && pair.support() <= 1, pair.toString());
            before = pair.score();
        }
    }

    @Test
    void onlyWhatMayBeOneIsCompared() {
        List<Pair> pairs = Duplicates.find(
                train(planted.facts()), planted.facts(), (a, b) -> a % 2 == b % 2, Integer.MAX_VALUE, () -> {});
        assertFalse(pairs.isEmpty());
        Set<List<Integer>> once = new HashSet<>();
        for (Pair pair : pairs) {
            assertEquals(pair.first() % 2, pair.second() % 2);
            assertTrue(once.add(List.of(pair.first(), pair.second())));
        }
    }

    @Test
    void whatExcludesEachOtherIsAConflict() {
        // Each of 0 to 3 has one birthplace; 0 and 1 have one home in common.
        Facts facts =
                Facts.of(12, 2, new int[] {0, 1, 2, 3, 0, 1, 2, 3}, new int[] {0, 0, 0, 0, 1, 1, 1, 1}, new int[] {
                    4, 5, 6, 7, 8, 8, 9, 10
                });
        for (Pair pair : Duplicates.find(train(facts), facts, (a, b) -> a < 4 && b < 4, 10, () -> {})) {
            boolean home = pair.second() == 1;
            assertEquals(home ? 1 : 2, pair.conflict(), pair.toString());
            assertEquals(home, pair.overlap() > 0, pair.toString());
        }
    }
}
