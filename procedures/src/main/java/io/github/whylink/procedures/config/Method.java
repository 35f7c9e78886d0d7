package io.github.whylink.procedures.config;

import java.util.Arrays;
import java.util.List;

/** The ways to say how much a fact is responsible for a prediction, and what each has to know about the training. */
public enum Method {
    /** Gradient rollback: takes back what the training recorded of each fact. */
    ROLLBACK("rollback", Tier.FAST, false),
    /** The facts around the link, in random order. */
    NEIGHBOURHOOD("neighbourhood", Tier.FAST, false),
    /** Facts whose gradients resemble the link's. */
    SIMILARITY("similarity", Tier.FAST, false),
    /** Walks the training backwards, through every later step. */
    UNROLLED("unrolled", Tier.REPLAY, true),
    /** Sums up the products of gradients at the end of each epoch. */
    TRACIN("tracin", Tier.REPLAY, false),
    /** A Newton step at the end of the training, of the rows around the link. */
    INFLUENCE_FUNCTION("influence_function", Tier.REPLAY, false),
    /** Newton steps along the training, of all rows, that know of the curvature what every seed has. */
    GAUSS_NEWTON("gauss_newton", Tier.REPLAY, false),
    /** Chains of facts between the ends, by how surely such chains mean such links. */
    PATHS("paths", Tier.REPLAY, false),
    /** Any facts. */
    RANDOM("random", Tier.REPLAY, false);

    private final String text;
    private final Tier tier;
    private final boolean walksBack;

    Method(String text, Tier tier, boolean walksBack) {
        this.text = text;
        this.tier = tier;
        this.walksBack = walksBack;
    }

    /** All of them, as they stand in configurations. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Method::text).toList();
    }

    /** The method of a name that {@link #names} has. */
    public static Method named(String name) {
        return Arrays.stream(values())
                .filter(method -> method.text.equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** As it stands in configurations and results. */
    public String text() {
        return text;
    }

    /** FAST if it needs no training fact but those around the link, REPLAY if it needs them all. */
    public Tier tier() {
        return tier;
    }

    /** Whether it walks the training backwards, so that it needs memory for that, and an optimizer that can. */
    public boolean walksBack() {
        return walksBack;
    }
}
