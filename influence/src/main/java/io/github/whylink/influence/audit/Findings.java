package io.github.whylink.influence.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What speaks against a fact, and what for it, in words: the signals in which it is among the most suspicious of the graph,
 * and those in which it is among the least.
 */
public final class Findings {
    /** Share of the facts among which a fact must be in a signal for this to be worth a word. */
    private static final double NOTABLE = 0.1;

    /** Reasons against a fact, at most. */
    private static final int REASONS = 3;

    /** What a signal says; {@code s}, {@code t} and {@code r} stand for source, type and target. */
    private record Phrase(Signal signal, String text) {}

    private static final List<Phrase> AGAINST = List.of(
            new Phrase(Signal.SIGNATURES, "what else is known of {s} and of {t} does not meet in {r}"),
            new Phrase(Signal.HEAD_SIGNATURE, "{s} is not the kind of node that {r} starts from"),
            new Phrase(Signal.TAIL_SIGNATURE, "{t} is not the kind of node that {r} leads to"),
            new Phrase(Signal.HEAD_MISFIT, "{s} has a relationship type that hardly goes with being the source of {r}"),
            new Phrase(Signal.TAIL_MISFIT, "{t} has a relationship type that hardly goes with being the target of {r}"),
            new Phrase(
                    Signal.OUT_OF_FOLD_TYPED_TAIL_RANK,
                    "without the fact, other targets are much more probable than {t}"),
            new Phrase(
                    Signal.OUT_OF_FOLD_TYPED_HEAD_RANK,
                    "without the fact, other sources are much more probable than {s}"),
            new Phrase(Signal.OUT_OF_FOLD_TAIL_RANK, "without the fact, nothing makes {t} a likely target"),
            new Phrase(Signal.OUT_OF_FOLD_HEAD_RANK, "without the fact, nothing makes {s} a likely source"),
            new Phrase(Signal.OUT_OF_FOLD_RELATION_RANK, "other types would fit better between the two than {r}"),
            new Phrase(Signal.LOSS, "the model was slow to learn it"),
            new Phrase(Signal.GRADIENT, "the model still strains to fit it"),
            new Phrase(Signal.SELF_INFLUENCE, "the model believes it mostly because of itself"),
            new Phrase(Signal.SCORE_WITHOUT_ITSELF, "take back what it did to the model, and the model doubts it"));

    /** What can speak for a fact; only who asked for all of them knows that nothing does. */
    private static final Set<Signal> SUPPORTING = Set.of(Signal.REVERSE, Signal.TWO_HOPS, Signal.THREE_HOPS);

    private final AuditReport report;

    /** By signal: how suspicious it finds each fact, ascending. */
    private final Map<Signal, float[]> sorted = new EnumMap<>(Signal.class);

    /** Prepares to tell about the facts of a report. O(facts · log facts). */
    public Findings(AuditReport report) {
        this.report = report;
        for (Phrase phrase : AGAINST) {
            float[] column = report.signals().get(phrase.signal);
            if (column != null) {
                float[] suspicion = new float[column.length];
                for (int f = 0; f < column.length; f++) {
                    suspicion[f] = suspicion(phrase.signal, column[f]);
                }
                Arrays.sort(suspicion);
                sorted.put(phrase.signal, suspicion);
            }
        }
    }

    /**
     * Tells about a fact.
     *
     * @param source name of its head
     * @param type name of its relation
     * @param target name of its tail
     * @return one sentence
     */
    public String message(int fact, String source, String type, String target) {
        List<String> against = against(fact);
        List<String> support = support(fact);
        if (support.isEmpty() && report.signals().keySet().containsAll(SUPPORTING)) {
            against.add(0, "no path of other facts implies it");
        }
        String text = against.isEmpty()
                ? "nothing about it alone is striking"
                : String.join("; ", against.subList(0, Math.min(REASONS, against.size())));
        if (!support.isEmpty()) {
            text += ". In its favour: " + String.join("; ", support);
        }
        return text.replace("{s}", source).replace("{r}", type).replace("{t}", target);
    }

    /** The most telling first. */
    private List<String> against(int fact) {
        record Reason(double share, String text) {}
        List<Reason> reasons = new ArrayList<>();
        for (Phrase phrase : AGAINST) {
            float[] column = report.signals().get(phrase.signal);
            if (column != null && !Float.isNaN(column[fact])) {
                float[] all = sorted.get(phrase.signal);
                int at = Arrays.binarySearch(all, suspicion(phrase.signal, column[fact]));
                double share = 1 - (double) (at < 0 ? -1 - at : at) / all.length;
                if (share <= NOTABLE) {
                    reasons.add(new Reason(share, phrase.text));
                }
            }
        }
        reasons.sort((a, b) -> Double.compare(a.share, b.share));
        List<String> texts = new ArrayList<>();
        reasons.forEach(reason -> texts.add(reason.text));
        return texts;
    }

    private List<String> support(int fact) {
        List<String> texts = new ArrayList<>();
        if (value(Signal.REVERSE, fact) > 0.1) {
            texts.add("another relationship between {s} and {t} usually comes with it");
        }
        double paths = Math.max(value(Signal.TWO_HOPS, fact), value(Signal.THREE_HOPS, fact));
        if (paths > 0.1) {
            texts.add("a path of other facts from {s} to {t} often comes with it");
        }
        return texts;
    }

    private double value(Signal signal, int fact) {
        float[] column = report.signals().get(signal);
        return column == null ? 0 : column[fact];
    }

    /** Missing values sort as the least suspicious. */
    private static float suspicion(Signal signal, float value) {
        return Float.isNaN(value) ? Float.NEGATIVE_INFINITY : signal.highIsSuspicious() ? value : -value;
    }
}
