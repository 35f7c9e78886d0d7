package io.github.whylink.influence.faithfulness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {
    private static double spearman(double[] a, double... b) {
        return RankCorrelation.spearman(a, b);
    }

    @Test
    void onlyTheOrderCounts() {
        double[] a = {1, 2, 3, 4};
        assertEquals(1, spearman(a, 10, 20, 300, 4000), 1e-12);
        assertEquals(-1, spearman(a, 4, 3, 2, 1), 1e-12);
        // 1 - 6·Σd² / (n(n²-1)) with differences 0, 1, 1, 2
        assertEquals(1 - 6 * 6 / 60.0, spearman(a, 1, 3, 4, 2), 1e-12);
    }

    @Test
    void equalValuesShareTheMeanOfTheirRanks() {
        // Ranks 1.5 1.5 3 against 1 2 3: covariance 1.5, variances 1.5 and 2.
        assertEquals(1.5 / Math.sqrt(3), spearman(new double[] {0, 0, 5}, 1, 2, 3), 1e-12);
    }

    @Test
    void aConstantColumnOrdersNothing() {
        assertEquals(0, spearman(new double[] {0, 0, 0}, 1, 2, 3));
    }

    @Test
    void tooFewValuesAndOtherLengthsAreNoCorrelation() {
        assertTrue(Double.isNaN(spearman(new double[] {1}, 2)));
        assertThrows(IllegalArgumentException.class, () -> spearman(new double[] {1, 2}, 3));
    }

    @Test
    void valuesThatAreNotNumbersDoNotHang() {
        assertEquals(1, spearman(new double[] {1, 2, Double.NaN}, 1, 2, 3), 1e-12);
    }
}
