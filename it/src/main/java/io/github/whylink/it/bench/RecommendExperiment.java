package io.github.whylink.it.bench;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.ChoiceEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks how well a model tells ratings that it has not seen, and which films it recommends. */
@Command(
        name = "recommend",
        sortOptions = false,
        description =
                "Make each rating of films by users a relation, hold some out, train, and print for each drawing of what is held out and as the mean: "
                        + "accuracy, error (mean absolute, of the most probable rating), expected_error (of the mean of all ratings by their "
                        + "probability); the same of the mean rating of the film (film_mean.*, rounded but for expected_error) and of the most "
                        + "frequent rating (frequent.*); and of generated ratings of_taste (share of films of the user's taste among the three "
                        + "unrated ones that have the highest rating most plausibly) and of_taste_by_chance. Without a preset, those of the "
                        + "preset 'recommend' are the defaults of the training's keys; --data is not read.")
final class RecommendExperiment implements Callable<Integer> {
    /** Where no other preset is named. */
    static final String PRESET = "recommend";

    /** Films for each user. */
    private static final int RECOMMENDED = 3;

    /** Keeps what is held out apart from other draws. */
    private static final long SPLIT_STREAM = 77_777L;

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--ratings",
            paramLabel = "FILE",
            description =
                    "Lines of user, film and rating as whole numbers, separated by tabs; further columns are not read (u.data of MovieLens-100k) [generated].")
    private Path file;

    @Option(
            names = "--graph-seed",
            defaultValue = "20261122",
            description = "Of the generated ratings [${DEFAULT-VALUE}].")
    private long graphSeed;

    @Option(
            names = "--held-out",
            defaultValue = "0.2",
            description = "Share of the ratings to hold out [${DEFAULT-VALUE}].")
    private double heldOut;

    @Option(names = "--drawings", defaultValue = "8", description = "Of what is held out [${DEFAULT-VALUE}].")
    private int drawings;

    /**
     * Ratings as facts (user, rating, film).
     *
     * @param films index of the first film; all before it are users
     * @param values the rating that each relation stands for, ascending
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Ratings(Facts facts, int films, double[] values) {
        static Ratings of(List<List<Integer>> rows, String from) {
            Map<Integer, Integer> users = new LinkedHashMap<>();
            Map<Integer, Integer> films = new LinkedHashMap<>();
            Map<Integer, Integer> places = new TreeMap<>();
            Set<List<Integer>> pairs = new HashSet<>();
            for (List<Integer> row : rows) {
                users.putIfAbsent(row.get(0), users.size());
                films.putIfAbsent(row.get(1), films.size());
                places.put(row.get(2), 0);
                if (!pairs.add(row.subList(0, 2))) {
                    throw new IllegalArgumentException("%s has two ratings of film %d by user %d; leave one"
                            .formatted(from, row.get(1), row.get(0)));
                }
            }
            if (places.size() < 2) {
                throw new IllegalArgumentException(from + " must hold at least two different ratings");
            }
            double[] values =
                    places.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
            places.replaceAll((rating, place) -> Arrays.binarySearch(values, rating));
            return new Ratings(
                    Facts.of(
                            users.size() + films.size(),
                            values.length,
                            rows.stream().mapToInt(row -> users.get(row.get(0))).toArray(),
                            rows.stream()
                                    .mapToInt(row -> places.get(row.get(2)))
                                    .toArray(),
                            rows.stream()
                                    .mapToInt(row -> users.size() + films.get(row.get(1)))
                                    .toArray()),
                    users.size(),
                    values);
        }
    }

    @Override
    public Integer call() throws IOException {
        TrainingSettings settings = training.settingsAlone();
        TrainingOptions.requireAtLeast1("--drawings", drawings);
        if (!(heldOut > 0 && heldOut <= 0.5)) {
            throw new IllegalArgumentException("--held-out must be above 0 and at most 0.5, but is " + heldOut);
        }
        boolean generated = file == null;
        Ratings ratings = generated ? generated() : Ratings.of(read(file), file.toString());
        Figures figures = new Figures(System.out);
        figures.print("ratings", ratings.facts.count());
        Map<String, Double> means = new LinkedHashMap<>();
        for (int drawing = 1; drawing <= drawings; drawing++) {
            int[] shuffled = Dataset.shuffled(ratings.facts, drawing + SPLIT_STREAM);
            int held = (int) Math.max(1, Math.round(heldOut * shuffled.length));
            Facts asked = ratings.facts.select(
                    Arrays.stream(shuffled, 0, held).sorted().toArray());
            Facts trained = ratings.facts.select(
                    Arrays.stream(shuffled, held, shuffled.length).sorted().toArray());
            System.err.printf("drawing %d of %d: %d ratings held out%n", drawing, drawings, held);
            EmbeddingModel model = new EmbeddingModel(
                    settings.scoringFunction(),
                    Trainer.train(trained, settings, TrainingObserver.NONE, TrainingMonitor.NONE));
            Map<String, Double> found = new LinkedHashMap<>();
            told(model, ratings, trained, asked, settings.concurrency(), found);
            guessed(ratings, trained, asked, found);
            if (generated) {
                recommended(model, ratings, found);
            }
            String prefix = "drawing" + drawing + ".";
            found.forEach((name, value) -> {
                figures.print(prefix + name, value);
                means.merge(name, value / drawings, Double::sum);
            });
        }
        means.forEach((name, value) -> figures.print("mean." + name, value));
        return 0;
    }

    /** Users and films in the order of their numbers, so that their tastes can be read off. */
    private Ratings generated() {
        List<List<Integer>> rows = GeneratedRatings.drawn(new Random(graphSeed));
        return new Ratings(
                Facts.of(
                        GeneratedRatings.USERS + GeneratedRatings.FILMS,
                        5,
                        rows.stream().mapToInt(row -> row.get(0)).toArray(),
                        rows.stream().mapToInt(row -> row.get(2) - 1).toArray(),
                        rows.stream()
                                .mapToInt(row -> GeneratedRatings.USERS + row.get(1))
                                .toArray()),
                GeneratedRatings.USERS,
                new double[] {1, 2, 3, 4, 5});
    }

    private static List<List<Integer>> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(
                    "there is no file " + file + "; --ratings names one of user, film and rating, separated by tabs");
        }
        List<List<Integer>> rows = new ArrayList<>();
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(parse(lines.get(i), file, i + 1));
            }
        }
        return rows;
    }

    private static List<Integer> parse(String line, Path file, int number) {
        String[] columns = line.strip().split("\t", -1);
        try {
            if (columns.length >= 3) {
                return List.of(Integer.valueOf(columns[0]), Integer.valueOf(columns[1]), Integer.valueOf(columns[2]));
            }
        } catch (NumberFormatException e) {
            throw malformed(line, file, number, e);
        }
        throw malformed(line, file, number, null);
    }

    private static IllegalArgumentException malformed(String line, Path file, int number, Exception cause) {
        return new IllegalArgumentException(
                "%s, line %d: expected 'user <tab> film <tab> rating' as whole numbers, but found '%s'"
                        .formatted(file, number, line),
                cause);
    }

    /** What {@code whylink.evaluate} says of the ratings. */
    private static void told(
            EmbeddingModel model,
            Ratings ratings,
            Facts trained,
            Facts asked,
            int concurrency,
            Map<String, Double> found) {
        long[] counts = new long[ratings.values.length];
        for (int i = 0; i < trained.count(); i++) {
            counts[trained.relation(i)]++;
        }
        ChoiceEvaluation told = ChoiceEvaluation.of(
                model,
                asked,
                KnownFacts.of(trained),
                IntStream.range(0, counts.length).toArray(),
                counts,
                ratings.values,
                concurrency,
                () -> {});
        found.put("accuracy", told.accuracy());
        found.put("error", told.error());
        found.put("expected_error", told.expectedError());
    }

    /** The same of two guesses that need no model. A film that nobody has rated gets the mean of all. */
    private static void guessed(Ratings ratings, Facts trained, Facts asked, Map<String, Double> found) {
        double[] sums = new double[trained.entityCount()];
        int[] rated = new int[trained.entityCount()];
        int[] counts = new int[ratings.values.length];
        double sum = 0;
        for (int i = 0; i < trained.count(); i++) {
            double value = ratings.values[trained.relation(i)];
            sums[trained.tail(i)] += value;
            rated[trained.tail(i)]++;
            counts[trained.relation(i)]++;
            sum += value;
        }
        int most = IntStream.range(1, counts.length).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        double[] means = new double[asked.count()];
        for (int i = 0; i < means.length; i++) {
            int film = asked.tail(i);
            means[i] = rated[film] == 0 ? sum / trained.count() : sums[film] / rated[film];
        }
        double[] truths = IntStream.range(0, asked.count())
                .mapToDouble(i -> ratings.values[asked.relation(i)])
                .toArray();
        double[] rounded = Arrays.stream(means).map(Math::rint).toArray();
        double[] frequent = new double[means.length];
        Arrays.fill(frequent, ratings.values[most]);
        found.put("film_mean.accuracy", accuracy(rounded, truths));
        found.put("film_mean.error", error(rounded, truths));
        found.put("film_mean.expected_error", error(means, truths));
        found.put("frequent.accuracy", accuracy(frequent, truths));
        found.put("frequent.error", error(frequent, truths));
    }

    private static double accuracy(double[] guesses, double[] truths) {
        return IntStream.range(0, truths.length)
                        .filter(i -> guesses[i] == truths[i])
                        .count()
                / (double) truths.length;
    }

    private static double error(double[] guesses, double[] truths) {
        return IntStream.range(0, truths.length)
                .mapToDouble(i -> Math.abs(guesses[i] - truths[i]))
                .average()
                .orElseThrow();
    }

    /** Whether the best films that a user has not rated, held out or not, are of her taste. */
    private static void recommended(EmbeddingModel model, Ratings ratings, Map<String, Double> found) {
        int films = ratings.films;
        boolean[][] seen = new boolean[films][model.entityCount()];
        for (int i = 0; i < ratings.facts.count(); i++) {
            seen[ratings.facts.head(i)][ratings.facts.tail(i)] = true;
        }
        float[] query = new float[model.parameters().entities()[0].length];
        float[] scores = new float[model.entityCount()];
        int liked = 0;
        long unseen = 0;
        long unseenOfTaste = 0;
        for (int user = 0; user < films; user++) {
            model.scores(Side.TAIL, user, ratings.values.length - 1, query, scores);
            boolean[] known = seen[user];
            int taste = user % GeneratedRatings.GROUPS;
            int[] candidates = IntStream.range(films, scores.length)
                    .filter(film -> !known[film])
                    .toArray();
            unseen += candidates.length;
            unseenOfTaste += IntStream.of(candidates)
                    .filter(film -> taste(film, films) == taste)
                    .count();
            liked += (int) IntStream.of(candidates)
                    .boxed()
                    .sorted((a, b) -> Float.compare(scores[b], scores[a]))
                    .limit(RECOMMENDED)
                    .filter(film -> taste(film, films) == taste)
                    .count();
        }
        found.put("of_taste", liked / (double) (RECOMMENDED * films));
        found.put("of_taste_by_chance", unseenOfTaste / (double) unseen);
    }

    private static int taste(int film, int films) {
        return (film - films) % GeneratedRatings.GROUPS;
    }
}
