package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.Softmax;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.drawing.ExplanationSvg;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.procedures.config.ExplainConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.ExplanationGraphRow;
import io.github.whylink.procedures.result.ExplanationRow;
import io.github.whylink.procedures.store.CandidateFacts;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.explain} and {@code whylink.explain.graph}: the facts that are responsible for a predicted link. */
public final class Explanation {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Explanation(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** One row per fact. */
    public Stream<ExplanationRow> rows(String modelName, Map<String, Object> configuration) {
        return explain(modelName, ExplainConfiguration.forRows(configuration)).rows.stream();
    }

    /** All facts in one row, with a picture. */
    public Stream<ExplanationGraphRow> graph(String modelName, Map<String, Object> configuration) {
        ExplainConfiguration request = ExplainConfiguration.forPicture(configuration);
        Explained explained = explain(modelName, request);
        Set<Node> nodes = new LinkedHashSet<>(List.of(request.source()));
        nodes.add(request.target());
        for (ExplanationRow row : explained.rows) {
            nodes.add(row.source);
            nodes.add(row.target);
        }
        List<Node> listed = new ArrayList<>(nodes);
        Captions captions = new Captions(request.captionProperty());
        return Stream.of(new ExplanationGraphRow(
                request.source(),
                request.target(),
                request.type(),
                explained.probability,
                listed,
                explained.rows.stream().map(row -> row.fact).toList(),
                explained.rows.stream().map(row -> row.influence).toList(),
                ExplanationSvg.draw(
                        captions.picture(modelName, request, explained.probability, listed, explained.rows))));
    }

    private record Explained(double probability, List<ExplanationRow> rows) {}

    private Explained explain(String modelName, ExplainConfiguration request) {
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        if (!ready.stored().explains()) {
            throw new IllegalStateException(
                    "model '%s' was trained with influence: false, so that nothing is known of what its facts did; train it with influence: true to have its predictions explained"
                            .formatted(modelName));
        }
        LoadedModel model = ready.load();
        int relation = model.requireRelation(request.type());
        int head = model.requireEntity("source", request.source());
        int tail = model.requireEntity("target", request.target());
        requirePredicted(model, request);

        CandidateFacts candidates =
                CandidateFacts.of(transaction, model, request.source(), request.type(), request.target(), guard::check);
        Link link = new Link(head, relation, tail);
        FactInfluences influences = new RollbackExplainer(
                        model.embedding(),
                        candidates.facts(),
                        new FactIndex(candidates.facts()),
                        candidates.ledger(),
                        guard::check)
                .explain(link);

        double probability = probability(model, link);
        double support = influences.support();
        int[] ranked = influences.ranked();
        List<ExplanationRow> rows = new ArrayList<>();
        for (int place : Arrays.copyOf(ranked, Math.min(request.topK(), ranked.length))) {
            int fact = influences.fact(place);
            double influence = influences.influence(place);
            rows.add(new ExplanationRow(
                    rows.size() + 1,
                    candidates.relationships().get(fact),
                    role(link, candidates, fact),
                    influence,
                    support > 0 ? (Double) (influence / support) : null,
                    probability));
        }
        return new Explained(probability, rows);
    }

    private static void requirePredicted(LoadedModel model, ExplainConfiguration request) {
        long target = InternalIds.of(request.target());
        try (Stream<Relationship> links =
                request
                        .source()
                        .getRelationships(Direction.OUTGOING, RelationshipType.withName(request.type()))
                        .stream()) {
            if (links.anyMatch(link -> InternalIds.endOf(link) == target && CandidateFacts.isTrained(model, link))) {
                throw new IllegalArgumentException(
                        "(source)-[:%s]->(target) is a fact the model was trained on; whylink.explain explains predicted links"
                                .formatted(request.type()));
            }
        }
    }

    private static double probability(LoadedModel model, Link link) {
        float[] query = new float[model.embedding().parameters().entities()[0].length];
        float[] scores = new float[model.embedding().entityCount()];
        model.embedding().scores(Side.TAIL, link.head(), link.relation(), query, scores);
        return Softmax.probability(scores, link.tail());
    }

    private static String role(Link link, CandidateFacts candidates, int fact) {
        return link.sharedWith(candidates.facts(), fact).stream()
                .map(shared -> switch (shared) {
                    case HEAD -> "source";
                    case RELATION -> "type";
                    case TAIL -> "target";
                })
                .collect(Collectors.joining(" + "));
    }
}
