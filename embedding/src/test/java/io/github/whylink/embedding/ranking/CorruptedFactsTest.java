package io.github.whylink.embedding.ranking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.embedding.testing.TextFacts;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorruptedFactsTest {
    @Test
    void eachDiffersFromItsFactAtOneEndAndIsNotKnown() {
        Facts facts = RandomFacts.of(400, 30, 2, 6);
        KnownFacts known = KnownFacts.of(facts, RandomFacts.of(600, 30, 2, 7));
        Facts corrupted = CorruptedFacts.of(facts, known, 9);
        assertEquals(400, corrupted.count());
        int tails = 0;
        for (int i = 0; i < 400; i++) {
            assertEquals(facts.relation(i), corrupted.relation(i));
            assertTrue(facts.head(i) == corrupted.head(i) ^ facts.tail(i) == corrupted.tail(i));
            assertFalse(known.contains(corrupted.head(i), corrupted.relation(i), corrupted.tail(i)));
            tails += facts.head(i) == corrupted.head(i) ? 1 : 0;
        }
        assertEquals(200, tails, 40, "four standard deviations of a coin");
    }

    @Test
    void eachIsAFunctionOfTheSeedAndItsFactAlone() {
        Facts facts = RandomFacts.of(40, 30, 2, 6);
        KnownFacts known = KnownFacts.of(facts);
        int[] odd = IntStream.range(0, 20).map(i -> 2 * i + 1).toArray();
        Facts all = CorruptedFacts.of(facts, known, 9);
        Facts some = CorruptedFacts.of(facts.select(odd), known, 9);
        for (int i = 0; i < odd.length; i++) {
            assertEquals(all.head(odd[i]), some.head(i));
            assertEquals(all.tail(odd[i]), some.tail(i));
            assertEquals(all.key(odd[i]), some.key(i));
        }
        Facts other = CorruptedFacts.of(facts, known, 10);
        assertTrue(IntStream.range(0, 40).anyMatch(i -> all.head(i) != other.head(i)), "another seed");
    }

    @Test
    void typedOnesHaveAnEndThatTheRelationHasOnThatSide() {
        TextFacts text = TextFacts.of("a IN x; b IN x; c IN y; d IN y; a KNOWS b; b KNOWS c; c KNOWS d; d KNOWS a");
        Facts facts = text.facts();
        KnownFacts known = KnownFacts.of(facts);
        RelationRoles roles = RelationRoles.of(facts);
        boolean anyOther = false;
        for (long seed = 0; seed < 20; seed++) {
            Facts corrupted = CorruptedFacts.typed(facts, known, roles, seed);
            assertEquals(facts.count(), corrupted.count());
            for (int i = 0; i < corrupted.count(); i++) {
                int relation = corrupted.relation(i);
                assertTrue(facts.head(i) == corrupted.head(i) ^ facts.tail(i) == corrupted.tail(i));
                assertFalse(known.contains(corrupted.head(i), relation, corrupted.tail(i)));
                assertNotEquals(corrupted.head(i), corrupted.tail(i), "nobody knows himself");
                assertTrue(Arrays.binarySearch(roles.entities(relation, Side.HEAD), corrupted.head(i)) >= 0);
                assertTrue(Arrays.binarySearch(roles.entities(relation, Side.TAIL), corrupted.tail(i)) >= 0);
                anyOther |= CorruptedFacts.of(facts, known, seed).tail(i) != corrupted.tail(i);
            }
        }
        assertTrue(anyOther);
    }

    @Test
    void whereOneEndIsFullTheOtherIsReplacedAndWhereBothAreNothingIsDrawn() {
        TextFacts star = TextFacts.of("a R a; a R b; a R c");
        Facts facts = star.facts();
        KnownFacts known = KnownFacts.of(facts);
        for (long seed = 0; seed < 20; seed++) {
            Facts corrupted = CorruptedFacts.of(facts, known, seed);
            assertEquals(3, corrupted.count());
            for (int i = 0; i < 3; i++) {
                assertEquals(facts.tail(i), corrupted.tail(i), "all tails of a are known");
            }
        }
        Facts full = TextFacts.of("a R a; a R b; b R a; b R b").facts();
        assertEquals(0, CorruptedFacts.of(full, KnownFacts.of(full), 1).count());
    }

    @Test
    void theOnlyFalseFactThereIsIsFound() {
        int n = 200;
        int[] pairs = IntStream.range(0, n * n).filter(pair -> pair != 67).toArray();
        int[] heads = IntStream.of(pairs).map(pair -> pair / n).toArray();
        int[] tails = IntStream.of(pairs).map(pair -> pair % n).toArray();
        Facts known = Facts.of(n, 1, heads, new int[pairs.length], tails);
        Facts asked = known.select(IntStream.range(0, n - 1).toArray());
        Facts corrupted = CorruptedFacts.of(asked, KnownFacts.of(known), 3);
        assertEquals(n - 1, corrupted.count());
        for (int i = 0; i < corrupted.count(); i++) {
            assertEquals(0, corrupted.head(i));
            assertEquals(67, corrupted.tail(i));
        }
    }
}
