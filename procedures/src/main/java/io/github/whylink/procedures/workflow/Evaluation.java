package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.ranking.Calibration;
import io.github.whylink.embedding.ranking.ChoiceEvaluation;
import io.github.whylink.embedding.ranking.CorruptedFacts;
import io.github.whylink.embedding.ranking.LabelledScores;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.RelationCalibrations;
import io.github.whylink.embedding.ranking.SideSelection;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.procedures.config.EvaluateConfiguration;
import io.github.whylink.procedures.result.EvaluationRow;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelFacts;
import io.github.whylink.procedures.store.StoredModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.evaluate}: how well a model ranks facts of the graph, over all and for each type and side. */
public final class Evaluation {
    /** Keeps the halves of the calibration apart from everything else that is derived from the keys. */
    private static final long STREAM = 0x63616C6962726174L;

    private static final int CALIBRATION_BINS = 15;

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Evaluation(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row about all facts, then two for each type, by name; before those of a split type one about its values. */
    public Stream<EvaluationRow> run(String modelName, Map<String, Object> configuration) {
        EvaluateConfiguration request = EvaluateConfiguration.of(configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        // Not from memory: a node that was deleted since is no candidate.
        LoadedModel model = ready.reload();
        ModelFacts graph = ModelFacts.of(transaction, ready.stored(), model, guard::check);
        if (request.facts() != EvaluateConfiguration.Which.ALL) {
            graph.requireTraining("evaluate {facts: 'all'}, or train it again with overwrite: true");
        }
        Facts ranked =
                switch (request.facts()) {
                    case HELD_OUT -> graph.heldOut();
                    case TRAINING -> graph.training();
                    case ALL -> graph.all();
                };
        if (ranked.count() == 0) {
            throw new IllegalStateException(
                    "there is nothing to evaluate model '%s' with: no fact of the graph is one of {facts: '%s'}; choose %s"
                            .formatted(
                                    model.name(),
                                    request.facts().text(),
                                    switch (request.facts()) {
                                        case HELD_OUT -> "'training' or 'all', or train with a heldOutFraction";
                                        case TRAINING -> "'all', or train the model again";
                                        case ALL -> "another model, or train this one again: none of its facts is left";
                                    }));
        }
        return rows(ready.stored(), model, graph, ranked, request).stream();
    }

    /** The same about some facts. */
    List<EvaluationRow> rows(
            StoredModel stored, LoadedModel model, ModelFacts graph, Facts ranked, EvaluateConfiguration request) {
        Facts all = graph.all();
        KnownFacts known = KnownFacts.of(all);
        RankingEvaluation evaluation =
                RankingEvaluation.of(model.embedding(), ranked, known, request.concurrency(), guard::check);
        Double calibrationError =
                calibrationError(model.embedding(), ranked, known, RelationRoles.of(all), stored.seed());
        return rows(model, evaluation, calibrationError, values(model, graph, ranked, request), request);
    }

    /** How well the values are told of each type that a property splits, by type. */
    private Map<String, ChoiceEvaluation> values(
            LoadedModel model, ModelFacts graph, Facts ranked, EvaluateConfiguration request) {
        Map<String, ChoiceEvaluation> values = new HashMap<>();
        List<String> types = model.splitTypes();
        if (types.isEmpty()) {
            return values;
        }
        KnownFacts evidence = request.facts() == EvaluateConfiguration.Which.HELD_OUT
                ? withoutHeldOut(graph)
                : KnownFacts.of(graph.all());
        for (String type : types) {
            int[] relations = model.split(type);
            ChoiceEvaluation evaluation = ChoiceEvaluation.of(
                    model.embedding(),
                    ranked,
                    evidence,
                    relations,
                    model.factCounts(relations),
                    Arrays.stream(relations)
                            .mapToDouble(
                                    relation -> model.relations().get(relation).number())
                            .toArray(),
                    request.concurrency(),
                    guard::check);
            if (evaluation != null) {
                values.put(type, evaluation);
            }
        }
        return values;
    }

    /** What is to be told tells nothing. */
    private static KnownFacts withoutHeldOut(ModelFacts graph) {
        KnownFacts heldOut = KnownFacts.of(graph.heldOut());
        Facts all = graph.all();
        return KnownFacts.of(all.select(IntStream.range(0, all.count())
                .filter(fact -> !heldOut.contains(all.head(fact), all.relation(fact), all.tail(fact)))
                .toArray()));
    }

    private static List<EvaluationRow> rows(
            LoadedModel model,
            RankingEvaluation evaluation,
            Double calibrationError,
            Map<String, ChoiceEvaluation> values,
            EvaluateConfiguration request) {
        List<EvaluationRow> rows = new ArrayList<>();
        rows.add(new EvaluationRow(
                null,
                "both",
                2,
                evaluation.metrics(request.filtering(), request.ties(), SideSelection.BOTH),
                calibrationError,
                request));
        for (int relation : evaluation.relations()) {
            String splitType = model.relations().get(relation).type();
            ChoiceEvaluation ofValues = values.remove(splitType);
            if (ofValues != null) {
                rows.add(new EvaluationRow(splitType, ofValues, request));
            }
            for (SideSelection side : List.of(SideSelection.TAIL, SideSelection.HEAD)) {
                rows.add(new EvaluationRow(
                        model.types().get(relation),
                        side == SideSelection.TAIL ? "target" : "source",
                        1,
                        evaluation.metrics(relation, request.filtering(), request.ties(), side),
                        null,
                        request));
            }
        }
        return rows;
    }

    /**
     * The expected calibration error of what is fitted to one half of the facts and measured on the other, each fact
     * beside a false one that fits its type; null with too few facts.
     */
    private static Double calibrationError(
            EmbeddingModel model, Facts facts, KnownFacts known, RelationRoles roles, long seed) {
        LabelledScores fitted = labelled(model, half(facts, seed, true), known, roles, seed);
        LabelledScores measured = labelled(model, half(facts, seed, false), known, roles, seed);
        // As few say as little about the error as about the curves.
        return RelationCalibrations.fit(facts.relationCount(), measured)
                .flatMap(enough -> RelationCalibrations.fit(facts.relationCount(), fitted))
                .map(curves -> Calibration.expectedCalibrationError(
                        curves.probabilities(measured), measured.labels(), CALIBRATION_BINS))
                .orElse(null);
    }

    private static Facts half(Facts facts, long seed, boolean first) {
        return facts.select(IntStream.range(0, facts.count())
                .filter(fact -> CounterHash.hash(seed ^ STREAM, facts.key(fact), 0, 0) < 0 == first)
                .toArray());
    }

    private static LabelledScores labelled(
            EmbeddingModel model, Facts facts, KnownFacts known, RelationRoles roles, long seed) {
        return LabelledScores.of(model, facts, CorruptedFacts.typed(facts, known, roles, seed));
    }
}
