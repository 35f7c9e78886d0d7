package io.github.whylink.embedding.tune;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** The values that a key may take, and how a number uniform in [0, 1) picks one of them. */
public sealed interface Range {
    /**
     * Picks a value.
     *
     * @param unit in [0, 1)
     * @return String, Boolean, Long or Double
     */
    Object at(double unit);

    /** One of these, each as likely as the others. */
    static Range oneOf(Object... values) {
        return new Choice(List.of(values));
    }

    /** A whole number from {@code min} to {@code max}, both included, each as likely as the others. */
    static Range whole(long min, long max) {
        return new Whole(min, max, false);
    }

    /** A whole number from {@code min}, above 0, to {@code max}, whose logarithm is uniform. */
    static Range wholeLog(long min, long max) {
        return new Whole(min, max, true);
    }

    /** A number from {@code min} to {@code max}, uniform. */
    static Range decimal(double min, double max) {
        return new Decimal(min, max, false);
    }

    /** A number from {@code min}, above 0, to {@code max}, whose logarithm is uniform. */
    static Range decimalLog(double min, double max) {
        return new Decimal(min, max, true);
    }

    /**
     * One of some values.
     *
     * @param values at least one
     */
    record Choice(List<Object> values) implements Range {
        public Choice {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("a choice needs at least one value");
            }
        }

        @Override
        public Object at(double unit) {
            return values.get((int) (unit * values.size()));
        }
    }

    /** Whole numbers between two bounds, both included; {@code ⌊exp(ln min + u·(ln(max + 1) - ln min))⌋} if logarithmic. */
    record Whole(long min, long max, boolean log) implements Range {
        public Whole {
            requireRange((double) min, (double) max, log);
        }

        @Override
        public Object at(double unit) {
            double begin = (double) min;
            double end = max + 1.0;
            double x = log
                    ? StrictMath.exp(StrictMath.log(begin) + unit * (StrictMath.log(end) - StrictMath.log(begin)))
                    : begin + unit * (end - begin);
            return Math.max(min, Math.min(max, (long) Math.floor(x)));
        }
    }

    /** Numbers between two bounds, rounded to three digits, so that they can be read and typed. */
    record Decimal(double min, double max, boolean log) implements Range {
        private static final MathContext DIGITS = new MathContext(3);

        public Decimal {
            requireRange(min, max, log);
        }

        @Override
        public Object at(double unit) {
            double x = log
                    ? StrictMath.exp(StrictMath.log(min) + unit * (StrictMath.log(max) - StrictMath.log(min)))
                    : min + unit * (max - min);
            return Math.max(min, Math.min(max, new BigDecimal(x).round(DIGITS).doubleValue()));
        }
    }

    private static void requireRange(double min, double max, boolean log) {
        if (!(min <= max) || Double.isInfinite(min) || Double.isInfinite(max)) {
            throw new IllegalArgumentException(
                    "a range must not end before it begins, but is from %s to %s".formatted(min, max));
        }
        if (log && !(min > 0)) {
            throw new IllegalArgumentException("a logarithmic range must begin above 0, but begins at " + min);
        }
    }
}
