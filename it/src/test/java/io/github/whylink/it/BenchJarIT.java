package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark jar as a user runs it, and what it must show on Nations where that graph is at hand. */
final class BenchJarIT {
    private static final Path NATIONS = Path.of(System.getProperty("whylink.root"), "../shared/data/nations");

    private record Run(int exitCode, Map<String, Double> figures, String printed) {}

    private static Run bench(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("whylink.bench.jar")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, Double> figures = new TreeMap<>();
        printed.lines().filter(line -> line.matches("[a-z0-9_.]+=[0-9.-]+")).forEach(line -> {
            int split = line.indexOf('=');
            figures.put(line.substring(0, split), Double.valueOf(line.substring(split + 1)));
        });
        return new Run(process.waitFor(), figures, printed);
    }

    private static void assumeNations() {
        assumeTrue(Files.isDirectory(NATIONS), "the graph Nations is not at hand");
    }

    @Test
    void theJarStandsAloneAndRefusesBadArguments() throws IOException, InterruptedException {
        Run help = bench("--help");
        assertEquals(0, help.exitCode, help.printed);
        assertTrue(help.printed.contains("faithfulness"));
        Run wrong = bench("quality", "--data", "nowhere");
        assertEquals(2, wrong.exitCode, wrong.printed);
        assertTrue(wrong.printed.contains("nowhere"), wrong.printed);
    }

    /** A library that is missing from the jar would be missed here alone: tests in the build have them on their path. */
    @Test
    void everyMethodRunsFromTheJar(@TempDir Path folder) throws IOException, InterruptedException {
        StringBuilder ring = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            ring.append("%d\t%d\t%d%n".formatted(i, i % 2, (i + 1) % 12));
        }
        for (String file : new String[] {"train.tsv", "valid.tsv", "test.tsv"}) {
            Files.writeString(folder.resolve(file), ring);
        }
        List<String> methods = List.of(
                "rollback",
                "unrolled",
                "tracin",
                "influence_function",
                "gauss_newton",
                "paths",
                "similarity",
                "neighbourhood",
                "random");
        Run run = bench(
                "faithfulness",
                "--data",
                folder.toString(),
                "--queries",
                "2",
                "--epochs",
                "2",
                "--k",
                "1",
                "--method",
                String.join(",", methods));
        assertEquals(0, run.exitCode, run.printed);
        for (String method : methods) {
            assertTrue(run.figures.containsKey(method + ".pd_1"), method);
        }
    }

    /** What nobody else has: the order of the facts is that of training again without each of them. */
    @Test
    void unrolledRollbackOrdersTheFactsOfNationsAsTrainingAgainDoes() throws IOException, InterruptedException {
        assumeNations();
        for (String optimizer : List.of("SGD", "Adagrad")) {
            Run run = bench(
                    "faithfulness",
                    "--data",
                    NATIONS.toString(),
                    "--method",
                    "unrolled",
                    "--optimizer",
                    optimizer,
                    "--k",
                    "1",
                    "--floor-seeds",
                    "0",
                    "--loo-facts",
                    "200");
            assertEquals(0, run.exitCode, run.printed);
            assertAtLeast(0.62, run, "mrr_tail");
            assertAtLeast(0.95, run, "unrolled.loo_spearman_all");
            assertAtLeast(99, run, "unrolled.pd_1");
        }
    }

    /** DistMult in the setting of the gradient rollback paper; its table says 93 / 38 for one fact and 97 / 83 for ten. */
    @Test
    void rollbackIsAsFaithfulOnNationsAsThePaperSays() throws IOException, InterruptedException {
        assumeNations();
        Run run = bench(
                "faithfulness",
                "--data",
                NATIONS.toString(),
                "--method",
                "rollback",
                "--k",
                "1,10,all",
                "--loo-facts",
                "0",
                "--optimizer",
                "Adam",
                "--learning-rate",
                "0.003",
                "--decay",
                "0.96",
                "--initial-scale",
                "0.05");
        assertEquals(0, run.exitCode, run.printed);
        assertAtLeast(90, run, "rollback.pd_1");
        assertAtLeast(30, run, "rollback.tc_1");
        assertAtLeast(95, run, "rollback.pd_10");
        assertAtLeast(78, run, "rollback.tc_10");
        assertAtLeast(98, run, "rollback.pd_all");
        assertAtLeast(95, run, "rollback.tc_all");
        assertTrue(run.figures.get("rollback.tc_1") > run.figures.get("neighbourhood.tc_1"), "above its floor");
    }

    @Test
    void plainSgdRanksNationsWell() throws IOException, InterruptedException {
        assumeNations();
        double sum = 0;
        for (int seed = 1; seed <= 5; seed++) {
            sum += bench("quality", "--data", NATIONS.toString(), "--seed", "" + seed)
                    .figures
                    .get("mrr_tail");
        }
        assertTrue(sum / 5 >= 0.65, "mean tail MRR " + sum / 5);
    }

    private static void assertAtLeast(double least, Run run, String figure) {
        assertTrue(run.figures.get(figure) >= least, figure + " is " + run.figures.get(figure));
    }
}
