package io.github.whylink.it.bench;

import io.github.whylink.embedding.tune.SearchSpace;
import io.github.whylink.embedding.tune.Trial;
import io.github.whylink.embedding.tune.Trial.Outcome;
import io.github.whylink.embedding.tune.TunedConfiguration;
import io.github.whylink.embedding.tune.Tuner;
import io.github.whylink.embedding.tune.TuningBudget;
import io.github.whylink.embedding.tune.TuningMonitor;
import io.github.whylink.embedding.tune.TuningResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Searches for good settings: trains on {@code train.tsv}, measures on {@code valid.tsv}. Of {@code test.tsv} only the ids
 * are read, as for every graph, to number entities and relations.
 */
@Command(
        name = "tune",
        sortOptions = false,
        description =
                "Search for good settings with random draws and successive halving, by the filtered MRR of 1,000 facts "
                        + "of valid.tsv; test.tsv has no say. Prints each training as it ends, and the best settings as a "
                        + "Cypher map for whylink.train and as keys of the other experiments.")
final class TuneCommand implements Callable<Integer> {
    /** The keys of a configuration that this program calls otherwise than in lower case with dashes. */
    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("scoringFunction", "scorer"),
            Map.entry("reciprocalRelations", "reciprocal"),
            Map.entry("embeddingDimension", "dimension"),
            Map.entry("maxEpochs", "epochs"),
            Map.entry("batchSize", "batch"),
            Map.entry("negativeSampling", "regime"),
            Map.entry("negativeSamples", "negatives"),
            Map.entry("negativeDistribution", "sampling"),
            Map.entry("filterNegatives", "filtered"),
            Map.entry("learningRateSchedule", "schedule"),
            Map.entry("learningRateDecay", "decay"),
            Map.entry("learningRateDecaySteps", "decay-steps"),
            Map.entry("randomSeed", "seed"));

    private static final String ROW = "%5s %4s %4s  %-10s %6s %8s  %s%n";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Folder with train.tsv, valid.tsv, test.tsv; required.")
    private Path data;

    @Option(
            names = "--budget-seconds",
            defaultValue = "600",
            description = "How long to search; how far it gets depends on the machine [${DEFAULT-VALUE}].")
    private double budgetSeconds;

    @Option(
            names = "--trials",
            defaultValue = "2147483647",
            description = "How many trainings at most; reached within the time, the search is the same everywhere.")
    private int trials;

    @Option(names = "--seed", defaultValue = "1", description = "Of the draws [${DEFAULT-VALUE}].")
    private long seed;

    @Option(
            names = "--concurrency",
            defaultValue = "2",
            description = "Threads; figures but times do not depend on it [${DEFAULT-VALUE}].")
    private int concurrency;

    @Option(
            names = "--fix",
            paramLabel = "KEY=VALUE[|VALUE...]",
            description = "Search only among these values of a key of whylink.train, as --fix scoringFunction=ComplEx "
                    + "or --fix 'embeddingDimension=64|128'; may be repeated.")
    private Map<String, String> fixed = new LinkedHashMap<>();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these keys.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() throws Exception {
        TuningBudget budget = new TuningBudget(budgetSeconds, trials);
        if (concurrency < 1) {
            throw new IllegalArgumentException("--concurrency must be at least 1, but is " + concurrency);
        }
        Kernels.hintAtVectors(System.err);
        Dataset graph = Dataset.read(data);
        SearchSpace space = SearchSpace.standard(graph.train()).with(declared(fixed));
        PrintWriter out = spec.commandLine().getOut();
        out.printf(ROW, "trial", "draw", "rung", "outcome", "epochs", "seconds", "validation MRR, settings");
        out.flush();
        TuningResult result = Tuner.search(
                graph.train(),
                graph.valid(),
                graph.knownBeforeTest(),
                space,
                seed,
                budget,
                concurrency,
                printingTo(out));
        if (result.best().isEmpty()) {
            throw new IllegalStateException(
                    "no training finished in %s seconds; raise --budget-seconds, or --fix smaller settings"
                            .formatted(budgetSeconds));
        }
        Trial best = result.best().get();
        out.printf(
                Locale.ROOT,
                "%nbest of %d trainings: trial %d%n",
                result.trials().size(),
                best.number());
        out.printf(Locale.ROOT, "validation_mrr=%.4f%n", best.validationMrr());
        out.printf("cypher=%s%n", cypher(best.configuration()));
        out.printf("options=%s%n", String.join(" ", options(best.configuration())));
        out.flush();
        return 0;
    }

    /** The configuration as a literal of Cypher. */
    static String cypher(TunedConfiguration configuration) {
        return configuration.toMap().entrySet().stream()
                .map(e -> e.getKey() + ": " + (e.getValue() instanceof String s ? "'" + s + "'" : e.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** The configuration as keys of the experiments that train. */
    static List<String> options(TunedConfiguration configuration) {
        List<String> options = new ArrayList<>();
        configuration.toMap().forEach((key, value) -> {
            if (key.equals("penaltyWeighting")) {
                options.add("--penalty-per-row=" + value.equals("perRow"));
            } else {
                options.add("--%s=%s".formatted(OPTIONS.getOrDefault(key, dashed(key)), value));
            }
        });
        return options;
    }

    /** Reads {@code key=a|b} as whole numbers, numbers, flags or names, whichever they are. */
    private static Map<String, Object> declared(Map<String, String> fixed) {
        Map<String, Object> declared = new LinkedHashMap<>();
        fixed.forEach((key, values) -> {
            List<Object> read = new ArrayList<>();
            for (String value : values.split("\\|", -1)) {
                read.add(value(value.strip()));
            }
            declared.put(key, read);
        });
        return declared;
    }

    private static Object value(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.valueOf(text);
        }
        try {
            return text.matches("-?\\d+") ? (Object) Long.valueOf(text) : (Object) Double.valueOf(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static String dashed(String key) {
        return key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static TuningMonitor printingTo(PrintWriter out) {
        return new TuningMonitor() {
            @Override
            public void trialEnded(Trial trial) {
                boolean finished = trial.outcome() == Outcome.FINISHED;
                out.printf(
                        ROW,
                        trial.number(),
                        trial.draw(),
                        trial.rung(),
                        trial.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        finished ? trial.bestEpoch() + "/" + trial.epochs() : trial.epochs(),
                        String.format(Locale.ROOT, "%.1f", trial.seconds()),
                        finished
                                ? String.format(
                                        Locale.ROOT, "%.4f %s", trial.validationMrr(), cypher(trial.configuration()))
                                : trial.message() + " " + cypher(trial.configuration()));
                out.flush();
            }
        };
    }
}
