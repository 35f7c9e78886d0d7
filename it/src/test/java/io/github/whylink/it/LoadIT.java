package io.github.whylink.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Record;

/**
 * A real server with a trained model: how soon it answers over Bolt, alone, after a restart, and to many clients while another
 * model is trained.
 *
 * <p>In every build on a small graph, for seconds, where only the answers count. What it takes on a real one is printed by
 * {@code mvn verify -Dit.test=LoadIT -Dwhylink.data=DIR -Dwhylink.load.seconds=300}, with {@code DIR} a folder with {@code
 * train.tsv} and {@code test.tsv} (ids of head, relation and tail).
 */
final class LoadIT {
    private static final String DATA = System.getProperty("whylink.data", "");
    private static final int LOAD_SECONDS = Integer.getInteger("whylink.load.seconds");
    private static final boolean SMALL = DATA.isEmpty();

    private static final int CLIENTS = 8;
    private static final int QUESTIONS = SMALL ? 20 : 200;
    private static final int PASSES = 3;
    private static final int EPOCHS = SMALL ? 3 : 20;

    private static final String TRAIN =
            "CALL whylink.train($name, {scoringFunction: 'DistMult', embeddingDimension: 100, negativeSampling: 'shared', batchSize: 512, "
                    + "negativeSamples: 480, maxEpochs: $epochs, heldOutFraction: $heldOut, concurrency: 2, background: $background})";

    private static final String PREDICT =
            "MATCH (s:Entity {id: $source}) CALL whylink.predict.targets('m', {source: s, type: $type, topK: 10}) "
                    + "YIELD rank, target, score, probability RETURN rank, target.id AS target, score, probability ORDER BY rank";

    private static final String EXPLAIN = "MATCH (s:Entity {id: $source}), (t:Entity {id: $target}) "
            + "CALL whylink.explain('m', {source: s, type: $type, target: t, topK: 10}) YIELD rank, source, fact, target, influence "
            + "RETURN rank, source.id AS source, type(fact) AS type, target.id AS target, influence ORDER BY rank";

    /** What is asked of the model, and its answers when nothing else goes on. */
    private record Question(
            Map<String, Object> link, List<Map<String, Object>> predicted, List<Map<String, Object>> explained) {}

    @Test
    void theAnswersAreRightAndInTimeWhateverElseGoesOn() throws Exception {
        Path home = Server.temporaryDirectory();
        List<String> flags = SMALL ? ChildJvm.SHORT_LIVED : List.of("-Xmx4g");
        Map<String, String> figures = new TreeMap<>();
        try (ServerProcess server = new ServerProcess(home, flags, SMALL ? "64m" : "1g")) {
            List<int[]> train = load(server);
            train(server, "m", figures);
            List<Question> questions = questions(server, SMALL ? train : triples("test.tsv"));

            for (int pass = 0; pass < PASSES; pass++) {
                for (Question question : questions) {
                    assertAnswers(server, question);
                }
            }
            figures.putAll(latencies(server, questions));

            server.stop();
            server.start();
            Question first = questions.get(0);
            long begun = System.nanoTime();
            assertEquals(first.explained(), rows(server, EXPLAIN, first.link()));
            long explained = System.nanoTime();
            assertEquals(first.predicted(), rows(server, PREDICT, first.link()));
            figures.put(
                    "first call after a restart, explain, ms; then predict",
                    "%d; %d".formatted(millis(explained - begun), millis(System.nanoTime() - explained)));

            // What stays in memory is there before the heap is measured.
            for (Question question : questions) {
                assertAnswers(server, question);
            }
            underLoad(server, questions, figures);
        } finally {
            figures.forEach((what, figure) -> System.out.printf(Locale.ROOT, "%s: %s%n", what, figure));
        }
    }

    /** Trains, with the share of the time that is none of training's. */
    private static void train(ServerProcess server, String name, Map<String, String> figures) {
        for (double heldOut : SMALL ? new double[] {0.0} : new double[] {0.1, 0.0}) {
            server.run("CALL whylink.models.drop($name, {failIfMissing: false})", Map.of("name", name));
            long begun = System.nanoTime();
            Record trained = server.run(
                            TRAIN + " YIELD facts, entities, trainMillis, evaluateMillis, writeMillis RETURN *",
                            Map.of("name", name, "epochs", EPOCHS, "heldOut", heldOut, "background", false))
                    .get(0);
            long all = millis(System.nanoTime() - begun);
            long training = trained.get("trainMillis").asLong();
            figures.put(
                    "%d epochs of %d facts, %.1f held out, seconds"
                            .formatted(EPOCHS, trained.get("facts").asLong(), heldOut),
                    "%.1f, of which training %.1f, evaluating %.1f, writing %.1f; outside training %.1f %%"
                            .formatted(
                                    all / 1e3,
                                    training / 1e3,
                                    trained.get("evaluateMillis").asLong(0) / 1e3,
                                    trained.get("writeMillis").asLong() / 1e3,
                                    100.0 * (all - training) / all));
        }
    }

    /** Random links of the test set whose target is what the model predicts. */
    private static List<Question> questions(ServerProcess server, List<int[]> triples) {
        Random random = new Random(1);
        List<Question> questions = new ArrayList<>();
        while (questions.size() < QUESTIONS) {
            int[] triple = triples.get(random.nextInt(triples.size()));
            List<Map<String, Object>> predicted =
                    rows(server, PREDICT, Map.of("source", triple[0], "type", type(triple[1])));
            Map<String, Object> link = Map.of(
                    "source",
                    triple[0],
                    "type",
                    type(triple[1]),
                    "target",
                    predicted.get(0).get("target"));
            List<Map<String, Object>> explained = rows(server, EXPLAIN, link);
            assertFalse(explained.isEmpty(), link::toString);
            questions.add(new Question(link, predicted, explained));
        }
        return questions;
    }

    private static Map<String, String> latencies(ServerProcess server, List<Question> questions) {
        List<Double> predicting = new ArrayList<>();
        List<Double> explaining = new ArrayList<>();
        for (int pass = 0; pass < PASSES; pass++) {
            for (Question question : questions) {
                long begun = System.nanoTime();
                rows(server, PREDICT, question.link());
                long between = System.nanoTime();
                rows(server, EXPLAIN, question.link());
                predicting.add((between - begun) / 1e6);
                explaining.add((System.nanoTime() - between) / 1e6);
            }
        }
        return Map.of(
                "predict.targets, first 10, ms", percentiles(predicting),
                "explain, first 10, ms", percentiles(explaining));
    }

    /** Clients that ask both, while a model is trained in the background over and over. */
    private static void underLoad(ServerProcess server, List<Question> questions, Map<String, String> figures)
            throws Exception {
        long before = server.heapInUse();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOAD_SECONDS);
        server.run(TRAIN, Map.of("name", "other", "epochs", 100_000, "heldOut", 0.0, "background", true));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Double> predicting = Collections.synchronizedList(new ArrayList<>());
        List<Double> explaining = Collections.synchronizedList(new ArrayList<>());
        try {
            List<Future<Void>> asked = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(client);
                Callable<Void> asking = () -> {
                    while (System.nanoTime() < end) {
                        Question question = questions.get(random.nextInt(questions.size()));
                        boolean predict = random.nextBoolean();
                        long begun = System.nanoTime();
                        assertEquals(
                                predict ? question.predicted() : question.explained(),
                                rows(server, predict ? PREDICT : EXPLAIN, question.link()));
                        (predict ? predicting : explaining).add((System.nanoTime() - begun) / 1e6);
                    }
                    return null;
                };
                asked.add(clients.submit(asking));
            }
            for (Future<Void> answered : asked) {
                answered.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("after %d answers".formatted(predicting.size() + explaining.size()), e.getCause());
        } finally {
            clients.shutdownNow();
        }
        Record job = server.run(
                        "CALL whylink.jobs() YIELD jobId, modelName, phase, epoch WITH * WHERE modelName = 'other' AND phase = 'training' RETURN jobId, epoch")
                .get(0);
        server.run(
                "CALL whylink.jobs.cancel($id)", Map.of("id", job.get("jobId").asString()));
        while (!server.run("CALL whylink.jobs() YIELD phase WHERE phase = 'training' RETURN phase")
                .isEmpty()) {
            Thread.sleep(50);
        }
        assertEquals(List.of(), server.run("CALL whylink.models('other')"));
        long after = server.heapInUse();
        String heap = "%d MB before, %d MB after".formatted(before >> 20, after >> 20);
        assertTrue(after < before * 1.1 + (32 << 20), heap);
        figures.put(
                "%d clients for %d s beside a training of %d epochs"
                        .formatted(CLIENTS, LOAD_SECONDS, job.get("epoch").asLong()),
                "%d answers, all right; predict %s, explain %s ms; heap %s"
                        .formatted(
                                predicting.size() + explaining.size(),
                                percentiles(predicting),
                                percentiles(explaining),
                                heap));
    }

    private static void assertAnswers(ServerProcess server, Question question) {
        assertEquals(question.predicted(), rows(server, PREDICT, question.link()));
        assertEquals(question.explained(), rows(server, EXPLAIN, question.link()));
    }

    private static List<Map<String, Object>> rows(ServerProcess server, String query, Map<String, Object> link) {
        return server.run(query, link).stream().map(Record::asMap).toList();
    }

    private static String percentiles(List<Double> millis) {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return "p50 %.1f p95 %.1f".formatted(sorted[sorted.length / 2], sorted[sorted.length * 95 / 100]);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static String type(int relation) {
        return "R" + relation;
    }

    /** Writes the facts into the database. */
    private static List<int[]> load(ServerProcess server) {
        List<int[]> triples = SMALL ? generated() : triples("train.tsv");
        server.run("CREATE CONSTRAINT FOR (n:Entity) REQUIRE n.id IS UNIQUE");
        for (int from = 0; from < triples.size(); from += 10_000) {
            List<List<Object>> rows = triples.subList(from, Math.min(from + 10_000, triples.size())).stream()
                    .map(triple -> List.<Object>of(triple[0], type(triple[1]), triple[2]))
                    .toList();
            server.run(
                    "UNWIND $rows AS row MERGE (h:Entity {id: row[0]}) MERGE (t:Entity {id: row[2]}) CREATE (h)-[:$(row[1])]->(t)",
                    Map.of("rows", rows));
        }
        return triples;
    }

    private static List<int[]> generated() {
        Random random = new Random(1);
        return Stream.generate(() -> new int[] {random.nextInt(200), random.nextInt(5), random.nextInt(200)})
                .limit(3_000)
                .toList();
    }

    private static List<int[]> triples(String file) {
        try (Stream<String> lines = Files.lines(Path.of(DATA, file))) {
            return lines.map(line -> Arrays.stream(line.split("\t"))
                            .mapToInt(Integer::parseInt)
                            .toArray())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
