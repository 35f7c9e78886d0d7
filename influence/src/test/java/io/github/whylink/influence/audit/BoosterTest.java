package io.github.whylink.influence.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.kernel.CounterHash;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BoosterTest {
    private static final int EXAMPLES = 4000;
    private static final float[][] COLUMNS = new float[3][EXAMPLES];

    static {
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < EXAMPLES; i++) {
                COLUMNS[c][i] = CounterHash.symmetric(CounterHash.hash(c, i, 0, 0));
            }
        }
    }

    private static double area(IntPredicate label, float[][] columns) {
        Booster.Binned data = Booster.Binned.of(columns);
        Booster booster = Booster.train(data, IntStream.range(0, EXAMPLES / 2).toArray(), label, 60, 3, 1, () -> {});
        double[] odds = new double[EXAMPLES / 2];
        Arrays.setAll(odds, i -> booster.evidence(data, EXAMPLES / 2 + i));
        return Area.under(odds, i -> label.test(EXAMPLES / 2 + i));
    }

    @Test
    void learnsWhatNoSingleColumnTells() {
        assertTrue(area(i -> COLUMNS[0][i] * COLUMNS[1][i] > 0, COLUMNS) > 0.95);
    }

    @Test
    void findsNothingWhereThereIsNothing() {
        assertEquals(0.5, area(i -> CounterHash.hash(9, i, 0, 0) > 0, COLUMNS), 0.05);
    }

    @Test
    void missingValuesAreAValueOfTheirOwn() {
        float[][] holes = {COLUMNS[0].clone()};
        for (int i = 0; i < EXAMPLES; i += 3) {
            holes[0][i] = Float.NaN;
        }
        assertTrue(area(i -> i % 3 == 0, holes) > 0.99);
    }

    @Test
    void evidenceIsTheLogOddsOfTheLabelBeyondThoseOfAnyExample() {
        IntPredicate label = i -> CounterHash.bounded(CounterHash.hash(8, i, 0, 0), COLUMNS[2][i] > 0 ? 2 : 10) == 0;
        Booster.Binned data = Booster.Binned.of(COLUMNS);
        Booster booster = Booster.train(data, IntStream.range(0, EXAMPLES).toArray(), label, 60, 2, 1, () -> {});
        double high = IntStream.range(0, EXAMPLES)
                .filter(i -> COLUMNS[2][i] > 0)
                .mapToDouble(i -> booster.evidence(data, i))
                .average()
                .orElseThrow();
        double share = IntStream.range(0, EXAMPLES).filter(label).count() / (double) EXAMPLES;
        assertEquals(-Math.log(share / (1 - share)), high, 0.3);
    }

    @Test
    void oneLabelAloneIsHardlyEvidenceAndTheSameForAll() {
        Booster.Binned data = Booster.Binned.of(COLUMNS);
        Booster booster = Booster.train(data, IntStream.range(0, EXAMPLES).toArray(), i -> false, 60, 2, 1, () -> {});
        assertEquals(0, booster.evidence(data, 0), 0.5);
        for (int i = 1; i < EXAMPLES; i++) {
            assertEquals(booster.evidence(data, 0), booster.evidence(data, i));
        }
    }

    @Test
    void theShareOfNoiseIsFoundWhereFalseFactsLookLikeCanaries() {
        double[] canaries = IntStream.range(0, 1000)
                .mapToDouble(i -> 1 + CounterHash.symmetric(CounterHash.hash(5, i, 0, 0)))
                .toArray();
        double[] facts = IntStream.range(0, 20_000)
                .mapToDouble(i -> (i < 1000 ? 1 : -1) + CounterHash.symmetric(CounterHash.hash(6, i, 0, 0)))
                .toArray();
        double noise = ExpectedPrecision.noise(facts, 1, canaries, new double[0], 0);
        assertEquals(0.05, noise, 0.01);
        double[] descending =
                Arrays.stream(facts).map(x -> -x).sorted().map(x -> -x).toArray();
        double[] precision = new double[descending.length];
        ExpectedPrecision.add(descending, canaries, noise, precision);
        assertEquals(1, precision[500], 0.1);
        assertEquals(0.5, precision[1999], 0.1);
    }

    @Test
    void theAreaCountsTiesAsHalf() {
        assertEquals(0.5, Area.under(new double[] {1, 1, 1, 1}, i -> i < 2));
        assertEquals(1, Area.under(new double[] {2, Double.NaN, 1}, i -> i == 0));
        assertEquals(0.75, Area.under(new double[] {3, 1, 2, 0}, i -> i < 2));
    }
}
