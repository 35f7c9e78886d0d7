package io.github.whylink.embedding.facts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.TextFacts;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownFactsTest {
    @Test
    void knownAnswersAreThoseOfAScanOverAllTables() {
        Facts one = RandomFacts.of(300, 15, 5, 1);
        Facts two = RandomFacts.of(200, 15, 5, 2);
        KnownFacts known = KnownFacts.of(one, two);
        for (int entity = 0; entity < 15; entity++) {
            for (int relation = 0; relation < 5; relation++) {
                int e = entity;
                int r = relation;
                assertArrayEquals(
                        IntStream.range(0, 15)
                                .filter(t -> holds(one, e, r, t) || holds(two, e, r, t))
                                .toArray(),
                        known.known(Side.TAIL, e, r));
                assertArrayEquals(
                        IntStream.range(0, 15)
                                .filter(h -> holds(one, h, r, e) || holds(two, h, r, e))
                                .toArray(),
                        known.known(Side.HEAD, e, r));
            }
        }
    }

    @Test
    void whatNobodyStatedIsUnknown() {
        TextFacts text = TextFacts.of("anna KNOWS bob; bob KNOWS carl; anna LIKES carl");
        KnownFacts known = KnownFacts.of(text.facts());
        int anna = text.entity("anna");
        assertEquals(0, known.known(Side.TAIL, text.entity("carl"), text.relation("KNOWS")).length);
        assertTrue(known.contains(anna, text.relation("LIKES"), text.entity("carl")));
        assertEquals(false, known.contains(anna, text.relation("KNOWS"), text.entity("carl")));
    }

    @Test
    void factsOutsideTheirTablesAreRefused() {
        int[] zero = {0};
        assertThrows(IllegalArgumentException.class, () -> Facts.of(1, 1, zero, zero, new int[] {1}));
        assertThrows(IllegalArgumentException.class, () -> Facts.of(1, 1, zero, new int[] {-1}, zero));
        assertThrows(IllegalArgumentException.class, () -> Facts.of(1, 1, zero, zero, new int[] {0, 0}));
    }

    private static boolean holds(Facts facts, int head, int relation, int tail) {
        return IntStream.range(0, facts.count())
                .anyMatch(i -> facts.head(i) == head && facts.relation(i) == relation && facts.tail(i) == tail);
    }
}
