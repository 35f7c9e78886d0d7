package io.github.whylink.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private record Run(int exitCode, Map<String, String> figures, String out, String err) {}

    private Run run(String... arguments) {
        StringWriter err = new StringWriter();
        StringWriter help = new StringWriter();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        PrintStream progress = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
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
        return new Run(exitCode, figures, help.toString(), err.toString());
    }

    @Test
    void qualityPrintsItsFigures() {
        Run run = run("quality", "--data", folder.toString(), "--epochs", "200", "--negative-sides", "both");
        assertEquals(0, run.exitCode, run.err);
        for (String figure : new String[] {"mrr", "hits1", "hits3", "hits10", "mrr_tail", "train_seconds"}) {
            assertTrue(run.figures.containsKey(figure), figure);
        }
        assertTrue(
                Double.parseDouble(run.figures.get("mrr")) > 0.3, "chance is about 0.27 on both sides: " + run.figures);
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

    @Test
    void faithfulnessPrintsEachMethodAndBothFloors() {
        Run run = run(
                "faithfulness",
                "--data",
                folder.toString(),
                "--method",
                "rollback",
                "--k",
                "1,all",
                "--loo-facts",
                "5");
        assertEquals(0, run.exitCode, run.err);
        for (String method : new String[] {"rollback", "neighbourhood"}) {
            for (String figure :
                    new String[] {"pd_1", "tc_1", "pd_all", "tc_all", "loo_spearman_all", "loo_spearman_shared"}) {
                assertTrue(run.figures.containsKey(method + "." + figure), method + "." + figure);
            }
        }
        assertTrue(run.figures.containsKey("seed_change.tc"));
        assertEquals("2", run.figures.get("queries"));
        assertEquals("5", run.figures.get("loo_facts"));
    }

    @Test
    void helpListsExperimentsAndKeysWithDefaults() {
        Run run = run("--help");
        assertEquals(0, run.exitCode);
        for (String expected : new String[] {"quality", "faithfulness", "--loo-facts", "--learning-rate", "[0.1]"}) {
            assertTrue(run.out.contains(expected), expected);
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
                    faithfulness --k 0            | --k must be at least 1
                    faithfulness --queries some   | --queries must be a number or 'all'
                    faithfulness --optimizer Adam --batch 16 | cannot be attributed
                    faithfulness --method magic   | unknown method 'magic'
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
