package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.drawing.FaithfulnessPicture;
import io.github.whylink.influence.drawing.FaithfulnessPicture.Bar;
import io.github.whylink.influence.drawing.FaithfulnessPicture.Point;
import io.github.whylink.influence.drawing.FaithfulnessSvg;
import io.github.whylink.influence.ensemble.Ensemble.Influences;
import io.github.whylink.influence.faithfulness.RankCorrelation;
import io.github.whylink.influence.rollback.Stability;
import io.github.whylink.procedures.config.FaithfulnessConfiguration;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.result.FaithfulnessRow;
import io.github.whylink.procedures.result.FaithfulnessRow.Removal;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.evaluate.faithfulness}: explains a sample of predictions by several methods and asks trainings without the
 * facts who was right.
 *
 * <p>Every training leaves out one fact and serves all predictions: those that some method named this fact first for (PD, TC)
 * and all of them where the fact is in the sample that is left out one by one (rank correlation). Beside the methods stand
 * the floors: a random fact of the neighbourhood, and nothing removed but another seed.
 */
public final class Faithfulness {
    /** Facts whose loss is differentiated twice for the bound: it is a logarithm, and does not hang on a few more. */
    private static final int CURVED_FACTS = 20;

    /** The floor under all methods: nothing is removed. */
    private static final String SEED = "seed";

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Faithfulness(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per method and floor. */
    public Stream<FaithfulnessRow> run(String modelName, Map<String, Object> configuration) {
        FaithfulnessConfiguration request = FaithfulnessConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        return measure(ready, request).stream().map(Measured::row);
    }

    /**
     * What there is to tell of a method.
     *
     * @param picture null for the floor without a method
     */
    record Measured(FaithfulnessRow row, FaithfulnessPicture picture) {}

    /** The methods that are asked for, then the floors. */
    List<Measured> measure(ReadyModel ready, FaithfulnessConfiguration request) {
        return ready.watched("faithfulness", job -> measure(ready, request, job));
    }

    private List<Measured> measure(ReadyModel ready, FaithfulnessConfiguration request, Job job) {
        // Not from memory: a node that was deleted since is no candidate.
        LoadedModel model = ready.reload();
        StoredTraining training =
                StoredTraining.of(transaction, ready.stored(), model, request.concurrency(), guard::check);
        Attribution attribution = new Attribution(transaction, ready.stored(), model, ready.monitor());
        Set<Method> methods = new LinkedHashSet<>(request.methods());
        methods.add(Method.NEIGHBOURHOOD);
        methods.forEach(method -> attribution.requirePossible(method, true));
        List<PredictedLink> predictions = predictions(model, training, request);
        int[] sampled = sample(training.trained().facts(), request.facts(), request.randomSeed());

        job.enter(Phase.REPLAYING, "explaining %d predictions".formatted(predictions.size()));
        training.requireRepeatable(ready.monitor());
        Map<Method, Claims> claims = new LinkedHashMap<>();
        for (Method method : methods) {
            claims.put(
                    method,
                    method == Method.ROLLBACK
                            ? claimsOfRollback(attribution, training, predictions, sampled)
                            : claimsAnywhere(attribution, training, predictions, method, sampled, request));
        }

        int[] removed = IntStream.concat(
                        Arrays.stream(sampled),
                        claims.values().stream().flatMapToInt(claim -> Arrays.stream(claim.first)))
                .filter(fact -> fact >= 0)
                .sorted()
                .distinct()
                .toArray();
        Retrainings retrainings = new Retrainings(training, request.concurrency(), ready.monitor(), job);
        retrainings.expect(removed.length + request.seeds());
        List<Answer> before = answers(predictions, model.embedding());
        List<List<Answer>> without = retrainings.without(
                Arrays.stream(removed).mapToObj(Faithfulness::single).toList(),
                retrained -> answers(predictions, retrained));
        Outcomes outcomes =
                new Outcomes(training.trained().facts(), predictions, before, removed, without, request.effective());
        List<Measured> rows = new ArrayList<>();
        // The theory is about one training.
        double bound = methods.contains(Method.ROLLBACK) && ready.stored().ensembleSize() == 1
                ? Stability.of(training.trained(), CURVED_FACTS, guard::check).log10Bound()
                : Double.NaN;
        List<Bar> floors = new ArrayList<>();
        bar(Method.NEIGHBOURHOOD.text(), outcomes.removal(claims.get(Method.NEIGHBOURHOOD)))
                .ifPresent(floors::add);
        Measured seedRow = null;
        if (request.seeds() > 0) {
            Removal seeds = Outcomes.removal(
                    before, retrainings.withOtherSeeds(request.seeds(), retrained -> answers(predictions, retrained)));
            bar(SEED, seeds).ifPresent(floors::add);
            seedRow = outcomes.seedRow(seeds, sampled.length);
        }
        claims.forEach((method, claim) -> rows.add(outcomes.row(
                method,
                claim,
                method == Method.ROLLBACK ? bound : Double.NaN,
                sampled,
                ready.stored().name().value(),
                floors)));
        if (seedRow != null) {
            rows.add(seedRow);
        }
        return rows;
    }

    private static Optional<Bar> bar(String name, Removal removal) {
        return Optional.ofNullable(removal).map(of -> new Bar(name, of.probabilityDrop(), of.topChange()));
    }

    /** The best answers to some queries, each once. */
    private List<PredictedLink> predictions(
            LoadedModel model, StoredTraining training, FaithfulnessConfiguration request) {
        Facts facts = training.trained().facts();
        Facts queries = training.heldOut().count() > 0 ? training.heldOut() : facts;
        KnownFacts known = KnownFacts.of(facts);
        LinkPredictor predictor = new LinkPredictor(model.embedding());
        Map<List<Integer>, PredictedLink> predictions = new LinkedHashMap<>();
        for (int query : sample(queries, Integer.MAX_VALUE, request.randomSeed())) {
            int head = queries.head(query);
            int relation = queries.relation(query);
            if (predictions.size() < request.queries() && !predictions.containsKey(List.of(head, relation))) {
                int[] excluded = Prediction.excluded(model, relation, head, known.known(Side.TAIL, head, relation));
                prediction(model, predictor, head, relation, excluded)
                        .ifPresent(prediction -> predictions.put(List.of(head, relation), prediction));
            }
        }
        if (predictions.isEmpty()) {
            throw new IllegalStateException(
                    "there is nothing to explain: every node is a known answer to every query of model '%s'"
                            .formatted(model.name()));
        }
        return List.copyOf(predictions.values());
    }

    private Optional<PredictedLink> prediction(
            LoadedModel model, LinkPredictor predictor, int head, int relation, int[] excluded) {
        LinkPredictor.Prediction[] best = predictor.best(Side.TAIL, head, relation, excluded, 1);
        if (best.length == 0) {
            return Optional.empty();
        }
        Node source = model.node(transaction, head).orElseThrow();
        Node target = model.node(transaction, best[0].entity()).orElseThrow();
        return Optional.of(new PredictedLink(
                new LinkRequest(source, model.types().get(relation), target),
                new Link(head, relation, best[0].entity()),
                excluded));
    }

    /** The facts with the smallest hashes of (seed, key), in that order. */
    private static int[] sample(Facts facts, int wanted, long seed) {
        return IntStream.range(0, facts.count())
                .boxed()
                .sorted(Comparator.comparingLong(fact -> CounterHash.hash(seed, facts.key(fact), 1, 0)))
                .limit(wanted)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /**
     * What a method says.
     *
     * @param first for each prediction the fact that it names first, or -1 if none supports it
     * @param highest its influence
     * @param sampled for each prediction the influence of each sampled fact, 0 where the method looks at others only
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Claims(int[] first, double[] highest, double[][] sampled, double millis) {
        static Claims of(int predictions) {
            return new Claims(new int[predictions], new double[predictions], new double[predictions][], 0);
        }

        void set(int prediction, FactInfluences influences, int[] inTraining, int[] sample, int factCount) {
            double[] byFact = new double[factCount];
            first[prediction] = -1;
            for (int i = 0; i < influences.count(); i++) {
                byFact[inTraining[i]] = influences.influence(i);
                if (influences.influence(i) > highest[prediction]) {
                    highest[prediction] = influences.influence(i);
                    first[prediction] = inTraining[i];
                }
            }
            sampled[prediction] =
                    Arrays.stream(sample).mapToDouble(fact -> byFact[fact]).toArray();
        }

        Claims took(long millis) {
            return new Claims(first, highest, sampled, (double) millis / first.length);
        }
    }

    /** Reads the updates of the facts around each prediction, as {@code whylink.explain} does. */
    private static Claims claimsOfRollback(
            Attribution attribution, StoredTraining training, List<PredictedLink> predictions, int[] sample) {
        Claims claims = Claims.of(predictions.size());
        Stopwatch watch = new Stopwatch();
        long millis = 0;
        for (int i = 0; i < predictions.size(); i++) {
            watch.lap();
            Evidence evidence = attribution.around(predictions.get(i), Method.ROLLBACK);
            millis += watch.lap();
            claims.set(
                    i,
                    evidence.influences(),
                    training.numbersOf(evidence.facts(), evidence.influences()),
                    sample,
                    training.trained().facts().count());
        }
        return claims.took(millis);
    }

    private static Claims claimsAnywhere(
            Attribution attribution,
            StoredTraining training,
            List<PredictedLink> predictions,
            Method method,
            int[] sample,
            FaithfulnessConfiguration request) {
        Claims claims = Claims.of(predictions.size());
        Stopwatch watch = new Stopwatch();
        int together = Attribution.linksTogether(training);
        for (int from = 0; from < predictions.size(); from += together) {
            List<PredictedLink> some = predictions.subList(from, Math.min(from + together, predictions.size()));
            Influences[] influences = attribution.anywhere(
                    training, some.stream().map(PredictedLink::link).toList(), method, request.replayMemory());
            for (int i = 0; i < influences.length; i++) {
                claims.set(
                        from + i,
                        influences[i].mean(),
                        training.numbersOf(training.trained().facts(), influences[i].mean()),
                        sample,
                        training.trained().facts().count());
            }
        }
        return claims.took(watch.lap());
    }

    private static List<Answer> answers(List<PredictedLink> predictions, EmbeddingModel model) {
        return predictions.stream().map(prediction -> prediction.answer(model)).toList();
    }

    private static BitSet single(int fact) {
        BitSet facts = new BitSet();
        facts.set(fact);
        return facts;
    }

    /**
     * What became of the predictions.
     *
     * @param removed the facts that were left out one by one, ascending
     * @param without for each of them, what became of each prediction
     * @param configuration as it is echoed to the user
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Outcomes(
            Facts facts,
            List<PredictedLink> predictions,
            List<Answer> before,
            int[] removed,
            List<List<Answer>> without,
            Map<String, Object> configuration) {
        Measured row(Method method, Claims claims, double bound, int[] sampled, String model, List<Bar> floors) {
            Removal removal = removal(claims);
            double correlation = correlation(claims, sampled, (prediction, fact) -> true);
            List<Bar> bars = new ArrayList<>();
            bar(method.text(), removal).ifPresent(bars::add);
            floors.stream().filter(floor -> !floor.name().equals(method.text())).forEach(bars::add);
            FaithfulnessPicture picture =
                    new FaithfulnessPicture(model, method.text(), points(claims, sampled), bars, correlation);
            FaithfulnessRow row = new FaithfulnessRow(
                    method.text(),
                    removal,
                    correlation,
                    correlation(claims, sampled, (prediction, fact) -> !predictions
                            .get(prediction)
                            .link()
                            .sharedWith(facts, fact)
                            .isEmpty()),
                    bound,
                    claims.millis,
                    predictions.size(),
                    sampled.length,
                    FaithfulnessSvg.draw(picture),
                    configuration);
            return new Measured(row, picture);
        }

        /** What a method says of each sampled fact and of those that it names first, beside what training says. */
        private List<Point> points(Claims claims, int[] sampled) {
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < predictions.size(); i++) {
                for (int j = 0; j < sampled.length; j++) {
                    points.add(new Point(claims.sampled[i][j], drop(i, sampled[j]), false));
                }
                if (claims.first[i] >= 0) {
                    points.add(new Point(claims.highest[i], drop(i, claims.first[i]), true));
                }
            }
            return points;
        }

        private double drop(int prediction, int fact) {
            return before.get(prediction).probability()
                    - without(fact).get(prediction).probability();
        }

        /** What became of the predictions without the facts that a method names first; null if it names none. */
        private Removal removal(Claims claims) {
            List<Answer> named = new ArrayList<>();
            List<Answer> then = new ArrayList<>();
            for (int i = 0; i < predictions.size(); i++) {
                if (claims.first[i] >= 0) {
                    named.add(before.get(i));
                    then.add(without(claims.first[i]).get(i));
                }
            }
            return named.isEmpty() ? null : removal(named, List.of(then));
        }

        Measured seedRow(Removal removal, int sampled) {
            return new Measured(
                    new FaithfulnessRow(
                            SEED, removal, null, null, null, null, predictions.size(), sampled, null, configuration),
                    null);
        }

        private List<Answer> without(int fact) {
            return without.get(Arrays.binarySearch(removed, fact));
        }

        private static Removal removal(List<Answer> before, List<List<Answer>> trainings) {
            double dropped = 0;
            double changed = 0;
            double drop = 0;
            for (List<Answer> after : trainings) {
                for (int i = 0; i < before.size(); i++) {
                    dropped += after.get(i).probability() < before.get(i).probability() ? 1 : 0;
                    changed += after.get(i).rank() > 1 ? 1 : 0;
                    drop += before.get(i).probability() - after.get(i).probability();
                }
            }
            double n = (double) trainings.size() * before.size();
            return new Removal(dropped / n, changed / n, drop / n);
        }

        /** Which facts count for a prediction. */
        private interface Counted {
            boolean test(int prediction, int fact);
        }

        private double correlation(Claims claims, int[] sampled, Counted counted) {
            return IntStream.range(0, predictions.size())
                    .mapToDouble(prediction -> {
                        IntPredicate counts = i -> counted.test(prediction, sampled[i]);
                        int[] places = IntStream.range(0, sampled.length)
                                .filter(counts)
                                .toArray();
                        return RankCorrelation.spearman(
                                Arrays.stream(places)
                                        .mapToDouble(i -> claims.sampled[prediction][i])
                                        .toArray(),
                                Arrays.stream(places)
                                        .mapToDouble(i -> drop(prediction, sampled[i]))
                                        .toArray());
                    })
                    .filter(correlation -> !Double.isNaN(correlation))
                    .average()
                    .orElse(Double.NaN);
        }
    }
}
