package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.paths.FactGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Ranks the facts of a graph, the most suspicious first.
 *
 * <pre>
 * canaries ← false facts, a few per cent
 * signals of every fact and canary, each as if it were not there itself
 *     from the graph: signatures, paths, degrees
 *     from a training on all of them, and from one for each fold on the others
 * for each part of facts and canaries
 *     learn on the other parts to tell canaries from facts
 *     severity of the part ← what was learnt
 * all of that again with other canaries where the graph is small; severity ← geometric mean
 * order by severity, and say by the canaries how precise the list is at each depth
 * </pre>
 *
 * <p>Of a small graph a single planting teaches unsteadily, however many canaries it has: of 30 typed errors among 2,800
 * facts one planting had 13 among the first 60, six of them 23. The stated precision is that of the single plantings, which
 * is lower.
 *
 * <p>The facts that are learnt from as true are not all true; that lowers all that is learnt by the same factor and leaves
 * the order as it is, as long as false facts look like canaries. Nothing is ever judged by what was learnt from itself.
 * Time: for each planting, the trainings, one and {@link AuditSettings#folds}, and some ten seconds for 100,000 facts.
 */
public final class Audit {
    /** Fewer canaries teach nothing. */
    static final int LEAST_CANARIES = 200;

    /** More canaries teach nothing more. */
    static final int MOST_CANARIES = 15_000;

    /** A small graph is planted again until so many facts were judged in all: that takes no longer than a larger one once. */
    private static final int JUDGED = 24_000;

    /** What another planting tells beyond so many is little. */
    static final int MOST_REPETITIONS = 8;

    /** So many facts are needed for each canary, and so many canaries at least. */
    private static final int FACTS_PER_CANARY = 3;

    private static final int FEWEST_CANARIES = 2;

    private static final int TREES = 120;
    private static final int DEPTH = 4;

    /** Parts of facts and canaries that are judged by what was learnt from the others. */
    private static final int PARTS = 3;

    /** Facts that are learnt from, at most: enough for trees of this size. */
    private static final int MOST_LEARNT = 60_000;

    private Audit() {}

    /**
     * Audits.
     *
     * @param facts of the graph. Not modified.
     * @param settings of the trainings; all else being equal, faster is better here than best
     * @param epochs of each training, at most those of the settings
     * @param progress told in words what is done next
     * @throws IllegalArgumentException if there are fewer than six facts, or no room for false ones
     */
    public static AuditReport run(
            Facts facts,
            TrainingSettings settings,
            int epochs,
            AuditSettings audit,
            TrainingMonitor monitor,
            Consumer<String> progress) {
        if (facts.count() < FEWEST_CANARIES * FACTS_PER_CANARY) {
            throw new IllegalArgumentException(
                    "an audit needs at least %d facts to learn from, but there are %d; audit a model of more facts"
                            .formatted(FEWEST_CANARIES * FACTS_PER_CANARY, facts.count()));
        }
        int wanted = (int)
                Math.min(MOST_CANARIES, Math.max(LEAST_CANARIES, Math.round(audit.canaryFraction() * facts.count())));
        // Never as many as would bury the graph.
        int count = Math.min(wanted, facts.count() / FACTS_PER_CANARY);
        int repetitions = repetitions(facts.count(), audit);
        List<Planting> plantings = new ArrayList<>();
        for (int r = 0; r < repetitions; r++) {
            String which = repetitions == 1 ? "" : "planting %d of %d: ".formatted(r + 1, repetitions);
            plantings.add(planting(
                    facts,
                    count,
                    settings.with().seed(settings.seed() + r).build(),
                    epochs,
                    audit,
                    repetitions,
                    audit.seed() + r,
                    monitor,
                    what -> progress.accept(which + what)));
        }
        return report(facts.count(), plantings, noise(facts.count(), plantings));
    }

    /** How often an audit trains, at most: what takes most of its time. */
    public static int trainings(int facts, AuditSettings audit) {
        Set<Signal.Source> sources =
                audit.signals().stream().map(Signal::source).collect(Collectors.toSet());
        boolean onAll = sources.contains(Signal.Source.TRAINING)
                || sources.contains(Signal.Source.ROLLBACK)
                || sources.contains(Signal.Source.GRADIENT);
        return repetitions(facts, audit)
                * ((onAll ? 1 : 0) + (sources.contains(Signal.Source.FOLDS) ? audit.folds() : 0));
    }

    /**
     * How often canaries are planted: as often as the settings say or, where they leave it open, as the graph is too small.
     *
     * @param facts of the graph
     */
    public static int repetitions(int facts, AuditSettings audit) {
        return audit.repetitions() > 0 ? audit.repetitions() : Math.max(1, Math.min(MOST_REPETITIONS, JUDGED / facts));
    }

    /**
     * What one drawing of canaries taught.
     *
     * @param judged number of facts, and canaries that stand for false ones
     * @param table signals of those and of other canaries behind them
     * @param kinds of its canaries
     */
    private record Planting(int judged, SignalTable table, List<Kind> kinds) {}

    /**
     * Canaries of a kind.
     *
     * @param typed or not
     * @param from its first canary
     * @param to behind its last one
     * @param logOdds of being one of them rather than a fact, as if both were equally frequent; by fact and canary
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kind(boolean typed, int from, int to, double[] logOdds) {}

    private static Planting planting(
            Facts facts,
            int count,
            TrainingSettings settings,
            int epochs,
            AuditSettings audit,
            int repetitions,
            long seed,
            TrainingMonitor monitor,
            Consumer<String> progress) {
        FalseFacts.Canaries drawn = FalseFacts.canaries(facts, count, audit.canaries(), seed);
        // Otherwise the list would be said to find more than it does. A graph that is planted several times has too few
        // canaries for that.
        FalseFacts.Canaries planted = repetitions == 1 ? drawn.judgedByTheGraphItself(facts) : drawn;
        Facts canaries = planted.facts();
        int judged = facts.count() + planted.judged();
        if (canaries.count() < FEWEST_CANARIES) {
            throw new IllegalArgumentException(
                    "the graph has no room for false facts to learn from: every relation connects almost all entities");
        }
        Facts all = joined(facts, canaries);
        SignalTable table = new SignalTable(audit.signals(), all.count());
        try (Team team = new Team(settings.concurrency())) {
            if (table.needs(Signal.Source.GRAPH)) {
                progress.accept("signatures and paths");
                FactGraph graph = new FactGraph(all);
                SignatureSupport.fill(graph, table, team, monitor::checkCancelled);
                PathSupport.fill(graph, table, team, monitor::checkCancelled);
            }
            ModelSignals models = new ModelSignals(all, settings, epochs, table, team, monitor);
            if (table.needs(Signal.Source.TRAINING)
                    || table.needs(Signal.Source.ROLLBACK)
                    || table.needs(Signal.Source.GRADIENT)) {
                progress.accept("training with %d canaries".formatted(canaries.count()));
                models.fillByTraining();
            }
            if (table.needs(Signal.Source.FOLDS)) {
                progress.accept("%d trainings without a part".formatted(audit.folds()));
                models.fillOutOfFold(audit.folds());
            }
        }
        progress.accept("learning");
        int untyped = facts.count() + planted.untyped();
        List<Kind> kinds = new ArrayList<>();
        if (untyped > facts.count()) {
            kinds.add(new Kind(
                    false,
                    facts.count(),
                    untyped,
                    learn(all, facts.count(), facts.count(), untyped, table, seed, monitor)));
        }
        if (judged > untyped) {
            kinds.add(
                    new Kind(true, untyped, judged, learn(all, facts.count(), untyped, judged, table, seed, monitor)));
        }
        return new Planting(judged, table, kinds);
    }

    static Facts joined(Facts facts, Facts canaries) {
        int n = facts.count();
        int all = n + canaries.count();
        int[] heads = new int[all];
        int[] relations = new int[all];
        int[] tails = new int[all];
        long[] keys = new long[all];
        for (int i = 0; i < all; i++) {
            Facts from = i < n ? facts : canaries;
            int at = i < n ? i : i - n;
            heads[i] = from.head(at);
            relations[i] = from.relation(at);
            tails[i] = from.tail(at);
            keys[i] = from.key(at);
        }
        float[] weights = facts.isWeighted() ? new float[all] : null;
        for (int i = 0; weights != null && i < all; i++) {
            weights[i] = i < n ? facts.weight(i) : canaries.weight(i - n);
        }
        Facts joined = new Facts(facts.entityCount(), facts.relationCount(), heads, relations, tails, keys)
                .withWeights(weights);
        return facts.entityClasses() == null ? joined : joined.withEntityClasses(facts.entityClasses());
    }

    private static double[] learn(
            Facts all, int real, int from, int to, SignalTable table, long seed, TrainingMonitor monitor) {
        float[][] columns = table.signals().stream().map(table::column).toArray(float[][]::new);
        Booster.Binned data = Booster.Binned.of(columns);
        int[] part = new int[all.count()];
        Arrays.setAll(part, i -> CounterHash.bounded(CounterHash.hash(seed, all.key(i), 29, 0), PARTS));
        double[] logOdds = new double[all.count()];
        for (int p = 0; p < PARTS; p++) {
            int judged = p;
            int[] known =
                    IntStream.range(0, real).filter(i -> part[i] != judged).toArray();
            int[] planted =
                    IntStream.range(from, to).filter(i -> part[i] != judged).toArray();
            double share = Math.min(1, (double) MOST_LEARNT / known.length);
            int[] learnt = IntStream.concat(
                            Arrays.stream(known)
                                    .filter(i -> (CounterHash.hash(seed, all.key(i), 31, 0) >>> 11) * 0x1p-53 < share),
                            Arrays.stream(planted))
                    .toArray();
            Booster booster = Booster.train(data, learnt, i -> i >= real, TREES, DEPTH, seed, monitor::checkCancelled);
            for (int i = 0; i < all.count(); i++) {
                if (part[i] == judged) {
                    logOdds[i] = booster.evidence(data, i);
                }
            }
        }
        return logOdds;
    }

    /** The share of false facts of each kind of canaries: untyped, typed. */
    private static double[] noise(int real, List<Planting> plantings) {
        double[] noise = new double[2];
        for (int k = 0; k < 2; k++) {
            noise[k] = noise(real, plantings, k == 1, new double[0], 0);
        }
        if (noise[0] > 0 && noise[1] > 0) {
            // The rarer kind again, without the false facts of the more frequent one.
            int more = noise[0] >= noise[1] ? 0 : 1;
            int less = 1 - more;
            double[] others = plantings.stream()
                    .flatMapToDouble(planting -> {
                        Kind other = kind(planting, more == 1);
                        Kind own = kind(planting, less == 1);
                        return other == null || own == null
                                ? DoubleStream.empty()
                                : Arrays.stream(own.logOdds, other.from, other.to);
                    })
                    .toArray();
            noise[less] = noise(real, plantings, less == 1, others, noise[more]);
        }
        return noise;
    }

    private static double noise(
            int real, List<Planting> plantings, boolean typed, double[] others, double othersNoise) {
        List<Kind> kinds = plantings.stream()
                .map(planting -> kind(planting, typed))
                .filter(Objects::nonNull)
                .toList();
        return kinds.isEmpty()
                ? 0
                : ExpectedPrecision.noise(
                        kinds.stream()
                                .flatMapToDouble(kind -> Arrays.stream(kind.logOdds, 0, real))
                                .toArray(),
                        kinds.size(),
                        kinds.stream()
                                .flatMapToDouble(kind -> Arrays.stream(kind.logOdds, kind.from, kind.to))
                                .toArray(),
                        others,
                        othersNoise);
    }

    private static Kind kind(Planting planting, boolean typed) {
        return planting.kinds.stream()
                .filter(kind -> kind.typed == typed)
                .findFirst()
                .orElse(null);
    }

    private static AuditReport report(int real, List<Planting> plantings, double[] noise) {
        double[] logSeverity = new double[real];
        double[] precision = new double[real];
        double severityQuality = 0;
        Map<Signal, Double> quality = new EnumMap<>(Signal.class);
        Map<Signal, float[]> values = new EnumMap<>(Signal.class);
        for (Planting planting : plantings) {
            double[] severity = severity(planting, noise);
            double[] own = new double[real];
            double[] descending = Arrays.stream(severity, 0, real)
                    .map(x -> -x)
                    .sorted()
                    .map(x -> -x)
                    .toArray();
            for (Kind kind : planting.kinds) {
                ExpectedPrecision.add(
                        descending, Arrays.copyOfRange(severity, kind.from, kind.to), noise[kind.typed ? 1 : 0], own);
            }
            for (int i = 0; i < real; i++) {
                logSeverity[i] += Math.log(severity[i]) / plantings.size();
                precision[i] += own[i] / plantings.size();
            }
            severityQuality += Area.under(severity, i -> i >= real) / plantings.size();
            for (Signal signal : planting.table.signals()) {
                float[] column = planting.table.column(signal);
                double[] suspicion = new double[planting.judged];
                Arrays.setAll(suspicion, i -> signal.highIsSuspicious() ? column[i] : -column[i]);
                quality.merge(signal, Area.under(suspicion, i -> i >= real) / plantings.size(), Double::sum);
                values.merge(signal, Arrays.copyOf(column, real), Audit::sum);
            }
        }
        values.values().forEach(column -> {
            for (int i = 0; i < real; i++) {
                column[i] /= plantings.size();
            }
        });
        int[] order = IntStream.range(0, real)
                .boxed()
                .sorted((a, b) -> Double.compare(logSeverity[b], logSeverity[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new AuditReport(
                order,
                Arrays.stream(logSeverity).map(x -> Math.min(1, Math.exp(x))).toArray(),
                precision,
                noise[0] + noise[1],
                quality,
                severityQuality,
                values);
    }

    private static double[] severity(Planting planting, double[] noise) {
        double[] severity = new double[planting.judged];
        for (Kind kind : planting.kinds) {
            for (int i = 0; i < planting.judged; i++) {
                severity[i] += noise[kind.typed ? 1 : 0] * Math.exp(kind.logOdds[i]);
            }
        }
        return severity;
    }

    /** A fact that had nothing to say once has nothing to say at all. */
    private static float[] sum(float[] a, float[] b) {
        for (int i = 0; i < a.length; i++) {
            a[i] += b[i];
        }
        return a;
    }
}
