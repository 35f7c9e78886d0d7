package io.github.whylink.influence.drawing;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A scale with round numbers.
 *
 * @param from first tick
 * @param to last tick
 * @param step from tick to tick: 1, 2 or 5 times a power of ten
 */
record Axis(double from, double to, double step) {
    /**
     * The scale that holds some values with few ticks.
     *
     * @param least not above {@code most}
     * @param ticks how many at most, but for one at each end
     */
    static Axis holding(double least, double most, int ticks) {
        double span = most - least;
        if (!(span > 0) || span / ticks == 0 || Double.isInfinite(span)) {
            span = Math.max(1, Math.abs(least));
        }
        double power = Math.pow(10, Math.floor(Math.log10(span / ticks)));
        double step = power;
        for (double factor : new double[] {1, 2, 5, 10}) {
            step = factor * power;
            if (span / step <= ticks) {
                break;
            }
        }
        double from = Math.floor(least / step + 1e-9) * step;
        double to = Math.ceil(Math.max(most, least) / step - 1e-9) * step;
        return new Axis(from, to > from ? to : from + step, step);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        long count = Math.round((to - from) / step);
        for (int i = 0; i <= count; i++) {
            ticks.add(from + i * step);
        }
        return ticks;
    }

    /** Where a value is drawn between two coordinates. */
    double place(double value, double atFrom, double atTo) {
        return atFrom + (value - from) / (to - from) * (atTo - atFrom);
    }

    /** A tick in plain digits, as many as tell it from the next. */
    String text(double tick) {
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        if (decimals > 6 || Math.abs(tick) >= 1e7) {
            return tick == 0 ? "0" : String.format(Locale.ROOT, "%.1e", tick).replace('-', '−');
        }
        // A zero that came out of subtractions has no sign.
        BigDecimal rounded = new BigDecimal(tick).setScale(decimals, RoundingMode.HALF_EVEN);
        return rounded.toPlainString().replace('-', '−');
    }
}
