package io.github.whylink.embedding.testing;

/** The tolerances of all numeric tests, each with its reason. */
public final class Tolerance {
    /** A float result against the same formula in double precision, on rows of order 1 and some dozens wide. */
    public static final double FLOAT_ARITHMETIC = 1e-5;

    /** Central differences of a float function: rounding of about 1e-6 over a step of 2e-2, and curvature. */
    public static final double FINITE_DIFFERENCE = 3e-3;

    /** Differences of a float gradient: rounding of about 1e-6 over a step of 1e-2, where a second derivative is large. */
    public static final double SECOND_DIFFERENCE = 1e-3;

    /** A few thousand float updates added up in another order. */
    public static final double SUMMED_UPDATES = 2e-4;

    /** Double precision probabilities from the same float scores. */
    public static final double PROBABILITY = 1e-9;

    /** The same double numbers of order 1 added up in another order, some thousands of them. */
    public static final double DOUBLE_SUM = 1e-12;

    /** Share by which an estimate of memory may miss: scratch space of a few rows and garbage of growing lists. */
    public static final double MEMORY_ESTIMATE = 0.2;

    private Tolerance() {}
}
