package io.github.whylink.procedures.projection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class HeldOutSplitTest {
    /** 20 entities in a ring of two relations: (i, i mod 2, i+1) and (i, i mod 2, i+3). */
    private static final Facts RING = ring();

    @Test
    void everyFactIsOnOneSide() {
        HeldOutSplit split = HeldOutSplit.of(RING, 0.25, 42);
        assertEquals(10, split.heldOut().length);
        int[] all = IntStream.concat(Arrays.stream(split.training()), Arrays.stream(split.heldOut()))
                .sorted()
                .toArray();
        assertArrayEquals(IntStream.range(0, RING.count()).toArray(), all);
    }

    @Test
    void theSeedDecides() {
        assertArrayEquals(
                HeldOutSplit.of(RING, 0.25, 42).heldOut(),
                HeldOutSplit.of(RING, 0.25, 42).heldOut());
        assertFalse(Arrays.equals(
                HeldOutSplit.of(RING, 0.25, 42).heldOut(),
                HeldOutSplit.of(RING, 0.25, 43).heldOut()));
    }

    @Test
    void whatAnotherTrainingHasSeenIsNeitherHeldOutNorValidates() {
        HeldOutSplit before = HeldOutSplit.of(RING, 0.25, 0.1, 42);
        BitSet seen = new BitSet();
        Arrays.stream(before.training()).forEach(seen::set);
        for (long seed : new long[] {42, 43}) {
            HeldOutSplit after = HeldOutSplit.of(RING, 0.25, 0.25, seed, seen);
            assertTrue(after.heldOut().length > 0);
            assertTrue(IntStream.concat(Arrays.stream(after.heldOut()), Arrays.stream(after.validation()))
                    .noneMatch(seen::get));
        }
        assertArrayEquals(
                before.heldOut(), HeldOutSplit.of(RING, 0.25, 0.1, 42, seen).heldOut());
    }

    @Test
    void aSplitIsMadeAgainFromItsKeys() {
        HeldOutSplit split = HeldOutSplit.of(RING, 0.25, 0.1, 42);
        HeldOutSplit again = HeldOutSplit.ofKeys(RING, keys(split.validation()), keys(split.heldOut()));
        assertArrayEquals(split.training(), again.training());
        assertArrayEquals(split.validation(), again.validation());
        assertArrayEquals(split.heldOut(), again.heldOut());
    }

    private static long[] keys(int[] facts) {
        return Arrays.stream(facts).mapToLong(RING::key).sorted().toArray();
    }

    @Test
    void everyEntityAndRelationKeepsAFact() {
        HeldOutSplit split = HeldOutSplit.of(RING, 1.0, 42);
        assertTrue(split.heldOut().length > 10);
        BitSet entities = new BitSet();
        BitSet relations = new BitSet();
        for (int fact : split.training()) {
            entities.set(RING.head(fact));
            entities.set(RING.tail(fact));
            relations.set(RING.relation(fact));
        }
        assertEquals(20, entities.cardinality());
        assertEquals(2, relations.cardinality());
    }

    @Test
    void aFactKeepsItsSideWhenAnotherOneGoes() {
        HeldOutSplit whole = HeldOutSplit.of(RING, 0.25, 42);
        int[] rest = IntStream.range(0, RING.count())
                .filter(fact -> fact != whole.training()[0])
                .toArray();
        Facts without = RING.select(rest);
        Set<Long> before = keys(RING, whole.heldOut());
        Set<Long> after = keys(without, HeldOutSplit.of(without, 0.25, 42).heldOut());
        assertEquals(before, after);
    }

    @Test
    void factsForValidationComeOutOfTheTrainingAlone() {
        HeldOutSplit measured = HeldOutSplit.of(RING, 0.25, 42);
        HeldOutSplit split = HeldOutSplit.of(RING, 0.25, 0.2, 42);
        assertArrayEquals(measured.heldOut(), split.heldOut());
        assertEquals(6, split.validation().length);
        int[] all = Stream.of(split.training(), split.validation(), split.heldOut())
                .flatMapToInt(Arrays::stream)
                .sorted()
                .toArray();
        assertArrayEquals(IntStream.range(0, RING.count()).toArray(), all);
        assertArrayEquals(
                split.validation(), HeldOutSplit.of(RING, 0.25, 0.2, 42).validation());
        assertFalse(Arrays.equals(
                split.validation(), HeldOutSplit.of(RING, 0.25, 0.2, 43).validation()));
        assertEquals(0, HeldOutSplit.of(RING, 0.25, 0.0, 42).validation().length);
    }

    @Test
    void everyEntityAndRelationKeepsAFactWithValidationToo() {
        HeldOutSplit split = HeldOutSplit.of(RING, 0.5, 1.0, 42);
        assertTrue(split.validation().length > 0);
        BitSet entities = new BitSet();
        for (int fact : split.training()) {
            entities.set(RING.head(fact));
            entities.set(RING.tail(fact));
        }
        assertEquals(20, entities.cardinality());
    }

    @Test
    void aLonelyFactAndALoopAreTrainedOn() {
        Facts facts = Facts.of(3, 2, new int[] {0, 2, 2}, new int[] {0, 1, 1}, new int[] {1, 2, 1});
        assertEquals(1, HeldOutSplit.of(facts, 0.5, 1).heldOut().length);
        Facts loop = Facts.of(1, 1, new int[] {0}, new int[] {0}, new int[] {0});
        assertEquals(0, HeldOutSplit.of(loop, 0.5, 1).heldOut().length);
    }

    private static Set<Long> keys(Facts facts, int[] indexes) {
        Set<Long> keys = new HashSet<>();
        for (int index : indexes) {
            keys.add(facts.key(index));
        }
        return keys;
    }

    private static Facts ring() {
        int n = 20;
        int[] heads = new int[2 * n];
        int[] relations = new int[2 * n];
        int[] tails = new int[2 * n];
        for (int i = 0; i < n; i++) {
            for (int step = 0; step < 2; step++) {
                heads[2 * i + step] = i;
                relations[2 * i + step] = i % 2;
                tails[2 * i + step] = (i + 1 + 2 * step) % n;
            }
        }
        return Facts.of(n, 2, heads, relations, tails);
    }
}
