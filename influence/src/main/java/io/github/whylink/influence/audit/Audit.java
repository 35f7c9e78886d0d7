package io.github.whylink.influence.audit;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Team;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
 * order by severity, and say by the canaries how precise the list is at each depth
 * </pre>
 *
 * <p>The facts that are learnt from as true are not all true; that lowers all that is learnt by the same factor and leaves
 * the order as it is, as long as false facts look like canaries. Nothing is ever judged by what was learnt from itself.
 * Time: the trainings, one and {@link AuditSettings#folds}, and some ten seconds for 100,000 facts.
 */
public final class Audit {
    /** Fewer canaries teach nothing. */
    static final int LEAST_CANARIES = 200;

    /** More canaries teach nothing more. */
    static final int MOST_CANARIES = 15_000;

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
     * @throws IllegalArgumentException if there is no room for a false fact
     */
    public static AuditReport run(
            Facts facts,
            TrainingSettings settings,
            int epochs,
            AuditSettings audit,
            TrainingMonitor monitor,
            Consumer<String> progress) {
        int wanted = (int)
                Math.min(MOST_CANARIES, Math.max(LEAST_CANARIES, Math.round(audit.canaryFraction() * facts.count())));
        // Never as many as would bury the graph.
        FalseFacts.Canaries planted = FalseFacts.canaries(
                facts, Math.max(1, Math.min(wanted, facts.count() / 3)), audit.canaries(), audit.seed());
        Facts canaries = planted.facts();
        if (canaries.count() < 2) {
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
                progress.accept("paths");
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
        List<Kind> kinds = Stream.of(new int[] {facts.count(), untyped}, new int[] {untyped, all.count()})
                .filter(range -> range[1] > range[0])
                .map(range -> learn(all, facts.count(), range[0], range[1], table, audit.seed(), monitor))
                .toList();
        return report(facts.count(), all.count(), table, apart(facts.count(), kinds));
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
        Facts joined = new Facts(facts.entityCount(), facts.relationCount(), heads, relations, tails, keys);
        return facts.entityClasses() == null ? joined : joined.withEntityClasses(facts.entityClasses());
    }

    /**
     * Canaries of a kind.
     *
     * @param from its first canary
     * @param to behind its last one
     * @param logOdds of being one of them rather than a fact, as if both were equally frequent; by fact and canary
     * @param noise the share of facts that are false in this way
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kind(int from, int to, double[] logOdds, double noise) {}

    private static Kind learn(
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
            double prior = Math.log((double) planted.length / (learnt.length - planted.length));
            for (int i = 0; i < all.count(); i++) {
                if (part[i] == judged) {
                    logOdds[i] = booster.logOdds(data, i) - prior;
                }
            }
        }
        double noise = ExpectedPrecision.noise(
                Arrays.copyOf(logOdds, real), Arrays.copyOfRange(logOdds, from, to), new double[0], 0);
        return new Kind(from, to, logOdds, noise);
    }

    /** The rarer kind again, without the false facts of the more frequent one. */
    private static List<Kind> apart(int real, List<Kind> kinds) {
        if (kinds.size() < 2) {
            return kinds;
        }
        int frequent = kinds.get(0).noise >= kinds.get(1).noise ? 0 : 1;
        Kind more = kinds.get(frequent);
        Kind less = kinds.get(1 - frequent);
        double noise = ExpectedPrecision.noise(
                Arrays.copyOf(less.logOdds, real),
                Arrays.copyOfRange(less.logOdds, less.from, less.to),
                Arrays.copyOfRange(less.logOdds, more.from, more.to),
                more.noise);
        return List.of(more, new Kind(less.from, less.to, less.logOdds, noise));
    }

    private static AuditReport report(int real, int all, SignalTable table, List<Kind> kinds) {
        double[] severity = new double[all];
        for (Kind kind : kinds) {
            for (int i = 0; i < all; i++) {
                severity[i] += kind.noise * Math.exp(kind.logOdds[i]);
            }
        }
        int[] order = IntStream.range(0, real)
                .boxed()
                .sorted((a, b) -> Double.compare(severity[b], severity[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] descending = Arrays.stream(order).mapToDouble(i -> severity[i]).toArray();
        double[] precision = new double[real];
        for (Kind kind : kinds) {
            ExpectedPrecision.add(descending, Arrays.copyOfRange(severity, kind.from, kind.to), kind.noise, precision);
        }
        Map<Signal, Double> quality = new EnumMap<>(Signal.class);
        Map<Signal, float[]> values = new EnumMap<>(Signal.class);
        for (Signal signal : table.signals()) {
            float[] column = table.column(signal);
            double[] suspicion = new double[all];
            Arrays.setAll(suspicion, i -> signal.highIsSuspicious() ? column[i] : -column[i]);
            quality.put(signal, Area.under(suspicion, i -> i >= real));
            values.put(signal, Arrays.copyOf(column, real));
        }
        return new AuditReport(
                order,
                Arrays.stream(severity).limit(real).map(x -> Math.min(1, x)).toArray(),
                precision,
                kinds.stream().mapToDouble(Kind::noise).sum(),
                quality,
                Area.under(severity, i -> i >= real),
                values);
    }
}
