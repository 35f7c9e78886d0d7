package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.ranking.BestLinks;
import io.github.whylink.influence.Link;
import io.github.whylink.procedures.config.TypesConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.LinkRow;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.predict.types}: how one node may be linked to another one. */
public final class TypePrediction {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public TypePrediction(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    private record Candidate(String type, Answer answer, boolean known) {}

    /** One row per type, the best first; equal ones by name. */
    public Stream<LinkRow> run(String modelName, Map<String, Object> configuration) {
        TypesConfiguration request = TypesConfiguration.of(configuration);
        LoadedModel model =
                ReadyModel.of(database, transaction, guard, modelName).load();
        int head = model.requireEntity("source", request.source());
        int tail = model.requireEntity("target", request.target());
        Set<String> known = between(request.source(), request.target());
        List<Candidate> candidates = new ArrayList<>();
        for (int relation = 0; relation < model.types().size(); relation++) {
            guard.check();
            String type = model.types().get(relation);
            boolean isKnown = known.contains(model.relations().get(relation).type());
            boolean loop = head == tail && !model.hasSelfLoops(relation);
            if (!loop && (!isKnown || request.includeKnown())) {
                int[] excluded = PredictedLink.competitorsExcluded(model, request.source(), head, relation, tail);
                candidates.add(new Candidate(
                        type, Answer.of(model.embedding(), new Link(head, relation, tail), excluded), isKnown));
            }
        }
        Comparator<Candidate> order = request.order() == BestLinks.Order.SCORE
                ? Comparator.comparingDouble(candidate -> -candidate.answer.score())
                : Comparator.comparingDouble(candidate -> -candidate.answer.probability());
        List<LinkRow> rows = new ArrayList<>();
        candidates.stream().sorted(order).limit(request.topK()).forEach(candidate -> {
            Answer answer = candidate.answer;
            rows.add(new LinkRow(
                    rows.size() + 1,
                    request.source(),
                    candidate.type,
                    request.target(),
                    answer.score(),
                    answer.probability(),
                    model.calibrated(model.relation(candidate.type), answer.score()),
                    answer.realisticRank(),
                    candidate.known,
                    request.effective()));
        });
        return rows.stream();
    }

    /** The types of the relationships from one node to another. */
    private static Set<String> between(Node source, Node target) {
        long end = InternalIds.of(target);
        Set<String> types = new HashSet<>();
        for (Relationship link : source.getRelationships(Direction.OUTGOING)) {
            if (InternalIds.endOf(link) == end) {
                types.add(link.getType().name());
            }
        }
        return types;
    }
}
