package io.github.whylink.embedding.scoring;

import java.util.List;

/** The registry of scoring functions. Adding a model is its file and one line here. */
public final class ScoringFunctions {
    private static final List<ScoringFunction> ALL = List.of(
            new DistMult(),
            new ComplEx(),
            new TransE("TransE", Similarity.NEGATIVE_L2),
            new TransE("TransE-L1", Similarity.NEGATIVE_L1),
            new RotatE(),
            new Rescal(),
            new SimplE(),
            new CP());

    private ScoringFunctions() {}

    /** All scoring functions, in the order in which they are documented. */
    public static List<ScoringFunction> all() {
        return ALL;
    }

    /** The names that {@link #named} accepts. */
    public static List<String> names() {
        return ALL.stream().map(ScoringFunction::name).toList();
    }

    /** The names of those whose score is a {@linkplain ScoringFunction#sumOverDimensions sum over the dimensions}. */
    public static List<String> sumsOverDimensions() {
        return ALL.stream()
                .filter(ScoringFunction::sumOverDimensions)
                .map(ScoringFunction::name)
                .toList();
    }

    /**
     * Finds a scoring function by its name, whatever the case.
     *
     * @throws IllegalArgumentException naming the known ones
     */
    public static ScoringFunction named(String name) {
        return ALL.stream()
                .filter(f -> f.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown scoring function '%s'; known are %s".formatted(name, names())));
    }

    /**
     * Finds a scoring function by its name, whatever the case.
     *
     * @param reciprocal whether head queries are to have relation rows of their own
     * @throws IllegalArgumentException naming the known ones
     */
    public static ScoringFunction named(String name, boolean reciprocal) {
        ScoringFunction function = named(name);
        return reciprocal ? new Reciprocal(function) : function;
    }
}
