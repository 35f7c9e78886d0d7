package io.github.whylink.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.kernel.MatrixKernels;
import io.github.whylink.influence.Explainers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchTest {
    @TempDir
    private Path folder;

    /** Two relations that mirror each other on a ring: easy to learn, with held-out facts that follow from the rest. */
    @BeforeEach
    void writeARing() throws IOException {
        StringBuilder train = new StringBuilder();
        StringBuilder valid = new StringBuilder();
        StringBuilder test = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            int next = (i + 1) % 12;
            train.append(i).append("\t0\t").append(next).append('\n');
            StringBuilder split = i == 3 ? valid : i == 7 || i == 9 ? test : train;
            split.append(next).append("\t1\t").append(i).append('\n');
        }
        Files.writeString(folder.resolve("train.tsv"), train);
        Files.writeString(folder.resolve("valid.tsv"), valid);
        Files.writeString(folder.resolve("test.tsv"), test);
    }

    private record Run(int exitCode, Map<String, String> figures, String printed, String out, String err) {}

    private Run run(String... arguments) {
        StringWriter err = new StringWriter();
        StringWriter help = new StringWriter();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        ByteArrayOutputStream reported = new ByteArrayOutputStream();
        PrintStream progress = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(reported, true, StandardCharsets.UTF_8));
        int exitCode;
        try {
            CommandLine bench = Bench.commandLine();
            bench.setErr(new PrintWriter(err, true));
            bench.setOut(new PrintWriter(help, true));
            exitCode = bench.execute(arguments);
        } finally {
            System.setOut(before);
            System.setErr(progress);
        }
        String printed = out.toString(StandardCharsets.UTF_8);
        Map<String, String> figures = new TreeMap<>();
        printed.lines().forEach(line -> figures.put(line.replaceFirst("=.*", ""), line.replaceFirst(".*=", "")));
        String progressWithoutTimes = reported.toString(StandardCharsets.UTF_8).replaceAll(", [0-9.]+ s\\b", "");
        return new Run(exitCode, figures, printed, help.toString(), err + progressWithoutTimes);
    }

    @Test
    void qualityPrintsItsFigures() {
        Run run = run(quality("--epochs 200 --negative-sides both --validation-facts 0"));
        assertEquals(0, run.exitCode, run.err);
        for (String figure : new String[] {"mrr", "hits1", "hits3", "hits10", "mrr_tail", "train_seconds"}) {
            assertTrue(run.figures.containsKey(figure), figure);
        }
        assertTrue(
                Double.parseDouble(run.figures.get("mrr")) > 0.3, "chance is about 0.27 on both sides: " + run.figures);
    }

    @Test
    void qualitySaysHowFarCalibratedProbabilitiesAreFromTheTruth() throws IOException {
        assertFalse(run(quality("")).figures.containsKey("calibration_error"), "too few facts to tell");
        StringBuilder facts = new StringBuilder();
        StringBuilder wrong = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            facts.append("%d\t0\t%d%n".formatted(i, 60 + i % 5));
            wrong.append("%d\t0\t%d%n".formatted(i, 60 + (i + 1) % 5));
        }
        for (String split : new String[] {"train", "valid", "test"}) {
            Files.writeString(folder.resolve(split + ".tsv"), facts);
        }
        Files.writeString(folder.resolve("test_negatives.tsv"), wrong);
        Run run = run(quality("--epochs 50"));
        for (String figure : new String[] {"calibration_error", "calibration_error_any", "calibration_error_checked"}) {
            double error = Double.parseDouble(run.figures.get(figure));
            assertTrue(error >= 0 && error < 0.3, figure + " " + error);
        }
        Run valid = run(quality("--epochs 50 --split valid"));
        assertTrue(valid.figures.containsKey("calibration_error"));
        assertFalse(valid.figures.containsKey("calibration_error_checked"), "no valid_negatives.tsv");
    }

    @Test
    void theSameSeedPrintsTheSameFigures() {
        String[] arguments = {"quality", "--data", folder.toString(), "--seed", "5", "--concurrency", "1"};
        Run once = run(arguments);
        arguments[6] = "2";
        Run again = run(arguments);
        once.figures.keySet().removeIf(key -> key.endsWith("_seconds"));
        again.figures.keySet().removeIf(key -> key.endsWith("_seconds"));
        assertFalse(once.figures.isEmpty());
        assertEquals(once.figures, again.figures);
    }

    /** Every key reaches the training: each of these changes the figures of the ring. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--scorer ComplEx",
                "--reciprocal --negative-sides BOTH",
                "--regime shared",
                "--regime KvsAll",
                "--filtered",
                "--loss logistic",
                "--label-smoothing 0.3",
                "--loss selfAdversarial",
                "--regularizer N3 --entity-penalty 0.1",
                "--regularizer L2 --relation-penalty 0.1",
                "--entity-dropout 0.5",
                "--relation-dropout 0.5",
                "--schedule linear",
                "--warmup-steps 100",
                "--max-gradient-norm 0.1",
                "--optimizer RowAdagrad",
                "--negative-sides RANDOM --sampling BERNOULLI",
                "--sampling TYPED"
            })
    void everyKeyReachesTheTraining(String keys) throws IOException {
        // A second answer to a query, without which there would be nothing to filter.
        Files.writeString(folder.resolve("train.tsv"), "0\t0\t5\n", StandardOpenOption.APPEND);
        Run plain = run(quality(""));
        Run changed = run(quality(keys));
        assertEquals(0, changed.exitCode, changed.err);
        assertNotEquals(plain.err(), changed.err(), "mean losses in the progress");
    }

    /** Weights that differ by how often a row occurs must not have the same effect. */
    @Test
    void aPenaltyPerRowIsAnotherOneThanPerFact() {
        String penalty = "--regularizer N3 --entity-penalty 0.1";
        assertNotEquals(
                run(quality(penalty)).err(),
                run(quality(penalty + " --penalty-per-row")).err());
    }

    @Test
    void earlyStoppingKeepsTheBestEpochAndNeverReadsTheTestFacts() throws IOException {
        Run run = run(quality("--epochs 40 --validation-facts 1000 --validate-every 1 --patience 3 --split valid"));
        assertEquals(0, run.exitCode, run.err);
        long best = Long.parseLong(run.figures.get("best_epoch"));
        long last = run.err.lines().filter(line -> line.contains("mean loss")).count();
        assertTrue(best == last - 3 || last == 40, "best " + best + " of " + last);
        assertEquals(run.figures.get("validation_mrr"), run.figures.get("mrr"), "the same facts, the same parameters");

        // Other test facts over the same entities: no figure and no epoch may change.
        Files.writeString(folder.resolve("test.tsv"), "2\t1\t4\n4\t0\t2\n");
        Run other = run(quality("--epochs 40 --validation-facts 1000 --validate-every 1 --patience 3 --split valid"));
        run.figures.keySet().removeIf(key -> key.endsWith("_seconds"));
        other.figures.keySet().removeIf(key -> key.endsWith("_seconds"));
        assertEquals(run.figures, other.figures);
    }

    @Test
    void recordingInfluenceChangesNoFigure() {
        Run plain = run(quality("--epochs 30 --validation-facts 1000 --validate-every 1 --patience 2"));
        Run recorded = run(quality("--epochs 30 --validation-facts 1000 --validate-every 1 --patience 2 --influence"));
        assertEquals(0, recorded.exitCode, recorded.err);
        plain.figures.keySet().removeIf(key -> key.endsWith("_seconds"));
        recorded.figures.keySet().removeIf(key -> key.endsWith("_seconds"));
        assertEquals(plain.figures, recorded.figures);
    }

    static List<String> presets() {
        return Preset.names().stream().filter(name -> !name.startsWith("study")).toList();
    }

    static List<String> studies() {
        return Preset.names().stream().filter(name -> name.startsWith("study")).toList();
    }

    private Run study(String keys) {
        return run(("study --data " + folder + " --epochs 2 --dimension 4 --queries 2 --loo-facts 12 --sets 2 " + keys)
                .strip()
                .split("\\s+", -1));
    }

    /** Small graphs and trainings; the methods, models and optimizers are those of the preset. */
    @ParameterizedTest
    @MethodSource("studies")
    void everyStudyFillsItsTable(String preset) {
        Run run = study("--preset " + preset);
        assertEquals(0, run.exitCode, run.err);
        Properties values = Preset.named(preset).values();
        for (String key : values.stringPropertyNames()) {
            assertTrue(
                    key.equals(Preset.GRAPH)
                            || Bench.commandLine()
                                            .getSubcommands()
                                            .get("study")
                                            .getCommandSpec()
                                            .findOption("--" + key)
                                    != null,
                    key + " is no key of a study");
        }
        List<String[]> rows = run.printed
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split(" ?\\| ?", -1))
                .toList();
        assertEquals("method", rows.get(0)[4]);
        int methods = values.getProperty("method").split(",", -1).length + 1;
        int optimizers = values.getProperty("optimizers").split(",", -1).length;
        for (String scorer : values.getProperty("scorers").split(",", -1)) {
            List<String[]> own =
                    rows.stream().filter(row -> row[1].equals(scorer)).toList();
            assertEquals((methods + 1) * optimizers, own.size(), "with the floor of other seeds");
            for (String[] row : own) {
                assertEquals(rows.get(0).length, row.length, "as many columns as the head");
                boolean floor = row[4].startsWith("*");
                assertTrue(row[8].matches("\\d+") && row[9].matches("\\d+"), "PD and TC of " + row[4]);
                assertEquals(floor, row[5].isEmpty(), "milliseconds of " + row[4]);
            }
            assertTrue(
                    own.stream().anyMatch(row -> row[4].equals("unrolled") && row[6].matches("-?[01]\\.\\d\\d")),
                    "a correlation");
        }
    }

    @Test
    void aStudyRefusesWhatItCannotFinishBeforeItBegins() {
        for (String[] wrong : new String[][] {
            {"--preset study-nations --scorers DistMult,Dismult", "DistMult"},
            {"--preset study-nations --optimizers SGD=0.1,Adam=0.1", "Adam"},
        }) {
            Run run = study(wrong[0]);
            assertEquals(2, run.exitCode, run.err);
            assertTrue(run.err.contains(wrong[1]), run.err);
            assertFalse(run.printed.contains("|"), run.printed);
        }
    }

    /** Large ones are made small by keys that override them. */
    @ParameterizedTest
    @MethodSource("presets")
    void everyPresetTrains(String preset) {
        Run run = run(quality("--preset " + preset + " --epochs 2 --dimension 4 --negatives 5"));
        assertEquals(0, run.exitCode, run.err);
        assertTrue(run.err.contains("epoch 2 of 2"), run.err);
        assertEquals(
                Preset.named(preset).values().containsKey(Preset.GRAPH),
                run.err.contains("made for the graph"),
                "the ring is none of the graphs of the presets");
    }

    @Test
    void aPresetIsOverriddenByKeysWhereverTheyStand() {
        String[] before = {"quality", "--epochs", "3", "--preset", "nations", "--data", folder.toString()};
        Run run = run(before);
        assertEquals(0, run.exitCode, run.err);
        assertTrue(run.err.contains("epoch 3 of 3"), run.err);
        assertTrue(run(quality("--preset nations")).err.contains("epoch 10 of 10"));
        assertFalse(
                run(quality("--preset fb15k-237-complex --epochs 1"))
                        .err
                        .equals(run(quality("--preset fb15k-237-complex --epochs 1 --reciprocal=false")).err),
                "what a preset switches on can be switched off");
    }

    @Test
    void everyFileOfThePresetsIsListedAndShown() throws Exception {
        Path files =
                Path.of(getClass().getResource("/presets/index.txt").toURI()).getParent();
        try (Stream<Path> presets = Files.list(files)) {
            List<String> found = presets.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".properties"))
                    .map(file -> file.replace(".properties", ""))
                    .sorted()
                    .toList();
            assertEquals(found, Preset.names().stream().sorted().toList());
        }
        String list = run("presets").out;
        assertEquals(list, run("quality", "--preset", "list").out);
        for (String name : Preset.names()) {
            assertTrue(list.contains(name), name);
            assertFalse(Preset.named(name).summary().isBlank(), name);
        }
        assertTrue(run("presets", "nations").out.contains("dimension = 10"));
        assertTrue(run("presets", "nation").err.contains("unknown preset 'nation'"));
    }

    private String[] quality(String keys) {
        return ("quality --data " + folder + " " + keys).strip().split("\\s+", -1);
    }

    @Test
    void throughputPrintsEachVariantItsRatiosAndThePeer() {
        String chosen = System.getProperty("whylink.kernel");
        Run run = run(throughput(
                "--shapes shared-distmult --kernels plain --seconds 0.01 --repeats 3 --peer",
                "echo facts; echo positives_per_cpu_second=2e-3"));
        assertEquals(0, run.exitCode, run.err);
        String printed = run.printed;
        assertEquals(
                4,
                printed.lines()
                        .filter(line ->
                                line.matches("shared-distmult +plain +o.. .*[0-9] .*[0-9]") && !line.contains(":"))
                        .count(),
                printed);
        for (String ratio : new String[] {"influence on : off", "2 threads : 1", "ours : peer 1", "peer 1, 0 facts"}) {
            assertTrue(printed.contains(ratio), printed);
        }
        assertEquals(chosen, System.getProperty("whylink.kernel"), "the choice of a kernel ends with its turn");
    }

    @Test
    void aPeerThatFailsIsShown() {
        Run run = run(throughput("--shapes single --recording off --seconds 0.01 --repeats 1 --peer", "echo broken"));
        assertEquals(1, run.exitCode);
        assertTrue(run.err.contains("broken"), run.err);
    }

    @Test
    void floorsArePrintedForEachKernelThereIs() {
        Run run = run("floor", "--seconds", "0.05", "--repeats", "1");
        assertEquals(0, run.exitCode, run.err);
        List<String> rows = run.printed.lines().skip(1).toList();
        assertEquals(2 * MatrixKernels.available().size() + 1, rows.size(), run.printed);
        rows.forEach(
                row -> assertTrue(Double.parseDouble(row.replaceAll(".* ", "").replace(",", "")) > 100, run.printed));
        Run refused = run("floor", "--seconds", "0");
        assertEquals(2, refused.exitCode);
        assertTrue(refused.err.contains("--seconds must be above 0"), refused.err);
    }

    private String[] throughput(String keys, String last) {
        List<String> arguments = new ArrayList<>(List.of("throughput", "--data", folder.toString()));
        arguments.addAll(List.of(keys.split(" ", -1)));
        arguments.add(last);
        return arguments.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"'5, 1, 3', 3", "'4, 1, 2, 10', 3", "'7', 7"})
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddle(String values, double median) {
        double[] numbers = Stream.of(values.split(", ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertEquals(median, ThroughputExperiment.median(numbers));
    }

    @Test
    void memoryPrintsAnEstimateOfEachPart() {
        Run run = run("memory", "--data", folder.toString());
        assertEquals(0, run.exitCode, run.err);
        for (String part : new String[] {"training facts", "parameters", "influence ledger", "training in all"}) {
            assertTrue(run.printed.contains(part), run.printed);
        }
    }

    @Test
    void faithfulnessPrintsEachMethodAndBothFloors() {
        Run run = run(
                "faithfulness",
                "--data",
                folder.toString(),
                "--method",
                String.join(",", Explainers.names()).replace("rollback", "Rollback"),
                "--k",
                "1,all",
                "--loo-facts",
                "5");
        assertEquals(0, run.exitCode, run.err);
        for (String method : Explainers.names()) {
            for (String figure : new String[] {
                "ms_per_explanation", "pd_1", "tc_1", "pd_all", "tc_all", "loo_spearman_all", "loo_spearman_shared"
            }) {
                assertTrue(run.figures.containsKey(method + "." + figure), method + "." + figure);
            }
        }
        assertTrue(run.figures.containsKey("seed_change.tc"));
        assertEquals("2", run.figures.get("queries"));
        assertEquals("5", run.figures.get("loo_facts"));
        for (String figure : new String[] {"lipschitz", "loss_steepness", "loss_smoothness", "rollback.bound_log10"}) {
            assertTrue(Double.isFinite(Double.parseDouble(run.figures.get(figure))), figure);
        }
    }

    @Test
    void necessityPrintsTheMethodsAndBothFloors() {
        Run run = run(("necessity --targets 3 --k 1,2 --competitors 2 --scorer ComplEx --epochs 60 --negatives 8"
                        + " --negative-sides both --data " + folder)
                .split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        for (String figure : new String[] {
            "train_seconds",
            "valid_mrr",
            "necessary.seconds",
            "necessary.hits_1_change_1",
            "necessary.hits_1_change_2",
            "rollback.hits_1_change_1",
            "random.hits_1_change_2",
            "rollback.hits_1_change_1_together",
            "seed_change.hits_1_change"
        }) {
            assertTrue(run.figures.containsKey(figure), figure + " in " + run.out);
        }
        assertEquals("-1.0000", run.figures.get("necessary.hits_1_change_1"), "the mirrored fact is all there is");
    }

    @Test
    void necessityTriesAgainAgainstTheRivalThatCameClosest() {
        Run run = run(
                ("necessity --targets 3 --k 1 --split valid --method random --tries 2 --scorer ComplEx --epochs 60 --negatives 8"
                                + " --negative-sides both --data " + folder)
                        .split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        assertEquals("-1.0000", run.figures.get("tried.hits_1_change_1_after_1"), "the mirrored fact is all there is");
        assertEquals("-1.0000", run.figures.get("tried.hits_1_change_1_after_2"));
        assertEquals("1.0000", run.figures.get("tried.trainings_1"));
        Run refused = run("necessity", "--tries", "-1", "--data", folder.toString());
        assertTrue(refused.err.contains("--tries must be 0 or more"), refused.err);
    }

    @Test
    void necessityTriesOneMethodAfterTheOther() {
        Run run = run(
                ("necessity --targets 3 --k 1 --split valid --method lead,paths,fused,random,random --verified --scorer ComplEx"
                                + " --epochs 60 --negatives 8 --negative-sides both --data " + folder)
                        .split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        assertTrue(run.figures.containsKey("verified.hits_1_change_1_after_5"), run.out);
        assertEquals(
                "-1.0000", run.figures.get("verified.hits_1_change_1_after_1"), "the mirrored fact is all there is");
        assertEquals("1.0000", run.figures.get("verified.trainings_1"));
    }

    @Test
    void auditPrintsWhatItFoundForEachNoiseSeedAndTheWorstOfThem() {
        Run run =
                run(("audit --noise-facts 3 --noise-seeds 2 --repetitions 2 --dimension 4 --epochs 2 --batch 8 --data "
                                + folder)
                        .split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        double least = Double.MAX_VALUE;
        for (String noise : List.of("noise1.", "noise2.")) {
            assertEquals(3, Double.parseDouble(run.figures.get(noise + "false_facts")));
            double found = Double.parseDouble(run.figures.get(noise + "found_in_twice"));
            assertTrue(found >= 0 && found <= 3, noise + found);
            least = Math.min(least, found);
        }
        assertEquals(least, Double.parseDouble(run.figures.get("worst.found_in_twice")));
        assertTrue(run.err.contains("planting 2 of 2"), run.err);
    }

    @Test
    void correctPrintsWhatEachRemedyDid() {
        Run run = run(("correct --queries 3 --others 2 --worst-rank 12 --epochs 20 --data " + folder).split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        for (String remedy : new String[] {"steps", "rollback", "finetuning"}) {
            for (String figure : new String[] {"fixed_%", "effort_median", "ms", "mrr_change", "mrr_change_worst"}) {
                assertTrue(run.figures.containsKey(remedy + "." + figure), remedy + "." + figure);
            }
        }
    }

    @Test
    void duplicatesPrintsHowManyPlantedPairsAreFound() throws IOException {
        String arguments = "duplicates --planted 3 --noise-seeds 2 --dimension 4 --epochs 2 --data " + folder;
        assertTrue(run(arguments.split(" ", -1)).err.contains("no entity of train.tsv has the 6 facts"));
        StringBuilder dense = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            for (int further = 1; further <= 4; further++) {
                dense.append("%d\t%d\t%d%n".formatted(i, further % 2, (i + further) % 20));
            }
        }
        Files.writeString(folder.resolve("train.tsv"), dense);
        Run run = run(arguments.split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        for (String noise : new String[] {"noise1.", "noise2."}) {
            for (String list : new String[] {"", "jaccard."}) {
                for (String figure : new String[] {"precision_half", "precision", "recall_twice"}) {
                    double share = Double.parseDouble(run.figures.get(noise + list + figure));
                    assertTrue(share >= 0 && share <= 1, noise + list + figure);
                }
            }
        }
    }

    @Test
    void recommendComparesPredictedRatingsWithGuesses() {
        Run run = run("recommend", "--drawings", "2", "--epochs", "15", "--dimension", "8");
        assertEquals(0, run.exitCode, run.err);
        assertEquals("3200", run.figures.get("ratings"));
        for (String guess : new String[] {"film_mean.", "frequent."}) {
            for (String figure : new String[] {"accuracy", "error"}) {
                double value = Double.parseDouble(run.figures.get("mean." + guess + figure));
                assertEquals(
                        Double.parseDouble(run.figures.get("drawing1." + guess + figure)),
                        2 * value - Double.parseDouble(run.figures.get("drawing2." + guess + figure)),
                        2e-4);
            }
        }
        assertTrue(
                Double.parseDouble(run.figures.get("mean.of_taste"))
                        > 2 * Double.parseDouble(run.figures.get("mean.of_taste_by_chance")),
                run.printed);
    }

    /** The film that all like has the mean 5, the others 1: told from a single rating that is held out. */
    @Test
    void recommendReadsRatingsAndSaysWhatIsWrongWithThem() throws IOException {
        Path ratings = folder.resolve("u.data");
        StringBuilder lines = new StringBuilder();
        for (int user = 0; user < 10; user++) {
            for (int film = 0; film < 3; film++) {
                lines.append("%d\t%d\t%d\t881250949%n".formatted(user + 100, film + 7, film == 1 ? 5 : 1));
            }
        }
        Files.writeString(ratings, lines);
        String[] arguments = {"recommend", "--drawings", "1", "--epochs", "2", "--ratings", ratings.toString()};
        Run run = run(arguments);
        assertEquals(0, run.exitCode, run.err);
        assertEquals("30", run.figures.get("ratings"));
        assertEquals("1.0000", run.figures.get("drawing1.film_mean.accuracy"));
        assertEquals("0.0000", run.figures.get("drawing1.film_mean.expected_error"));
        assertFalse(run.figures.containsKey("drawing1.of_taste"), "whose tastes nobody knows");

        Files.writeString(ratings, "100\t7\t2\n", StandardOpenOption.APPEND);
        assertTrue(run(arguments).err.contains("two ratings of film 7 by user 100"));
        Files.writeString(ratings, "100\t7\tgood\n");
        Run failed = run(arguments);
        assertEquals(2, failed.exitCode);
        assertTrue(failed.err.contains("line 1: expected 'user <tab> film <tab> rating'"), failed.err);
    }

    @Test
    void ensemblePrintsTheScoreOfEachMethodAndWhatStays() {
        Run run = run(("ensemble --members 2 --queries 3 --sets 4 --truth-seeds 2 --data " + folder).split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        for (String figure : new String[] {
            "truth_reliability",
            "ensemble.lds",
            "ensemble.lds_interval",
            "rollback_1.lds",
            "unrolled_1.lds",
            "rollback_2.lds",
            "unrolled_2.lds",
            "stays.single",
            "stays.ensemble",
            "stays_filtered.single",
            "stays_filtered.ensemble"
        }) {
            assertTrue(run.figures.containsKey(figure), figure + " in " + run.out);
        }
    }

    @Test
    void explainComparesTheFormsOfStoredInfluence() {
        Run run = run(("explain --queries 4 --naive-facts 0 --storage float32,INT8 --data " + folder).split(" ", -1));
        assertEquals(0, run.exitCode, run.err);
        assertEquals("120", run.figures.get("float32.bytes_per_fact"));
        assertEquals("43", run.figures.get("int8.bytes_per_fact"));
        assertEquals("100.0000", run.figures.get("float32.overlap_10_%"));
        assertEquals("1.0000", run.figures.get("float32.spearman"));
        assertTrue(Double.parseDouble(run.figures.get("int8.spearman")) > 0.9);
    }

    @Test
    void embedPrintsWhatEachWayToNewEntitiesIsWorth() {
        Run run = run(
                "embed",
                "--data",
                folder.toString(),
                "--scorer",
                "DistMult",
                "--dimension",
                "4",
                "--epochs",
                "2",
                "--new-entities",
                "0.2",
                "--embed-epochs",
                "2",
                "--continue-epochs",
                "1",
                "--measure",
                "valid");
        assertEquals(0, run.exitCode, run.err);
        for (String key :
                List.of("new_entities", "full.new", "begun.old", "embed_2_1.0_-1.new", "continue_1_1.0.time")) {
            assertTrue(run.figures.containsKey("split1." + key), key + " in " + run.figures);
        }
    }

    @Test
    void helpListsExperimentsAndKeysWithDefaults() {
        Run run = run("--help");
        assertEquals(0, run.exitCode);
        for (String expected : new String[] {"quality", "faithfulness", "--loo-facts", "--learning-rate", "[0.1]"}) {
            assertTrue(run.out.contains(expected), expected);
        }
    }

    @Test
    void helpOfEveryExperimentIsPrintedAsItWasWritten() {
        for (String experiment : Bench.commandLine().getSubcommands().keySet()) {
            Run run = run(experiment, "--help");
            assertEquals(0, run.exitCode, experiment);
            assertEquals("", run.err, experiment);
            assertFalse(run.out.contains("%%"), experiment);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    quality --epochs 0            | epochs must be at least 1
                    quality --epochs many         | 'many' is not an int
                    quality --scorer TransX       | unknown scoring function 'TransX'
                    quality --optimizer Adagrat   | unknown optimizer 'Adagrat'
                    quality --learning-rate -1    | --learning-rate must be above 0
                    quality --decay 2             | --decay must be above 0 and at most 1
                    quality --split training      | --split must be test or valid
                    quality --colour red          | --colour
                    quality --regime some         | unknown regime 'some'
                    quality --schedule sudden     | unknown schedule of the learning rate 'sudden'
                    quality --regularizer L9      | unknown regularizer 'L9'
                    quality --entity-penalty -1   | penalty on entities must be 0 or more
                    quality --entity-dropout 1    | dropout of entities must be at least 0 and below 1
                    quality --label-smoothing 2   | label smoothing must be at least 0 and below 1
                    quality --loss margin --label-smoothing 0.1 | has no target to smooth
                    quality --sampling BERNOULLI  | needs the sides 'random'
                    quality --warmup-steps -1     | warm-up steps
                    quality --max-gradient-norm -1 | largest norm of a gradient must be 0 or more
                    quality --validate-every 0    | epochs between validations must be at least 1
                    quality --patience 0          | patience must be at least 1
                    quality --validation-facts -1 | --validation-facts must be at least 0
                    quality --influence --optimizer Adam --batch 16 | cannot be attributed
                    quality --preset best         | unknown preset 'best'; known are [fb15k-237-complex
                    throughput --shapes round     | --shapes: unknown shape 'round'; known are [shared-complex
                    throughput --kernels gpu      | --kernels: unknown 'gpu'
                    throughput --recording some   | --recording: unknown 'some'
                    throughput --threads 0        | --threads must be at least 1
                    throughput --seconds 0        | --seconds must be above 0
                    throughput --repeats 0        | --repeats must be at least 1
                    throughput --epochs -1        | --epochs must be at least 0
                    throughput --peer true        | --peer needs --shapes with the one shape
                    memory --dimension 0          | dimension must be at least 1
                    explain --storage int4        | unknown form of stored influence 'int4'; known are [float32
                    necessity --k 0               | --k must be at least 1, but is 0
                    necessity --split train       | --split must be valid or test, but is 'train'
                    necessity --method rolback    | did you mean 'rollback'
                    necessity --optimizer Adam    | cannot be walked backwards
                    correct --worst-rank 1        | --worst-rank must be at least 2, but is 1
                    audit --noise 1               | --noise must be above 0 and below 1
                    audit --noise-facts -1        | --noise-facts must be at least 0, but is -1
                    audit --noise-seeds 0         | --noise-seeds must be at least 1
                    audit --kind odd              | --kind must be uniform, typed, negatives or mixed, but is 'odd'
                    audit --folds 1               | folds must be at least 2
                    audit --repetitions -1        | repetitions must be at least 0
                    embed --new-entities 1        | --new-entities must be above 0 and below 1
                    embed --measure train         | --measure must be test or valid, but is 'train'
                    ensemble --removed 1          | --removed must be above 0 and below 1
                    ensemble --sets 1             | --sets must be at least 2
                    faithfulness --k 0            | --k must be at least 1
                    faithfulness --queries some   | --queries must be a number or 'all'
                    faithfulness --optimizer Adam --batch 16 | cannot be attributed
                    faithfulness --method unroled | did you mean 'unrolled'
                    faithfulness --method unrolled --optimizer Adam | cannot be walked backwards
                    """)
    void badArgumentsAreRefusedWithAReason(String arguments, String reason) {
        Run run = run((arguments + " --data " + folder).split("\\s+", -1));
        assertEquals(2, run.exitCode);
        assertTrue(run.err.contains(reason), run.err);
        assertTrue(run.figures.isEmpty());
    }

    @Test
    void badFilesAreRefusedWithFileAndLine() throws IOException {
        assertTrue(run("quality").err.contains("--data"));
        assertTrue(run("quality", "--data", folder + "/nowhere").err.contains("train.tsv"));
        assertTrue(run("nothing").err.contains("nothing"));
        assertTrue(run().err.contains("name an experiment"));
        Files.writeString(folder.resolve("valid.tsv"), "0\t0\t1\n0 0 1\n");
        Run run = run("quality", "--data", folder.toString());
        assertEquals(2, run.exitCode);
        assertTrue(run.err.contains("valid.tsv, line 2"), run.err);
        Files.writeString(folder.resolve("valid.tsv"), "0\t-1\t1\n");
        assertTrue(run("quality", "--data", folder.toString()).err.contains("line 1"));
    }
}
