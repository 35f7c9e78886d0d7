package io.github.whylink.embedding.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NearestTest {
    private static final List<String> NAMES = List.of("learningRate", "learningRateDecay", "loss");

    @Test
    void findsTheFewestEdits() {
        assertEquals(Optional.of("learningRate"), Nearest.to("learnigRate", NAMES));
        assertEquals(Optional.of("learningRateDecay"), Nearest.to("learningratedeca", NAMES));
        assertEquals(Optional.of("loss"), Nearest.to("los", NAMES));
    }

    @Test
    void findsNothingWhenNothingIsNear() {
        assertEquals(Optional.empty(), Nearest.to("quux", NAMES));
        assertEquals("; there are 'a', 'b'", Nearest.hint("quux", List.of("a", "b")));
        assertEquals("; there is none", Nearest.hint("quux", List.of()));
    }

    @Test
    void longListsAreCut() {
        String list = Nearest.list(Collections.nCopies(25, "x"));
        assertEquals("'x', ".repeat(19) + "'x' and 5 more", list);
    }
}
