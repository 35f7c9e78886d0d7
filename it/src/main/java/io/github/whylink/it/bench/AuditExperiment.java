package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.audit.Area;
import io.github.whylink.influence.audit.Audit;
import io.github.whylink.influence.audit.AuditReport;
import io.github.whylink.influence.audit.AuditSettings;
import io.github.whylink.influence.audit.FalseFacts;
import io.github.whylink.influence.audit.Signal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Mixes false facts into a graph and asks how many of them an audit finds how high in its list. */
@Command(
        name = "audit",
        sortOptions = false,
        description =
                "Merge all splits, mix false facts into them, audit, and print for each noise seed and for the worst of them: "
                        + "precision_1 and precision_5 (precision in the first 1 and 5 %% of the list), recall_10 (recall in the first 10 %%), area, "
                        + "false_facts, found_in_twice (how many of them stand in the first twice as many rows), "
                        + "flagged (facts down to where half of the list is expected to be false), and for these stated and true precision. "
                        + "Without a preset, those of the preset 'audit' are the defaults of the training's keys.")
final class AuditExperiment implements Callable<Integer> {
    /** Where no other preset is named. */
    static final String PRESET = "audit";

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--noise",
            defaultValue = "0.05",
            description = "False facts per fact of the graph [${DEFAULT-VALUE}].")
    private double noise;

    @Option(
            names = "--kind",
            defaultValue = "uniform",
            description =
                    "uniform (half one part replaced, half of anything), typed (by another head or tail that the relation is seen with), mixed (half of each), "
                            + "negatives (valid_negatives.tsv and test_negatives.tsv) [${DEFAULT-VALUE}].")
    private String kind;

    @Option(
            names = "--noise-facts",
            defaultValue = "0",
            description = "False facts in all, instead of --noise; 0 to go by that [${DEFAULT-VALUE}].")
    private int noiseFacts;

    @Option(names = "--noise-seeds", defaultValue = "3", description = "Repetitions [${DEFAULT-VALUE}].")
    private int noiseSeeds;

    @Option(names = "--first-noise-seed", defaultValue = "1", description = "Of the repetitions [${DEFAULT-VALUE}].")
    private long firstNoiseSeed;

    @Option(
            names = "--canaries",
            defaultValue = "mixed",
            description = "How the audit makes its canaries: uniform, typed, mixed [${DEFAULT-VALUE}].")
    private String canaries;

    @Option(names = "--canary-fraction", defaultValue = "0.05", description = "Per fact [${DEFAULT-VALUE}].")
    private double canaryFraction;

    @Option(names = "--folds", defaultValue = "2", description = "Trainings without a part [${DEFAULT-VALUE}].")
    private int folds;

    @Option(
            names = "--repetitions",
            defaultValue = "0",
            description = "Plantings of canaries; 0 for several in small graphs [${DEFAULT-VALUE}].")
    private int repetitions;

    @Option(
            names = "--signals",
            split = ",",
            paramLabel = "NAME",
            description = "Which signals are asked [all but those of the rollback and of the gradient].")
    private List<String> signals = List.of();

    @Option(
            names = "--signal-figures",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Print the area and recall_10 of each single signal too [${DEFAULT-VALUE}].")
    private boolean signalFigures;

    @Override
    public Integer call() throws IOException {
        TrainingSettings settings = training.settings();
        TrainingOptions.requireAtLeast1("--noise-seeds", noiseSeeds);
        if (!(noise > 0 && noise < 1)) {
            throw new IllegalArgumentException("--noise must be above 0 and below 1, but is " + noise);
        }
        if (noiseFacts < 0) {
            throw new IllegalArgumentException("--noise-facts must be at least 0, but is " + noiseFacts);
        }
        FalseFacts.Mix planted = kind.equals("negatives") ? null : mix("--kind", kind);
        AuditSettings audit = new AuditSettings(
                canaryFraction,
                mix("--canaries", canaries),
                signals.isEmpty()
                        ? Signal.standard()
                        : signals.stream().map(Signal::named).collect(Collectors.toSet()),
                folds,
                repetitions,
                settings.seed());
        Dataset data = training.dataset();
        Facts graph = Dataset.merged(List.of(data.train(), data.valid(), data.test()));
        Figures figures = new Figures(System.out);
        figures.print("facts", graph.count());
        Map<String, Double> worst = new LinkedHashMap<>();
        for (long seed = firstNoiseSeed; seed < firstNoiseSeed + noiseSeeds; seed++) {
            Facts wrong = planted == null
                    ? negatives(training.folder(), graph, seed)
                    : FalseFacts.draw(graph, wrongCount(graph), planted, noiseSeed(seed));
            // In among the others by their keys, so that their place tells nothing.
            Facts all = Dataset.merged(List.of(graph, wrong));
            long start = System.nanoTime();
            long cpuStart = cpuNanos();
            AuditReport report =
                    Audit.run(all, settings, settings.epochs(), audit, TrainingMonitor.NONE, progress(seed, start));
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (cpuNanos() - cpuStart) / 1e9;
            Map<String, Double> found = judge(report, all.count(), i -> i >= graph.count());
            found.put("seconds", seconds);
            found.put("cpu_seconds", cpuSeconds);
            found.forEach((name, value) -> worst.merge(name, value, name.endsWith("seconds") ? Math::max : Math::min));
            worst.merge(
                    "stated_error", Math.abs(found.get("stated_precision") - found.get("true_precision")), Math::max);
            String prefix = "noise" + seed + ".";
            found.forEach((name, value) -> figures.print(prefix + name, value));
            if (signalFigures) {
                printSignals(figures, prefix, report, all.count(), i -> i >= graph.count());
            }
        }
        worst.keySet()
                .removeIf(name -> name.equals("noise_share")
                        || name.equals("flagged")
                        || name.equals("stated_precision")
                        || name.equals("true_precision"));
        worst.forEach((name, value) -> figures.print("worst." + name, value));
        return 0;
    }

    /** Of the whole program, compiler and garbage collector included: what counts where others use the machine too. */
    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    private Consumer<String> progress(long seed, long start) {
        return what ->
                System.err.printf(Locale.ROOT, "noise %d, %.1f s: %s%n", seed, (System.nanoTime() - start) / 1e9, what);
    }

    /** Apart from the seeds of canaries: an audit that knew the seed of the noise would find it too easily. */
    private static long noiseSeed(long seed) {
        return seed * 1_000_003L + 77_777L;
    }

    private static FalseFacts.Mix mix(String key, String name) {
        return switch (name) {
            case "uniform" -> FalseFacts.Mix.UNIFORM;
            case "typed" -> FalseFacts.Mix.TYPED;
            case "mixed" -> FalseFacts.Mix.MIXED;
            default ->
                throw new IllegalArgumentException("%s must be uniform, typed%s or mixed, but is '%s'"
                        .formatted(key, key.equals("--kind") ? ", negatives" : "", name));
        };
    }

    private int wrongCount(Facts graph) {
        return noiseFacts > 0 ? noiseFacts : (int) Math.round(noise * graph.count());
    }

    private Facts negatives(Path folder, Facts graph, long seed) throws IOException {
        Facts checked = Dataset.merged(List.of(
                Dataset.facts(folder, "valid_negatives.tsv", graph),
                Dataset.facts(folder, "test_negatives.tsv", graph)));
        int[] chosen = IntStream.range(0, checked.count())
                .boxed()
                .sorted((a, b) -> Long.compare(hash(checked, a, seed), hash(checked, b, seed)))
                .limit(wrongCount(graph))
                .mapToInt(Integer::intValue)
                .toArray();
        return checked.select(chosen);
    }

    private static long hash(Facts facts, int fact, long seed) {
        return CounterHash.hash(noiseSeed(seed), facts.key(fact), 0, 0);
    }

    private static Map<String, Double> judge(AuditReport report, int count, IntPredicate wrong) {
        double[] descending = new double[count];
        for (int place = 0; place < count; place++) {
            descending[report.order()[place]] = -place;
        }
        Map<String, Double> found = listFigures(report.order(), wrong);
        found.put("area", Area.under(descending, wrong));
        int flagged = 0;
        for (int place = 0; place < count; place++) {
            flagged = report.precision()[place] >= 0.5 ? place + 1 : flagged;
        }
        found.put("flagged", (double) flagged);
        found.put("stated_precision", flagged == 0 ? Double.NaN : report.precision()[flagged - 1]);
        found.put("true_precision", (double) first(report.order(), flagged, wrong) / flagged);
        found.put("noise_share", report.noiseShare());
        return found;
    }

    private static Map<String, Double> listFigures(int[] order, IntPredicate wrong) {
        int count = order.length;
        int all = first(order, count, wrong);
        int one = count / 100;
        int five = count / 20;
        Map<String, Double> found = new TreeMap<>();
        found.put("precision_1", (double) first(order, one, wrong) / one);
        found.put("precision_5", (double) first(order, five, wrong) / five);
        found.put("false_facts", (double) all);
        found.put("found_in_twice", (double) first(order, Math.min(count, 2 * all), wrong));
        found.put("recall_10", (double) first(order, count / 10, wrong) / all);
        return found;
    }

    private static int first(int[] order, int places, IntPredicate wrong) {
        int found = 0;
        for (int place = 0; place < places; place++) {
            found += wrong.test(order[place]) ? 1 : 0;
        }
        return found;
    }

    private static void printSignals(
            Figures figures, String prefix, AuditReport report, int count, IntPredicate wrong) {
        Set<Map.Entry<Signal, float[]>> signals = report.signals().entrySet();
        for (Map.Entry<Signal, float[]> entry : signals) {
            Signal signal = entry.getKey();
            float[] values = entry.getValue();
            double[] suspicion = new double[count];
            for (int i = 0; i < count; i++) {
                suspicion[i] = Float.isNaN(values[i])
                        ? Double.NEGATIVE_INFINITY
                        : signal.highIsSuspicious() ? values[i] : -values[i];
            }
            int[] order = IntStream.range(0, count)
                    .boxed()
                    .sorted((a, b) -> Double.compare(suspicion[b], suspicion[a]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            String name = prefix + signal.text().toLowerCase(Locale.ROOT);
            figures.print(name + ".area", Area.under(suspicion, wrong));
            figures.print(name + ".canary_area", report.quality().get(signal));
            figures.print(name + ".recall_10", listFigures(order, wrong).get("recall_10"));
        }
        figures.print(prefix + "severity.canary_area", report.severityQuality());
    }
}
