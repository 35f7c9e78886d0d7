package io.github.whylink.influence.audit;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Something that a fact can be asked about when it is to be told whether it is true. A number per fact; NaN where a fact has
 * nothing to say about it.
 */
public enum Signal {
    /** The score of the model that was trained with the fact. */
    SCORE("score", Suspicious.LOW, Source.TRAINING),
    /** The score in standard deviations from the mean of its relation. */
    RELATION_SCORE("relationScore", Suspicious.LOW, Source.TRAINING),
    /** log of the filtered rank of the tail among a sample of all entities. */
    TAIL_RANK("tailRank", Suspicious.HIGH, Source.TRAINING),
    /** log of the filtered rank of the head. */
    HEAD_RANK("headRank", Suspicious.HIGH, Source.TRAINING),
    /** log of the rank of the relation between the two ends. */
    RELATION_RANK("relationRank", Suspicious.HIGH, Source.TRAINING),
    /** The mean loss over the epochs, against a fixed sample of entities. */
    LOSS("loss", Suspicious.HIGH, Source.TRAINING),
    /** The length of the loss gradient at the end, in standard deviations from the mean of its relation (of the logarithm). */
    GRADIENT("gradient", Suspicious.HIGH, Source.GRADIENT),
    /** log of how far the fact itself moved its own rows (the norm of what gradient rollback recorded). */
    SELF_INFLUENCE("selfInfluence", Suspicious.HIGH, Source.ROLLBACK),
    /** The relation score after what the fact did to its own rows is taken back. */
    SCORE_WITHOUT_ITSELF("scoreWithoutItself", Suspicious.LOW, Source.ROLLBACK),
    /** log of the rank of the tail after what the fact did is taken back. */
    TAIL_RANK_WITHOUT_ITSELF("tailRankWithoutItself", Suspicious.HIGH, Source.ROLLBACK),
    /** log of the rank of the head after what the fact did is taken back. */
    HEAD_RANK_WITHOUT_ITSELF("headRankWithoutItself", Suspicious.HIGH, Source.ROLLBACK),
    /** The relation score of a model that was not trained on the fact. */
    OUT_OF_FOLD_SCORE("outOfFoldScore", Suspicious.LOW, Source.FOLDS),
    /** log of the rank of the tail in a model that was not trained on the fact. */
    OUT_OF_FOLD_TAIL_RANK("outOfFoldTailRank", Suspicious.HIGH, Source.FOLDS),
    /** log of the rank of the head in a model that was not trained on the fact. */
    OUT_OF_FOLD_HEAD_RANK("outOfFoldHeadRank", Suspicious.HIGH, Source.FOLDS),
    /** The same among entities that the relation is seen with on that side. */
    OUT_OF_FOLD_TYPED_TAIL_RANK("outOfFoldTypedTailRank", Suspicious.HIGH, Source.FOLDS),
    /** The same among entities that the relation is seen with on that side. */
    OUT_OF_FOLD_TYPED_HEAD_RANK("outOfFoldTypedHeadRank", Suspicious.HIGH, Source.FOLDS),
    /** log of the rank of the relation in a model that was not trained on the fact. */
    OUT_OF_FOLD_RELATION_RANK("outOfFoldRelationRank", Suspicious.HIGH, Source.FOLDS),
    /** How much more often than others entities with the other relations of the head are heads here: mean of the log ratio. */
    HEAD_SIGNATURE("headSignature", Suspicious.LOW, Source.GRAPH),
    /** The same, of the relation of the head that fits least. */
    HEAD_MISFIT("headMisfit", Suspicious.LOW, Source.GRAPH),
    /** How much more often than others entities with the other relations of the tail are tails here. */
    TAIL_SIGNATURE("tailSignature", Suspicious.LOW, Source.GRAPH),
    /** The same, of the relation of the tail that fits least. */
    TAIL_MISFIT("tailMisfit", Suspicious.LOW, Source.GRAPH),
    /** How much more often than by chance the relations of the head meet those of the tail in facts of the relation. */
    SIGNATURES("signatures", Suspicious.LOW, Source.GRAPH),
    /** How surely another fact between the same two ends implies the fact. */
    REVERSE("reverse", Suspicious.LOW, Source.GRAPH),
    /** How surely the most telling path of two hops implies the fact. */
    TWO_HOPS("twoHops", Suspicious.LOW, Source.GRAPH),
    /** How surely the most telling path of three hops implies the fact. */
    THREE_HOPS("threeHops", Suspicious.LOW, Source.GRAPH),
    /** How surely all paths together imply the fact, each taken as a reason of its own. */
    PATHS("paths", Suspicious.LOW, Source.GRAPH),
    /** log of the number of paths of two hops, whatever they are. */
    TWO_HOP_PATHS("twoHopPaths", Suspicious.LOW, Source.GRAPH),
    /** log of the number of paths of three hops, whatever they are. */
    THREE_HOP_PATHS("threeHopPaths", Suspicious.LOW, Source.GRAPH),
    /** log of the number of other facts at the head. */
    HEAD_DEGREE("headDegree", Suspicious.LOW, Source.GRAPH),
    /** log of the number of other facts at the tail. */
    TAIL_DEGREE("tailDegree", Suspicious.LOW, Source.GRAPH),
    /** log of the number of other facts with this head and relation. */
    HEAD_USES("headUses", Suspicious.LOW, Source.GRAPH),
    /** log of the number of other facts with this relation and tail. */
    TAIL_USES("tailUses", Suspicious.LOW, Source.GRAPH),
    /** log of the number of other facts of the relation. */
    RELATION_USES("relationUses", Suspicious.LOW, Source.GRAPH);

    /** Which values speak against a fact. */
    enum Suspicious {
        LOW,
        HIGH
    }

    /** What must be done to know a signal. */
    enum Source {
        GRAPH,
        TRAINING,
        GRADIENT,
        ROLLBACK,
        FOLDS
    }

    private final String text;
    private final Suspicious suspicious;
    private final Source source;

    Signal(String text, Suspicious suspicious, Source source) {
        this.text = text;
        this.suspicious = suspicious;
        this.source = source;
    }

    /** The name in configurations and results. */
    public String text() {
        return text;
    }

    /** Whether high values, rather than low ones, speak against a fact. */
    public boolean highIsSuspicious() {
        return suspicious == Suspicious.HIGH;
    }

    Source source() {
        return source;
    }

    /** The names of all signals. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Signal::text).toList();
    }

    /**
     * Finds a signal by its name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Signal named(String name) {
        return Arrays.stream(values())
                .filter(signal -> signal.text.equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown signal '%s'; known are %s".formatted(name, names())));
    }

    /**
     * What is asked where nothing else is said: all but what a training must record for, and what is differentiated,
     * which take time and memory. Whether they would add anything was not measured apart.
     */
    public static Set<Signal> standard() {
        Set<Signal> standard = EnumSet.allOf(Signal.class);
        standard.removeIf(signal -> signal.source == Source.ROLLBACK || signal.source == Source.GRADIENT);
        return standard;
    }
}
