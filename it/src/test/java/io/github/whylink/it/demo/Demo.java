package io.github.whylink.it.demo;

import io.github.whylink.it.EmbeddedDatabase;
import io.github.whylink.it.ServerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The demo: a graph of countries, ten links hidden from it, a model trained inside Neo4j, the hidden links predicted, and
 * one prediction explained by the stored facts that are responsible for it.
 */
public final class Demo {
    private static final String TRAIN = "CALL whylink.train('atlas', {scoringFunction: 'TransE', maxEpochs: 100}) "
            + "YIELD facts, entities, relations, heldOut, mrr, mrrTail, hits1, hits10, trainMillis, writeMillis, scoringFunction";
    private static final String PREDICT =
            """
            MATCH (source) WHERE elementId(source) = $source
            CALL whylink.predict.targets('atlas', {source: source, type: $type, topK: 1000})
            YIELD rank, target, probability
            RETURN rank, target.name AS name, elementId(target) AS target, probability ORDER BY rank""";
    private static final String EXPLAIN =
            """
            MATCH (source) WHERE elementId(source) = $source
            MATCH (target) WHERE elementId(target) = $target
            CALL whylink.explain('atlas', {source: source, type: $type, target: target, topK: 8})
            YIELD rank, source AS start, fact, target AS end, role, influence, share
            RETURN rank, start.name AS start, type(fact) AS type, end.name AS end, role, influence, share ORDER BY rank""";
    private static final String EXPLAIN_GRAPH =
            """
            MATCH (source) WHERE elementId(source) = $source
            MATCH (target) WHERE elementId(target) = $target
            CALL whylink.explain.graph('atlas', {source: source, type: $type, target: target, topK: 8})
            YIELD probability, svg
            RETURN probability, svg""";

    private static final String STATEMENTS_TO_PASTE =
            """
            MATCH (kosovo:Country {code: 'XK'})
            CALL whylink.predict.targets('atlas', {source: kosovo, type: 'USES_TIME_ZONE', topK: 3})
            YIELD rank, target, probability
            RETURN rank, target.name AS target, round(probability, 2) AS probability;

            MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
            CALL whylink.explain('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 8})
            YIELD rank, source, fact, target, influence
            RETURN rank, source.name AS source, type(fact) AS fact, target.name AS target, round(influence, 3) AS influence;

            MATCH (kosovo:Country {code: 'XK'}), (cet:TimeZone {name: 'Central European Time'})
            CALL whylink.explain.graph('atlas', {source: kosovo, type: 'USES_TIME_ZONE', target: cet, topK: 8})
            YIELD drawing
            RETURN drawing;
            """;

    private final EmbeddedDatabase database;
    private final Path atlas;
    private final PrintStream out;
    private final Path folder;

    private Demo(EmbeddedDatabase database, Path atlas, PrintStream out, Path folder) {
        this.database = database;
        this.atlas = atlas;
        this.out = out;
        this.folder = folder;
    }

    /** A link that is taken out of the graph before training. */
    private record HiddenLink(String source, String sourceName, String type, String target, String targetName) {
        Map<String, Object> query() {
            return Map.of("source", source, "type", type);
        }

        Map<String, Object> link(String predictedTarget) {
            return Map.of("source", source, "type", type, "target", predictedTarget);
        }
    }

    /**
     * Runs the demo.
     *
     * @param args the packaged plugin, the folder for the database and the picture, the script that makes the graph, and
     *     whether a server is to stay up afterwards
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("\nWhylink demo: train in Neo4j, predict, explain\n");
        out.println("Starting an embedded Neo4j with " + Path.of(args[0]).getFileName() + " ...");
        Path home = folder.resolve("neo4j");
        delete(home);
        try (EmbeddedDatabase database = new EmbeddedDatabase(home, Path.of(args[0]))) {
            new Demo(database, Path.of(args[2]), out, folder).tell();
        }
        if (!args[3].equals("false")) {
            serve(home, Path.of(args[0]), out);
        }
    }

    private void tell() throws IOException, InterruptedException {
        out.println("whylink "
                + database.run("RETURN whylink.version() AS version").get(0).get("version"));
        database.load(atlas);
        Map<String, Object> counts = database.run(
                        "MATCH ()-[f]->() RETURN count(f) AS facts, count(DISTINCT type(f)) AS types")
                .get(0);
        out.printf(
                "Loaded the graph 'atlas': %s facts of %s types about countries.%n%n",
                counts.get("facts"), counts.get("types"));
        List<HiddenLink> hidden = hideOneLinkOfEachType();
        train();
        HiddenLink explained = predict(hidden);
        explain(explained);
    }

    /** Draws one link of each type whose ends keep other facts, by a fixed seed, and deletes it. */
    private List<HiddenLink> hideOneLinkOfEachType() {
        List<Map<String, Object>> links = database.run(
                """
                MATCH (a)-[f]->(b)
                WHERE count { (a)--() } > 2 AND count { (b)--() } > 2
                RETURN elementId(a) AS source, a.name AS sourceName, type(f) AS type, elementId(b) AS target, b.name AS targetName
                ORDER BY type, a.code, b.code""");
        List<String> types =
                links.stream().map(link -> (String) link.get("type")).distinct().toList();
        Random random = new Random(1);
        List<HiddenLink> hidden = new ArrayList<>();
        for (String type : types) {
            List<Map<String, Object>> ofType =
                    links.stream().filter(link -> type.equals(link.get("type"))).toList();
            Map<String, Object> drawn = ofType.get(random.nextInt(ofType.size()));
            HiddenLink link = new HiddenLink(
                    (String) drawn.get("source"),
                    (String) drawn.get("sourceName"),
                    type,
                    (String) drawn.get("target"),
                    (String) drawn.get("targetName"));
            database.run(
                    "MATCH (a)-[f]->(b) WHERE elementId(a) = $source AND elementId(b) = $target AND type(f) = $type DELETE f",
                    link.link(link.target));
            hidden.add(link);
        }
        out.printf(
                "Deleted %d of them, one of each type, drawn at random: the model has to find them again.%n%n",
                hidden.size());
        return hidden;
    }

    private void train() throws InterruptedException {
        out.println("CALL whylink.train('atlas', {scoringFunction: 'TransE', maxEpochs: 100})");
        ExecutorService background = Executors.newSingleThreadExecutor();
        try {
            Future<List<Map<String, Object>>> training = background.submit(() -> database.run(TRAIN));
            print(await(training));
        } finally {
            background.shutdown();
        }
    }

    /** Waits for the training and prints its progress, a line for every tenth of it. */
    private Map<String, Object> await(Future<List<Map<String, Object>>> training) throws InterruptedException {
        int printed = -1;
        while (true) {
            try {
                return training.get(100, TimeUnit.MILLISECONDS).get(0);
            } catch (TimeoutException e) {
                List<Map<String, Object>> jobs = database.run(
                        "CALL whylink.jobs() YIELD phase, epoch, maxEpochs, loss WHERE phase = 'training' RETURN *");
                if (!jobs.isEmpty()) {
                    Map<String, Object> job = jobs.get(0);
                    long epoch = (Long) job.get("epoch");
                    int tenth = (int) (10 * epoch / (Long) job.get("maxEpochs"));
                    if (tenth > printed && job.get("loss") != null) {
                        printed = tenth;
                        out.printf(
                                Locale.ROOT,
                                "  epoch %3d of %s, loss %.3f%n",
                                epoch,
                                job.get("maxEpochs"),
                                number(job.get("loss")));
                    }
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("the training failed", e.getCause());
            }
        }
    }

    private void print(Map<String, Object> trained) {
        out.printf(
                Locale.ROOT,
                "  %s on %s facts about %s entities: %.1f s, stored with the influence of every fact in %.1f s%n%n",
                trained.get("scoringFunction"),
                trained.get("facts"),
                trained.get("entities"),
                number(trained.get("trainMillis")) / 1e3,
                number(trained.get("writeMillis")) / 1e3);
        out.printf(
                Locale.ROOT,
                "Ranking of %s more facts held out by the training (filtered, both sides):%n",
                trained.get("heldOut"));
        out.println(new TextTable("MRR", "MRR of targets", "Hits@1", "Hits@10")
                .row(
                        decimals(trained.get("mrr")),
                        decimals(trained.get("mrrTail")),
                        decimals(trained.get("hits1")),
                        decimals(trained.get("hits10"))));
    }

    /** Prints the best answer and the rank of the truth for each hidden link; returns the one to explain. */
    private HiddenLink predict(List<HiddenLink> hidden) {
        out.println("CALL whylink.predict.targets('atlas', {source: ..., type: ...}) for the deleted links:");
        TextTable table =
                new TextTable("source", "type", "deleted target", "its rank", "best prediction", "probability");
        HiddenLink explained = null;
        for (HiddenLink link : hidden) {
            List<Map<String, Object>> answers = database.run(PREDICT, link.query());
            Map<String, Object> best = answers.get(0);
            Object rank = answers.stream()
                    .filter(answer -> answer.get("target").equals(link.target))
                    .map(answer -> answer.get("rank"))
                    .findFirst()
                    .orElse("over 1000");
            table.row(
                    link.sourceName,
                    link.type,
                    link.targetName,
                    rank,
                    best.get("name"),
                    decimals(best.get("probability")));
            boolean found = rank.equals(1L);
            if (found && (explained == null || link.type.equals("HAS_OFFICIAL_LANGUAGE"))) {
                explained = link;
            }
        }
        out.println(table);
        return explained == null ? hidden.get(0) : explained;
    }

    private void explain(HiddenLink link) throws IOException {
        out.printf(
                "Why %s -[%s]-> %s?   CALL whylink.explain('atlas', {source: ..., type: ..., target: ...})%n",
                link.sourceName, link.type, link.targetName);
        TextTable table = new TextTable("rank", "fact", "role", "influence", "share");
        for (Map<String, Object> row : database.run(EXPLAIN, link.link(link.target))) {
            table.row(
                    row.get("rank"),
                    "%s -[%s]-> %s".formatted(row.get("start"), row.get("type"), row.get("end")),
                    row.get("role"),
                    String.format(Locale.ROOT, "%+.4f", number(row.get("influence"))),
                    row.get("share") == null
                            ? ""
                            : String.format(Locale.ROOT, "%.1f%%", 100 * number(row.get("share"))));
        }
        out.println(table);
        Map<String, Object> graph =
                database.run(EXPLAIN_GRAPH, link.link(link.target)).get(0);
        out.printf(
                Locale.ROOT,
                "The link has probability %.3f; the influence of a fact is how much of that would go without it alone, so that%n"
                        + "shares add up to more than all where facts support each other.%n",
                number(graph.get("probability")));
        Path picture = folder.resolve("explanation.svg");
        Files.writeString(picture, (String) graph.get("svg"), StandardCharsets.UTF_8);
        out.println("The picture of it: " + picture);
    }

    /** Puts a server on the graph and the model, until the input ends or the process is told to. */
    private static void serve(Path home, Path pluginJar, PrintStream out) throws IOException, InterruptedException {
        out.println("\nStarting a server with the graph and the model ...");
        ServerProcess server = ServerProcess.withoutAuthentication(home, pluginJar);
        // However this process ends.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            try {
                delete(home);
            } catch (IOException e) {
                out.println("Could not delete " + home + ": " + e);
            }
        }));
        out.printf(
                "%nNeo4j is up, for this machine only and without a password. Neo4j Browser is at%n%n  %s%n%n"
                        + "and Bolt at %s. Three statements to paste:%n%n%s%n"
                        + "Ctrl-C, or the end of the input (Ctrl-D), stops it and deletes its database.%n",
                server.browserUri(), server.boltUri(), STATEMENTS_TO_PASTE);
        while (System.in.read() >= 0) {
            // Nothing is asked.
        }
    }

    /** Deletes what an earlier run left. */
    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String decimals(Object value) {
        return String.format(Locale.ROOT, "%.3f", number(value));
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
