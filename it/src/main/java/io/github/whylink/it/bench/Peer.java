package io.github.whylink.it.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another program that measures itself in the same shape.
 *
 * @param command for {@code sh -c}; prints {@code positives_per_cpu_second=NUMBER}
 */
record Peer(String command) {
    private static final Pattern FIGURE = Pattern.compile("positives_per_cpu_second=([0-9.]+(?:[eE][+-]?[0-9]+)?)");

    /**
     * Runs it once and waits for its end.
     *
     * @return facts per CPU second
     * @throws IllegalStateException if it fails or prints no figure, with what it printed
     */
    double positivesPerCpuSecond() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        Matcher figure = FIGURE.matcher(printed);
        if (exitCode != 0 || !figure.find()) {
            throw new IllegalStateException("the peer '%s' ended with %d and printed no positives_per_cpu_second:%n%s"
                    .formatted(command, exitCode, printed.strip()));
        }
        return Double.parseDouble(figure.group(1));
    }
}
