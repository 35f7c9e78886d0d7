package io.github.whylink.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A Java process that a test starts, and that ends with the JVM of the test, however that ends. */
final class ChildJvm {
    /** For what lives for seconds: the second compiler would take longer than it saves. */
    static final List<String> SHORT_LIVED = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final List<String> FLAGS = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private ChildJvm() {}

    /**
     * Starts a class that calls {@link #endWithParent} first thing.
     *
     * @param errors file for what it says on its error stream
     */
    static Process start(String classPath, Class<?> main, Path errors, String... arguments) {
        return start(SHORT_LIVED, classPath, main, errors, arguments);
    }

    /**
     * The same with flags of its own.
     *
     * @param flags heap, compiler and collector
     */
    static Process start(List<String> flags, String classPath, Class<?> main, Path errors, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(FLAGS);
        command.addAll(List.of("-classpath", classPath, main.getName()));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the child: its standard input is a pipe from the test, which breaks when that is gone. */
    static void endWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is said through it.
                        }
                    } catch (IOException e) {
                        // As good as its end.
                    }
                    Runtime.getRuntime().halt(3);
                },
                "ends-with-parent");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * The class path of a Neo4j as a server has it: without the plugin's own classes, which come with its jar, and without
     * what only the tests need. The classes of the tests come last, for the main class.
     */
    static String neo4jClassPath() {
        String own = System.getProperty("java.class.path");
        String path = Arrays.stream(own.split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(
                        entry -> !Path.of(entry)
                                .getFileName()
                                .toString()
                                .matches(
                                        "(whylink|neo4j-java-driver-all|neo4j-harness|junit|opentest4j|apiguardian|surefire).*"))
                .collect(Collectors.joining(File.pathSeparator));
        return path + File.pathSeparator + Path.of("target", "test-classes").toAbsolutePath();
    }

    /** Waits for the end of a process that was told to end. */
    static void awaitEnd(Process process, long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the process did not end within %d seconds".formatted(seconds));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
