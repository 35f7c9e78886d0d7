package io.github.whylink.it.bench;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks of each method, for several models and optimizers, how far its explanations agree with training again. */
@Command(
        name = "study",
        sortOptions = false,
        description =
                "The experiment faithfulness for each scoring function with each optimizer; prints one table: milliseconds "
                        + "per explanation, rank correlation with leaving each fact out (all of them, and those that share a row with the "
                        + "link), PD and TC without the first fact, and LDS for each share of --removed. Presets study-nations and "
                        + "study-codex-s hold the keys of the tables that are published. Takes the keys of faithfulness, of which "
                        + "--scorer, --optimizer, --learning-rate and --k have no effect.")
final class StudyExperiment implements Callable<Integer> {
    @Mixin
    private FaithfulnessExperiment faithfulness;

    @Option(
            names = "--scorers",
            split = ",",
            defaultValue = "DistMult,ComplEx,TransE",
            description = "Scoring functions [${DEFAULT-VALUE}].")
    private List<String> scorers;

    @Option(
            names = "--optimizers",
            split = ",",
            paramLabel = "NAME=RATE",
            defaultValue = "SGD=0.1,Adagrad=0.1",
            description = "Optimizers and their learning rates [${DEFAULT-VALUE}].")
    private Map<String, Float> optimizers = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        faithfulness.remove(1);
        // What cannot be done is said before anything is.
        for (String scorer : scorers) {
            for (Map.Entry<String, Float> optimizer : optimizers.entrySet()) {
                use(scorer, optimizer);
                faithfulness.methods();
            }
        }
        printHeader();
        for (String scorer : scorers) {
            for (Map.Entry<String, Float> optimizer : optimizers.entrySet()) {
                System.err.printf("%s, %s%n", scorer, optimizer.getKey());
                use(scorer, optimizer);
                print(scorer, optimizer.getKey());
            }
        }
        return 0;
    }

    private void use(String scorer, Map.Entry<String, Float> optimizer) {
        faithfulness.training().use(scorer, optimizer.getKey(), optimizer.getValue());
    }

    private void printHeader() {
        StringJoiner header = new StringJoiner(" | ", "| ", " |");
        header.add("model").add("optimizer").add("tail MRR").add("method").add("ms");
        header.add("all facts").add("sharing a row").add("PD").add("TC");
        for (double share : faithfulness.shares()) {
            header.add(String.format(Locale.ROOT, "LDS %.0f %%", 100 * share));
        }
        System.out.println(header);
        System.out.println("|" + "---|".repeat(9 + faithfulness.shares().length));
    }

    private void print(String scorer, String optimizer) throws IOException {
        Map<String, String> figures = new HashMap<>();
        faithfulness.measure(new Figures(figures::put));
        for (String method : faithfulness.methods()) {
            StringJoiner row = new StringJoiner(" | ", "| ", " |");
            row.add(scorer).add(optimizer).add(rounded(figures.get("mrr_tail"), 3));
            row.add(method).add(rounded(figures.get(method + ".ms_per_explanation"), 1));
            row.add(rounded(figures.get(method + ".loo_spearman_all"), 2));
            row.add(rounded(figures.get(method + ".loo_spearman_shared"), 2));
            row.add(rounded(figures.get(method + ".pd_1"), 0));
            row.add(rounded(figures.get(method + ".tc_1"), 0));
            for (double share : faithfulness.shares()) {
                row.add(rounded(figures.get(method + ".lds_" + share), 2));
            }
            System.out.println(row);
        }
        StringJoiner floor = new StringJoiner(" | ", "| ", " |");
        floor.add(scorer)
                .add(optimizer)
                .add(rounded(figures.get("mrr_tail"), 3))
                .add("*only the seed changed*");
        floor.add("").add("").add("");
        floor.add(rounded(figures.get("seed_change.pd"), 0)).add(rounded(figures.get("seed_change.tc"), 0));
        IntStream.range(0, faithfulness.shares().length).forEach(i -> floor.add(""));
        System.out.println(floor);
    }

    /** What was not measured is left empty. */
    private static String rounded(String value, int places) {
        return value == null || value.equals("NaN")
                ? ""
                : String.format(Locale.ROOT, "%." + places + "f", Double.valueOf(value));
    }
}
