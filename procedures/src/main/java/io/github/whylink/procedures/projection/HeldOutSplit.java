package io.github.whylink.procedures.projection;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

/**
 * Which facts a model is trained on, which decide when its training stops, and which are held out to measure it.
 *
 * <p>Facts are held out in the order of {@code hash(seed, key)}, so that few change sides when others come and go; of the
 * rest, those for validation are taken in the same order. One whose entity or relation would have no fact left to be
 * trained on is passed over. A pure function of the facts, the fractions and the seed.
 */
public final class HeldOutSplit {
    /** Keeps the split apart from everything else that is derived from the seed and the keys. */
    private static final long STREAM = 0x68656C646F757421L;

    private final int[] training;
    private final int[] validation;
    private final int[] heldOut;

    private HeldOutSplit(int[] training, int[] validation, int[] heldOut) {
        this.training = training;
        this.validation = validation;
        this.heldOut = heldOut;
    }

    /**
     * Splits the facts, with some for validation.
     *
     * @param heldOutFraction how many to hold out, 0 to 1; fewer are if too many have to be passed over
     * @param validationFraction how many of the others validate, likewise
     */
    public static HeldOutSplit of(Facts facts, double heldOutFraction, double validationFraction, long seed) {
        return of(facts, heldOutFraction, validationFraction, seed, new BitSet());
    }

    /**
     * Splits the facts for a training that goes on from another.
     *
     * @param seen the facts that the other one was trained on: to measure with them, or stop by them, would be to look at the
     *     answers, so that they are passed over. Not modified.
     */
    public static HeldOutSplit of(
            Facts facts, double heldOutFraction, double validationFraction, long seed, BitSet seen) {
        HeldOutSplit measured = of(facts, heldOutFraction, seed, seen);
        if (validationFraction == 0) {
            return measured;
        }
        BitSet seenOfTraining = new BitSet();
        for (int i = 0; i < measured.training.length; i++) {
            seenOfTraining.set(i, seen.get(measured.training[i]));
        }
        HeldOutSplit validated = of(facts.select(measured.training), validationFraction, seed, seenOfTraining);
        return new HeldOutSplit(
                at(measured.training, validated.training), at(measured.training, validated.heldOut), measured.heldOut);
    }

    /**
     * Splits the facts.
     *
     * @param fraction how many to hold out, 0 to 1; fewer are if too many have to be passed over
     */
    public static HeldOutSplit of(Facts facts, double fraction, long seed) {
        return of(facts, fraction, seed, new BitSet());
    }

    /**
     * The split of which it was noted what was not trained on.
     *
     * @param validation keys of facts, ascending; those that are no more are passed over
     * @param heldOut likewise
     */
    public static HeldOutSplit ofKeys(Facts facts, long[] validation, long[] heldOut) {
        return new HeldOutSplit(
                where(facts, key -> !has(validation, key) && !has(heldOut, key)),
                where(facts, key -> has(validation, key)),
                where(facts, key -> has(heldOut, key)));
    }

    private static boolean has(long[] keys, long key) {
        return Arrays.binarySearch(keys, key) >= 0;
    }

    private static int[] where(Facts facts, LongPredicate wanted) {
        return IntStream.range(0, facts.count())
                .filter(fact -> wanted.test(facts.key(fact)))
                .toArray();
    }

    private static HeldOutSplit of(Facts facts, double fraction, long seed, BitSet seen) {
        int n = facts.count();
        long wanted = Math.round(fraction * n);
        int[] factsOfEntity = new int[facts.entityCount()];
        int[] factsOfRelation = new int[facts.relationCount()];
        for (int i = 0; i < n; i++) {
            count(facts, i, 1, factsOfEntity, factsOfRelation);
        }
        long[] hashes = new long[n];
        for (int i = 0; i < n; i++) {
            hashes[i] = CounterHash.hash(seed ^ STREAM, facts.key(i), 0, 0);
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingLong(i -> hashes[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        BitSet heldOut = new BitSet(n);
        int found = 0;
        for (int at = 0; at < n && found < wanted; at++) {
            int i = order[at];
            if (!seen.get(i)
                    && factsOfEntity[facts.head(i)] > 1
                    && factsOfEntity[facts.tail(i)] > 1
                    && factsOfRelation[facts.relation(i)] > 1) {
                count(facts, i, -1, factsOfEntity, factsOfRelation);
                heldOut.set(i);
                found++;
            }
        }
        return new HeldOutSplit(
                IntStream.range(0, n).filter(i -> !heldOut.get(i)).toArray(),
                new int[0],
                heldOut.stream().toArray());
    }

    private static int[] at(int[] values, int[] places) {
        return Arrays.stream(places).map(place -> values[place]).toArray();
    }

    private static void count(Facts facts, int i, int by, int[] factsOfEntity, int[] factsOfRelation) {
        factsOfEntity[facts.head(i)] += by;
        if (facts.tail(i) != facts.head(i)) {
            factsOfEntity[facts.tail(i)] += by;
        }
        factsOfRelation[facts.relation(i)] += by;
    }

    /** Indexes of the facts to train on, ascending; must not be modified. */
    public int[] training() {
        return training;
    }

    /** Indexes of the facts that decide when to stop, ascending; must not be modified. */
    public int[] validation() {
        return validation;
    }

    /** Indexes of the facts that only measure the model, ascending; must not be modified. */
    public int[] heldOut() {
        return heldOut;
    }

    /** Indexes of all facts that the model is not trained on, ascending. */
    public int[] unseen() {
        return IntStream.concat(Arrays.stream(validation), Arrays.stream(heldOut))
                .sorted()
                .toArray();
    }
}
