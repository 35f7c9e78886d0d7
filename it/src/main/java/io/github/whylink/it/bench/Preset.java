package io.github.whylink.it.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A documented configuration: a text file of keys and values beside this class, whose comments say what it is for, where
 * its values come from and what to expect. Adding one is its file in {@code presets/} and its name in
 * {@code presets/index.txt}.
 *
 * @param name of the file without its ending
 * @param text the whole file
 * @param values by key, the key without its dashes
 */
record Preset(String name, String text, Properties values) {
    /** Names the folder of the graph that the values are for; no key of the program. */
    static final String GRAPH = "graph";

    private static final String FOLDER = "/presets/";

    /** The names of all presets, in the order in which they are documented. */
    static List<String> names() {
        return resource("index.txt").lines().filter(line -> !line.isBlank()).toList();
    }

    /**
     * Reads a preset.
     *
     * @throws IllegalArgumentException naming the known ones
     */
    static Preset named(String name) {
        if (!names().contains(name)) {
            throw new IllegalArgumentException("unknown preset '%s'; known are %s".formatted(name, names()));
        }
        String text = resource(name + ".properties");
        Properties values = new Properties();
        try {
            values.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Preset(name, text, values);
    }

    /** The first paragraph of its comments. */
    String summary() {
        return text.lines()
                .takeWhile(line -> line.startsWith("# "))
                .map(line -> line.substring(2))
                .collect(Collectors.joining(" "));
    }

    /**
     * Makes the values defaults of the keys of a command.
     *
     * @param everyKey whether the command must know every key of the preset; other commands leave out what they cannot use
     * @throws IllegalArgumentException naming a key that the command does not have
     */
    void applyTo(CommandLine command, boolean everyKey) {
        CommandSpec spec = command.getCommandSpec();
        for (String key : values.stringPropertyNames()) {
            if (everyKey && !key.equals(GRAPH) && spec.findOption("--" + key) == null) {
                throw new IllegalArgumentException(
                        "the preset '%s' sets '%s', which is no key of %s".formatted(name, key, spec.name()));
            }
        }
        command.setDefaultValueProvider(new IDefaultValueProvider() {
            @Override
            public String defaultValue(ArgSpec argument) {
                return argument instanceof OptionSpec option ? valueOf(option) : null;
            }
        });
    }

    private String valueOf(OptionSpec option) {
        String value = values.getProperty(option.longestName().replaceFirst("^--", ""));
        return value == null ? null : value.strip();
    }

    private static String resource(String file) {
        try (InputStream in = Preset.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + FOLDER + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
