package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.MatrixKernels;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures trainings in turn, several times round, so that what disturbs the machine disturbs all of them alike; a ratio is
 * the median of the ratios within each round.
 */
@Command(
        name = "throughput",
        sortOptions = false,
        description = "Facts trained per CPU second (of the process) and per second that passes, for each shape of "
                + "training: with the plain and the vector kernel, without and with the recording of influence, with one "
                + "thread and two. Variants take turns; printed are medians of the rounds, and medians of the ratios "
                + "within a round.")
final class ThroughputExperiment implements Callable<Integer> {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Folder with train.tsv, valid.tsv, test.tsv.")
    private Path data;

    @Option(
            names = "--shapes",
            split = ",",
            defaultValue = "shared-complex,shared-distmult,1vsall-complex,1vsall-distmult,single,transe",
            description = "Which trainings [${DEFAULT-VALUE}].")
    private List<String> shapes;

    @Option(
            names = "--kernels",
            split = ",",
            defaultValue = "plain,vector",
            description = "Of plain, vector [${DEFAULT-VALUE}].")
    private List<String> kernels;

    @Option(
            names = "--recording",
            split = ",",
            defaultValue = "off,on",
            description = "Of influence: off, on [${DEFAULT-VALUE}].")
    private List<String> recording;

    @Option(names = "--threads", split = ",", defaultValue = "1,2", description = "How many [${DEFAULT-VALUE}].")
    private List<Integer> threads;

    @Option(
            names = "--seconds",
            defaultValue = "2",
            description = "Measured in each turn, after an epoch to warm up [${DEFAULT-VALUE}].")
    private double seconds;

    @Option(
            names = "--epochs",
            defaultValue = "0",
            description =
                    "Measure so many epochs, after the first, instead of seconds; 0 for 10 of transe, whose later "
                            + "epochs are cheaper, and seconds for the others [${DEFAULT-VALUE}].")
    private int epochs;

    @Option(
            names = "--repeats",
            defaultValue = "5",
            description = "Rounds that count, after one that does not [${DEFAULT-VALUE}].")
    private int repeats;

    @Option(
            names = "--peer",
            paramLabel = "CMD",
            description =
                    "A program that prints positives_per_cpu_second=NUMBER, run in each round; several are possible. "
                            + "Needs --shapes with the one that it trains.")
    private List<String> peers = List.of();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these keys.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** One training in one way. */
    private record Variant(TrainingShape shape, String kernel, boolean recorded, int threads) {
        Variant kernel(String other) {
            return new Variant(shape, other, recorded, threads);
        }

        Variant recorded(boolean other) {
            return new Variant(shape, kernel, other, threads);
        }

        Variant threads(int other) {
            return new Variant(shape, kernel, recorded, other);
        }

        String row() {
            return "%-16s %-7s %-9s %7s"
                    .formatted(
                            shape.text(),
                            shape.batched() ? kernel : "-",
                            recorded ? "on" : "off",
                            shape.batched() ? threads : "-");
        }
    }

    @Override
    public Integer call() throws Exception {
        List<Variant> variants = variants();
        Facts train = Dataset.read(data).train();
        Map<TrainingShape, Facts> facts = new LinkedHashMap<>();
        variants.forEach(variant -> facts.computeIfAbsent(variant.shape, shape -> shape.facts(train)));
        List<Peer> others = peers.stream().map(Peer::new).toList();

        Map<Variant, List<Throughput>> measured = new LinkedHashMap<>();
        variants.forEach(variant -> measured.put(variant, new ArrayList<>()));
        double[][] peerFigures = new double[others.size()][repeats];
        for (int round = 0; round <= repeats; round++) {
            System.err.printf("round %d of %d%s%n", round, repeats, round == 0 ? ", to warm up" : "");
            for (Variant variant : variants) {
                Throughput throughput = Throughput.measure(
                        facts.get(variant.shape),
                        variant.shape
                                .settings()
                                .with()
                                .concurrency(variant.threads)
                                .build(),
                        variant.kernel,
                        variant.recorded,
                        seconds,
                        epochs > 0 ? epochs : variant.shape.epochs());
                if (round > 0) {
                    measured.get(variant).add(throughput);
                }
            }
            for (int i = 0; round > 0 && i < others.size(); i++) {
                peerFigures[i][round - 1] = others.get(i).positivesPerCpuSecond();
            }
        }
        printFigures(System.out, measured);
        printRatios(System.out, measured);
        printPeers(System.out, measured, others, peerFigures);
        return 0;
    }

    /** All that was asked for; the kernel and a second thread only where they can matter. */
    private List<Variant> variants() {
        requireAtLeastOne("--repeats", repeats);
        if (epochs < 0) {
            throw new IllegalArgumentException("--epochs must be at least 0, but is " + epochs);
        }
        requireKnown("--kernels", kernels, List.of("plain", "vector"));
        requireKnown("--recording", recording, List.of("off", "on"));
        for (int count : threads) {
            requireAtLeastOne("--threads", count);
        }
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("--seconds must be above 0, but is " + seconds);
        }
        List<TrainingShape> wanted = shapes.stream().map(TrainingShape::named).toList();
        if (!peers.isEmpty() && wanted.size() != 1) {
            throw new IllegalArgumentException("--peer needs --shapes with the one shape that the peer trains");
        }
        Kernels.hintAtVectors(System.err);
        List<String> available =
                kernels.stream().filter(MatrixKernels.available()::contains).toList();
        List<Variant> variants = new ArrayList<>();
        for (TrainingShape shape : wanted) {
            // The fastest comes last; without matrix products they are all the same.
            for (String kernel : shape.batched() ? available : List.of("plain")) {
                for (String record : recording) {
                    for (int count : shape.batched() ? threads : List.of(1)) {
                        variants.add(new Variant(shape, kernel, record.equals("on"), count));
                    }
                }
            }
        }
        if (variants.isEmpty()) {
            throw new IllegalArgumentException("--kernels: this JVM has none of " + kernels);
        }
        return variants;
    }

    private static void printFigures(PrintStream out, Map<Variant, List<Throughput>> measured) {
        out.printf(
                "%-16s %-7s %-9s %7s %18s %18s%n",
                "shape", "kernel", "influence", "threads", "facts/CPU second", "facts/second");
        measured.forEach((variant, rounds) -> out.printf(
                Locale.ROOT,
                "%s %,18.0f %,18.0f%n",
                variant.row(),
                median(rounds.stream().mapToDouble(Throughput::perCpuSecond).toArray()),
                median(rounds.stream().mapToDouble(Throughput::perWallSecond).toArray())));
    }

    private static void printRatios(PrintStream out, Map<Variant, List<Throughput>> measured) {
        out.printf("%n%-42s %-30s %6s   %s%n", "ratios within a round", "", "median", "rounds");
        measured.keySet().forEach(variant -> {
            if (variant.kernel.equals("vector")) {
                printRatio(
                        out,
                        "speed, vector : plain",
                        variant,
                        measured.get(variant),
                        measured.get(variant.kernel("plain")),
                        Throughput::perCpuSecond);
            }
            if (variant.recorded) {
                printRatio(
                        out,
                        "CPU time, influence on : off",
                        variant,
                        measured.get(variant.recorded(false)),
                        measured.get(variant),
                        Throughput::perCpuSecond);
            }
            if (variant.threads > 1) {
                printRatio(
                        out,
                        "speed, %d threads : 1".formatted(variant.threads),
                        variant,
                        measured.get(variant),
                        measured.get(variant.threads(1)),
                        Throughput::perWallSecond);
            }
        });
    }

    /** Prints nothing where one of the two was not measured. */
    private static void printRatio(
            PrintStream out,
            String what,
            Variant variant,
            List<Throughput> over,
            List<Throughput> under,
            ToDoubleFunction<Throughput> figure) {
        if (over != null && under != null) {
            double[] ratios = new double[over.size()];
            Arrays.setAll(ratios, i -> figure.applyAsDouble(over.get(i)) / figure.applyAsDouble(under.get(i)));
            print(out, variant.row(), what, ratios);
        }
    }

    private static void printPeers(
            PrintStream out, Map<Variant, List<Throughput>> measured, List<Peer> others, double[][] figures) {
        for (int peer = 0; peer < others.size(); peer++) {
            double[] ofPeer = figures[peer];
            out.printf(
                    Locale.ROOT,
                    "%npeer %d, %,.0f facts per CPU second: %s%n",
                    peer + 1,
                    median(ofPeer),
                    others.get(peer).command());
            String what = "facts/CPU second, ours : peer " + (peer + 1);
            measured.forEach((variant, rounds) -> {
                double[] ratios = new double[rounds.size()];
                Arrays.setAll(ratios, i -> rounds.get(i).perCpuSecond() / ofPeer[i]);
                print(out, variant.row(), what, ratios);
            });
        }
    }

    private static void print(PrintStream out, String row, String what, double[] ratios) {
        StringBuilder rounds = new StringBuilder();
        for (double ratio : ratios) {
            rounds.append(String.format(Locale.ROOT, " %.2f", ratio));
        }
        out.printf(Locale.ROOT, "%-42s %-30s %6.2f  %s%n", row, what, median(ratios), rounds);
    }

    /** Of an even number, the mean of the two in the middle. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    private static void requireAtLeastOne(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, but is %d".formatted(key, value));
        }
    }

    private static void requireKnown(String key, List<String> values, List<String> known) {
        for (String value : values) {
            if (!known.contains(value)) {
                throw new IllegalArgumentException("%s: unknown '%s'; known are %s".formatted(key, value, known));
            }
        }
    }
}
