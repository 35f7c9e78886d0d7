package io.github.whylink.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.tune.SearchSpace;
import io.github.whylink.embedding.tune.TunedConfiguration;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TuneCommandTest {
    @TempDir
    private Path folder;

    @Test
    void thePrintedKeysMakeTheSameSettingsInTheOtherExperiments() {
        SearchSpace space = SearchSpace.standard(Facts.of(9, 1, new int[] {0}, new int[1], new int[] {1}))
                .with(Map.of(
                        "regularizer",
                        List.of("none", "N3", "L2"),
                        "penaltyWeighting",
                        List.of("perFact", "perRow"),
                        "learningRateSchedule",
                        List.of("constant", "step"),
                        "learningRateDecaySteps",
                        77,
                        "warmupSteps",
                        5,
                        "maxGradientNorm",
                        2.5));
        for (int i = 0; i < 100; i++) {
            TunedConfiguration configuration = space.draw(1, i);
            List<String> arguments = new ArrayList<>(TuneCommand.options(configuration));
            arguments.add("--data=.");
            TrainingOptions options = new TrainingOptions();
            // A command by itself, of which only the keys count.
            new CommandLine(CommandLine.Model.CommandSpec.create()
                            .addMixin("training", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .parseArgs(arguments.toArray(String[]::new));

            assertEquals(
                    configuration.toMap(),
                    TunedConfiguration.of(options.settings()).toMap());
        }
    }

    @Test
    void aConfigurationIsALiteralOfCypher() {
        String literal = TuneCommand.cypher(
                TunedConfiguration.of(Map.of("scoringFunction", "DistMult", "learningRate", 0.25, "maxEpochs", 3)));

        assertTrue(literal.startsWith("{scoringFunction: 'DistMult', reciprocalRelations: false, "), literal);
        assertTrue(literal.contains("maxEpochs: 3, "), literal);
        assertTrue(literal.contains("learningRate: 0.25, "), literal);
        assertFalse(literal.contains("margin"), literal);
    }

    @Test
    void tuneTakesKeysThatAreFixedAndPrintsEachTrainingAndTheBest() throws Exception {
        StringBuilder train = new StringBuilder();
        StringBuilder valid = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            train.append(i).append("\t0\t").append((i + 1) % 20).append('\n');
            valid.append(i).append("\t1\t").append((i + 2) % 20).append('\n');
        }
        Files.writeString(folder.resolve("train.tsv"), train);
        Files.writeString(folder.resolve("valid.tsv"), valid);
        Files.writeString(folder.resolve("test.tsv"), "0\t1\t3\n");
        StringWriter out = new StringWriter();

        int code = new CommandLine(new TuneCommand())
                .setOut(new PrintWriter(out, true))
                .execute(
                        "--data=" + folder,
                        "--budget-seconds=100",
                        "--trials=4",
                        "--concurrency=1",
                        "--fix=scoringFunction=distmult",
                        "--fix=maxEpochs=1|3",
                        "--fix=embeddingDimension=4");

        assertEquals(0, code);
        String text = out.toString();
        List<String> rows =
                text.lines().filter(line -> line.contains("{scoring")).toList();
        assertEquals(5, rows.size(), text);
        assertTrue(rows.stream().allMatch(row -> row.contains("scoringFunction: 'DistMult'")), text);
        assertTrue(rows.stream().allMatch(row -> row.contains("embeddingDimension: 4,")), text);
        assertTrue(text.contains("best of 4 trainings"), text);
        assertTrue(text.lines().anyMatch(line -> line.startsWith("options=--scorer=DistMult --reciprocal=")), text);
    }
}
