package io.github.whylink.it.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the documented configurations. */
@Command(
        name = "presets",
        description = "List the configurations that --preset takes, or show one with its values and their origin.")
final class PresetsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The one to show.")
    private String name;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .print(name == null ? list() : Preset.named(name).text());
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** One line per preset: its name and what it is for. */
    static String list() {
        StringBuilder lines = new StringBuilder();
        for (String name : Preset.names()) {
            lines.append("%-22s %s%n".formatted(name, Preset.named(name).summary()));
        }
        return lines.toString();
    }
}
