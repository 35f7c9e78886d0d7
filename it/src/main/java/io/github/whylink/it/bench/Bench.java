package io.github.whylink.it.bench;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The entry point of {@code whylink-bench.jar}. */
@Command(
        name = "whylink-bench.jar",
        description =
                "Measures Whylink on a folder of train.tsv, valid.tsv and test.tsv (head id, relation id, tail id).",
        synopsisSubcommandLabel = "<experiment>",
        commandListHeading = "%nExperiments:%n",
        subcommands = {
            QualityExperiment.class,
            FaithfulnessExperiment.class,
            StudyExperiment.class,
            ExplainExperiment.class,
            NecessityExperiment.class,
            EnsembleExperiment.class,
            CorrectExperiment.class,
            ForgetExperiment.class,
            EmbedExperiment.class,
            WhatIfExperiment.class,
            ThroughputExperiment.class,
            FloorExperiment.class,
            MemoryExperiment.class,
            AuditExperiment.class,
            DuplicatesExperiment.class,
            RecommendExperiment.class,
            TuneCommand.class,
            PresetsCommand.class
        })
final class Bench implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            description = "List the experiments and their keys with defaults.")
    private boolean help;

    private Bench() {}

    /** Runs one experiment; exits with 0, 1 after a failure, or 2 for bad arguments. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Bench());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            boolean argument = failure instanceof IllegalArgumentException;
            command.getErr().println("error: " + (argument ? failure.getMessage() : failure.toString()));
            return argument ? 2 : 1;
        });
        commandLine.setParameterExceptionHandler((problem, arguments) -> {
            CommandLine command = problem.getCommandLine();
            command.getErr().println("error: " + problem.getMessage());
            command.getErr()
                    .printf(
                            "%s --help lists the keys.%n",
                            command.getCommandSpec().qualifiedName());
            return 2;
        });
        commandLine.setExecutionStrategy(Bench::runWithPreset);
        commandLine.setUsageHelpWidth(120);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        return commandLine;
    }

    /** Runs the experiment; where a preset is named, its values become the defaults and the arguments are read again. */
    private static int runWithPreset(ParseResult parsed) {
        ParseResult experiment = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        Object chosen = experiment.commandSpec().userObject();
        String preset = experiment.matchedOptionValue(TrainingOptions.PRESET, usualPreset(chosen));
        if (preset == null) {
            return new RunLast().execute(parsed);
        }
        CommandLine command = experiment.commandSpec().commandLine();
        if (preset.equals("list")) {
            command.getOut().print(PresetsCommand.list());
            command.getOut().flush();
            return 0;
        }
        try {
            Preset.named(preset).applyTo(command, experiment.commandSpec().userObject() instanceof QualityExperiment);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
        CommandLine root = parsed.commandSpec().commandLine();
        return new RunLast().execute(root.parseArgs(parsed.originalArgs().toArray(String[]::new)));
    }

    /** The preset of an experiment where none is named, or null. */
    private static String usualPreset(Object experiment) {
        if (experiment instanceof RecommendExperiment) {
            return RecommendExperiment.PRESET;
        }
        return experiment instanceof AuditExperiment || experiment instanceof DuplicatesExperiment
                ? AuditExperiment.PRESET
                : null;
    }

    @Override
    public void run() {
        if (!help) {
            throw new ParameterException(
                    spec.commandLine(),
                    "name an experiment: "
                            + String.join(", ", spec.subcommands().keySet()));
        }
        PrintWriter out = spec.commandLine().getOut();
        spec.commandLine().usage(out);
        spec.subcommands().values().forEach(experiment -> {
            out.println();
            experiment.usage(out);
        });
    }
}
