package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.influence.drawing.CurvePicture;
import io.github.whylink.influence.drawing.CurveSvg;
import io.github.whylink.influence.drawing.ExplanationPicture;
import io.github.whylink.influence.drawing.ModelReport;
import io.github.whylink.influence.drawing.ModelReport.Ranking;
import io.github.whylink.influence.drawing.ReportPage;
import io.github.whylink.procedures.config.LinkRequest;
import io.github.whylink.procedures.config.ReportConfiguration;
import io.github.whylink.procedures.result.EvaluationRow;
import io.github.whylink.procedures.result.FaithfulnessRow;
import io.github.whylink.procedures.result.ReportRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelFacts;
import io.github.whylink.procedures.store.StoredCurve;
import io.github.whylink.procedures.store.StoredModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.report}: what a model is, how well it ranks the facts that were held out, and what it predicts for which
 * reasons, on one page.
 */
public final class Report {
    /** Questions whose answers are looked at for examples. */
    private static final int ASKED = 200;

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Report(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row with the page. */
    public Stream<ReportRow> run(String modelName, Map<String, Object> configuration) {
        ReportConfiguration request = ReportConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        StoredModel stored = ready.stored();
        // Not from memory: a node that was deleted since is no answer.
        LoadedModel model = ready.reload();
        // Before everything else: it refuses what cannot be trained again.
        ModelReport.Faithfulness faithfulness = request.faithfulness() == 0 ? null : faithfulness(ready, request);
        ModelFacts graph = ModelFacts.of(transaction, stored, model, guard::check);
        boolean splitKnown = stored.explains() || !graph.changed();
        Facts heldOut = splitKnown ? graph.heldOut() : graph.all().select(new int[0]);
        List<EvaluationRow> rows = heldOut.count() == 0
                ? List.of()
                : new Evaluation(database, transaction, guard)
                        .rows(stored, model, graph, heldOut, request.evaluation());
        List<ExplanationPicture> examples =
                examples(ready, model, heldOut.count() == 0 ? graph.all() : heldOut, request);
        CurvePicture curve = StoredCurve.of(stored).orElse(null);
        ModelReport report = new ModelReport(
                stored.name().value(),
                summary(stored, graph.changed()),
                figures(rows),
                curve,
                rankings(rows),
                rows.isEmpty()
                        ? splitKnown
                                ? "No fact was held out of the training, so that nothing tells how well it ranks."
                                : "The graph has changed since the training, of which nothing was recorded, so that no fact is known to have been held out."
                        : "%d facts that the training did not see, each asked for its target and for its source among all nodes, other known answers left out. MRR is the mean of 1 / rank, Hits@k the share of answers within the first k ranks."
                                .formatted(heldOut.count()),
                examples,
                exampleRemark(stored, examples),
                faithfulness,
                settings(stored));
        return Stream.of(new ReportRow(
                stored.name(),
                ReportPage.write(report),
                curve == null ? null : CurveSvg.draw(curve),
                request.effective()));
    }

    private static String summary(StoredModel stored, boolean changed) {
        return "%s, dimension %d, %d epochs, trained %s by whylink %s on %d facts of %d types between %d nodes.%s%s%s"
                .formatted(
                        stored.scoringFunction(),
                        stored.embeddingDimension(),
                        stored.epochs(),
                        stored.createdAt().toLocalDate(),
                        stored.pluginVersion(),
                        stored.facts(),
                        stored.relations(),
                        stored.entities(),
                        stored.continuedFrom() == null
                                ? ""
                                : " The training went on from model '%s'; epochs and curve are its own."
                                        .formatted(stored.continuedFrom()),
                        stored.change() == null ? "" : " Changed after the training: %s.".formatted(stored.change()),
                        changed ? " The graph has changed since." : "");
    }

    private static Map<String, String> figures(List<EvaluationRow> rows) {
        Map<String, String> figures = new LinkedHashMap<>();
        if (!rows.isEmpty()) {
            EvaluationRow all = rows.get(0);
            figures.put("MRR", decimals(all.mrr));
            figures.put("Hits@1", decimals(all.hits1));
            figures.put("Hits@3", decimals(all.hits3));
            figures.put("Hits@10", decimals(all.hits10));
            figures.put("mean rank", String.format(Locale.ROOT, "%.1f", all.meanRank));
            if (all.expectedCalibrationError != null) {
                figures.put("calibration error", decimals(all.expectedCalibrationError));
            }
            rows.stream()
                    .filter(row -> row.accuracy != null)
                    .forEach(row -> figures.put("right value, " + row.type, decimals(row.accuracy)));
        }
        return figures;
    }

    /** After the row about all facts there are two for each type, target before source, besides those about values. */
    private static List<Ranking> rankings(List<EvaluationRow> all) {
        List<EvaluationRow> rows =
                all.stream().filter(row -> row.accuracy == null).toList();
        return IntStream.range(0, rows.size() / 2)
                .mapToObj(i -> {
                    EvaluationRow target = rows.get(1 + 2 * i);
                    return new Ranking(target.type, target.facts, side(target), side(rows.get(2 + 2 * i)));
                })
                .toList();
    }

    private static ModelReport.Side side(EvaluationRow row) {
        return new ModelReport.Side(row.mrr, row.hits1, row.hits10);
    }

    /** A link that the graph does not have, with its probability. */
    private record Candidate(LinkRequest link, double probability) {}

    /**
     * The most confident new link of each type, as far as a sample of questions finds it, the most confident first.
     *
     * @param queries facts whose source and type are asked about
     */
    private List<ExplanationPicture> examples(
            ReadyModel ready, LoadedModel model, Facts queries, ReportConfiguration request) {
        LinkPredictor predictor = new LinkPredictor(model.embedding());
        Map<String, Candidate> byType = new TreeMap<>();
        long seed = ready.stored().seed();
        int[] asked = request.examples() == 0
                ? new int[0]
                : IntStream.range(0, queries.count())
                        .boxed()
                        .sorted(Comparator.comparingLong(fact -> CounterHash.hash(seed, queries.key(fact), 2, 0)))
                        .limit(ASKED)
                        .mapToInt(Integer::intValue)
                        .toArray();
        for (int query : asked) {
            guard.check();
            int head = queries.head(query);
            int relation = queries.relation(query);
            String type = model.types().get(relation);
            Node source = model.node(transaction, head).orElseThrow();
            int[] excluded =
                    Prediction.excluded(model, relation, head, Prediction.linked(model, Side.TAIL, source, relation));
            for (LinkPredictor.Prediction best : predictor.best(Side.TAIL, head, relation, excluded, 1)) {
                Candidate known = byType.get(type);
                if (known == null || best.probability() > known.probability()) {
                    LinkRequest link = new LinkRequest(
                            source, type, model.node(transaction, best.entity()).orElseThrow());
                    byType.put(type, new Candidate(link, best.probability()));
                }
            }
        }
        return byType.values().stream()
                .sorted(Comparator.comparingDouble(candidate -> -candidate.probability()))
                .limit(request.examples())
                .map(candidate -> picture(ready, candidate, request))
                .toList();
    }

    private ExplanationPicture picture(ReadyModel ready, Candidate candidate, ReportConfiguration request) {
        if (ready.stored().explains()) {
            return new Explanation(database, transaction, guard).picture(ready, request.explanation(candidate.link()));
        }
        List<Node> ends = new ArrayList<>(List.of(candidate.link().source()));
        if (!ends.contains(candidate.link().target())) {
            ends.add(candidate.link().target());
        }
        return new Captions(request.captionProperty())
                .picture(ready.stored().name().value(), candidate.link(), candidate.probability(), ends, List.of());
    }

    private static String exampleRemark(StoredModel stored, List<ExplanationPicture> examples) {
        if (examples.isEmpty()) {
            return "No examples.";
        }
        String chosen =
                "Links that the graph does not have: the most confident answer of each of some relationship types, among up to %d questions drawn from the facts above. "
                        .formatted(ASKED);
        return chosen
                + (stored.explains()
                        ? "Around each the facts responsible for it, by gradient rollback."
                        : "The model was trained with influence: false, so that nothing says why.");
    }

    private ModelReport.Faithfulness faithfulness(ReadyModel ready, ReportConfiguration request) {
        if (!ready.stored().explains()) {
            throw new IllegalStateException(
                    "'faithfulness': model '%s' was trained with influence: false, so that it has no explanations to compare with training again; leave the key out, or train it with influence: true"
                            .formatted(ready.stored().name()));
        }
        List<Faithfulness.Measured> measured =
                new Faithfulness(database, transaction, guard).measure(ready, request.trainings());
        FaithfulnessRow asked = measured.get(0).row();
        String remark =
                "%d predictions were explained by gradient rollback, and the model was trained again from the same seed without each fact that an explanation names first, and without each of %d facts drawn from all. PD is the share of predictions that are less probable then, TC the share that are no longer the best answer. The floors: a random fact of the neighbourhood removed instead, and nothing removed but another seed. The rank correlation (Spearman) is that of what is said of the drawn facts with what training without them did, mean over the predictions."
                        .formatted(asked.queries, asked.facts);
        return new ModelReport.Faithfulness(
                remark,
                measured.stream()
                        .map(Faithfulness.Measured::row)
                        .map(row -> new ModelReport.Measured(
                                row.method, row.probabilityDrop, row.topChange, row.meanDrop, row.leaveOneOutSpearman))
                        .toList(),
                measured.get(0).picture());
    }

    private static Map<String, String> settings(StoredModel stored) {
        Map<String, String> settings = new LinkedHashMap<>();
        stored.configuration().forEach((key, value) -> settings.put(key, String.valueOf(value)));
        return settings;
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
