package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A database that is killed while it trains, writes, embeds, forgets, corrects, takes back or trains on starts again, and the old
 * model answers or the new one, to the last bit. Few times in every build; {@code -Dwhylink.kills=50 -Dwhylink.server.kills=5} now and then.
 */
final class CrashIT {
    private static final int KILLS = Integer.getInteger("whylink.kills", 4);
    private static final int SERVER_KILLS = Integer.getInteger("whylink.server.kills", 2);

    /** What a child says, and its end. */
    private static final class Child {
        private static final String END = "(end)";

        private final Path home;
        private final Process process;
        private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

        Child(Path home, String begin) {
            this.home = home;
            process = ChildJvm.start(
                    ChildJvm.neo4jClassPath(),
                    CrashVictim.class,
                    home.resolve("errors.log"),
                    home.toString(),
                    Server.pluginJar().toString(),
                    begin);
            Thread reader = new Thread(() -> {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        said.add(line);
                    }
                } catch (IOException e) {
                    // It was killed.
                }
                said.add(END);
            });
            reader.setDaemon(true);
            reader.start();
        }

        /** All lines up to one that begins with a word. */
        List<String> until(String word) throws InterruptedException {
            List<String> lines = new ArrayList<>();
            while (true) {
                String line = said.poll(180, TimeUnit.SECONDS);
                if (line == null || line.equals(END)) {
                    process.destroyForcibly();
                    throw new AssertionError("the database said no '%s' but %s; see %s".formatted(word, lines, home));
                }
                lines.add(line);
                if (line.startsWith(word)) {
                    return lines;
                }
            }
        }

        /** SIGKILL; returns what it had said before. */
        List<String> kill() throws InterruptedException {
            process.destroyForcibly();
            ChildJvm.awaitEnd(process, 30);
            List<String> lines = new ArrayList<>();
            for (String line = said.poll(30, TimeUnit.SECONDS);
                    line != null && !line.equals(END);
                    line = said.poll(30, TimeUnit.SECONDS)) {
                lines.add(line);
            }
            return lines;
        }
    }

    @Test
    void aKilledDatabaseAnswersWithTheOldModelOrTheNew() throws InterruptedException {
        Path home = Server.temporaryDirectory();
        Child first = new Child(home, "references");
        Map<String, String> answers = new HashMap<>();
        Map<String, String> properties = new HashMap<>();
        String graph = null;
        for (String line : first.until("references")) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("graph")) {
                graph = words[1];
            } else if (words[0].equals("reference")) {
                answers.put(words[1], words[2]);
                properties.put(words[1], words[3]);
            }
        }
        ChildJvm.awaitEnd(first.process, 60);
        // What was reverted is what it was before.
        assertEquals(answers.size() - 1, Set.copyOf(answers.values()).size(), answers.toString());
        assertEquals(answers.size() - 1, Set.copyOf(properties.values()).size(), properties.toString());
        assertEquals(answers.get("forgetful"), answers.get("reverted"));
        assertEquals(properties.get("forgetful"), properties.get("reverted"));

        Random random = new Random(42);
        Map<String, Integer> outcomes = new TreeMap<>();
        String old = "drop";
        String next = "drop";
        for (int kill = 0; kill <= KILLS; kill++) {
            // Every other time among the changes of a model, which take less time than trainings.
            int program = kill % 2 == 0 ? CrashVictim.CHANGES : random.nextInt(1000);
            Child child = new Child(home, String.valueOf(program));
            boolean cleaned = false;
            for (String line : child.until("ready")) {
                String[] words = line.split(" ", -1);
                String context = "kill %d, %s after %s: %s".formatted(kill, next, old, line);
                switch (words[0]) {
                    case "graph" -> assertEquals(graph, words[1], context);
                    case "state" -> {
                        boolean none = words[1].equals("none") || words[1].equals("incomplete");
                        assertTrue(!none || old.equals("drop") || next.equals("drop"), context);
                        assertTrue(none || Set.of("ready", "leftovers").contains(words[1]), context);
                        outcomes.merge(words[1], 1, Integer::sum);
                        if (none) {
                            old = "drop";
                            next = "drop";
                        }
                    }
                    case "answers" -> {
                        assertTrue(words[1].equals(answers.get(old)) || words[1].equals(answers.get(next)), context);
                        outcomes.merge(
                                words[1].equals(answers.get(next)) ? "the new one" : "the old one", 1, Integer::sum);
                        old = words[1].equals(answers.get(next)) ? next : old;
                    }
                    case "cleaned" -> {
                        assertEquals(
                                "ready " + answers.get(old) + " " + properties.get(old), line.substring(8), context);
                        cleaned = true;
                    }
                    default -> assertEquals("ready", words[0]);
                }
            }
            if (cleaned) {
                outcomes.merge("cleaned", 1, Integer::sum);
            }
            List<String> said = new ArrayList<>();
            long begun = System.nanoTime();
            if (kill < KILLS) {
                said.addAll(child.until("done"));
                // As long as the next one may take, with what the child does before it.
                long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                Thread.sleep(random.nextLong(took + 1));
            }
            next = old;
            said.addAll(child.kill());
            for (String line : said) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "begins" -> next = words[1];
                    case "done" -> {
                        assertEquals(answers.get(words[1]), words[2], line);
                        assertEquals(properties.get(words[1]), words[3], line);
                        old = words[1];
                    }
                    case "dropped" -> {
                        assertEquals(graph, words[1], line);
                        old = "drop";
                    }
                    default -> throw new AssertionError(line);
                }
            }
        }
        System.out.println("killed %d times while training, changing or writing; found: %s".formatted(KILLS, outcomes));
    }

    @Test
    void aKilledServerAnswersWithTheOldModelOrTheNew() throws IOException, InterruptedException {
        Path home = Server.temporaryDirectory();
        try (ServerProcess server = new ServerProcess(home)) {
            server.run(SmallGraphs.TOWNS);
            String train = "CALL whylink.train('m', {overwrite: true, maxEpochs: 2000, randomSeed: %d})";
            server.run(train.formatted(0));
            String before = answers(server);
            server.run(train.formatted(1));
            String after = answers(server);
            Random random = new Random(42);
            for (int kill = 0; kill < SERVER_KILLS; kill++) {
                server.run(
                        "CALL whylink.train('m', {overwrite: true, background: true, maxEpochs: 2000, randomSeed: %d})"
                                .formatted(kill % 2));
                Thread.sleep(random.nextLong(1_500));
                server.kill();
                server.start();
                String found = answers(server);
                assertTrue(found.equals(before) || found.equals(after), found);
                assertEquals(
                        SmallGraphs.TOWNS_FACTS,
                        server.run("MATCH ()-[r:IN|LIVES_IN|CITIZEN_OF|KNOWS]->() RETURN count(r) AS n")
                                .get(0)
                                .get("n")
                                .asInt());
                server.run("CALL whylink.models.drop('m', {onlyUnfinished: true})");
                assertEquals(
                        "ready",
                        server.run("CALL whylink.models('m')")
                                .get(0)
                                .get("state")
                                .asString());
                assertEquals(found, answers(server));
            }
        }
    }

    private static String answers(ServerProcess server) {
        return server.run(
                        """
                        MATCH (s {name: 'dora'}), (t {name: 'Germany'})
                        CALL whylink.explain('m', {source: s, type: 'CITIZEN_OF', target: t, topK: 1000})
                        YIELD rank, source, fact, target, influence
                        RETURN rank, source.name, type(fact), target.name, influence ORDER BY rank
                        """)
                .toString();
    }
}
