package io.github.whylink.influence.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.influence.paths.FactGraph;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class PathSupportTest {
    @Test
    void onlyTheCallingThreadAsksWhetherItIsCancelled() {
        Facts facts = RandomFacts.of(600, 80, 20, 1);
        SignalTable table = new SignalTable(EnumSet.of(Signal.PATHS), facts.count());
        List<Thread> askedBy = new CopyOnWriteArrayList<>();
        try (Team team = new Team(3)) {
            PathSupport.fill(new FactGraph(facts), table, team, () -> askedBy.add(Thread.currentThread()));
        }
        assertFalse(askedBy.isEmpty());
        assertEquals(Set.of(Thread.currentThread()), Set.copyOf(askedBy));
    }
}
