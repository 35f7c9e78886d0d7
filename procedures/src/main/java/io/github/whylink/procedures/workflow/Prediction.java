package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Side;
import io.github.whylink.embedding.ranking.LinkPredictor;
import io.github.whylink.embedding.ranking.MemberAnswers;
import io.github.whylink.procedures.config.PredictConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.PredictionRow;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.predict.targets} and {@code whylink.predict.sources}: the most plausible links at a node. */
public final class Prediction {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Prediction(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** Answers (node)-[type]->(?) with TAIL, and (?)-[type]->(node) with HEAD. */
    public Stream<PredictionRow> run(String modelName, Side asked, Map<String, Object> configuration) {
        PredictConfiguration request = PredictConfiguration.of(asked, configuration);
        ReadyModel ready = ReadyModel.of(database, transaction, guard, modelName);
        List<PredictionRow> rows = answer(ready.load(), request);
        if (rows.stream().anyMatch(Prediction::withoutNode)) {
            // Entities were deleted since the model came into memory: without them, others move up.
            rows = answer(ready.reload(), request);
        }
        return rows.stream().filter(row -> !withoutNode(row));
    }

    private List<PredictionRow> answer(LoadedModel model, PredictConfiguration request) {
        int relation = model.requireRelation(request.type());
        int entity = model.requireEntity(request.asked() == Side.TAIL ? "source" : "target", request.entity());
        int[] known = linked(model, request.asked(), request.entity(), relation);
        int[] excluded = excluded(model, relation, entity, request.includeKnown() ? new int[0] : known);
        BitSet labelled = LabelledEntities.of(transaction, model, "nodeLabels", request.nodeLabels());
        if (labelled.cardinality() < model.nodeIds().length) {
            labelled.flip(0, model.nodeIds().length);
            Arrays.stream(excluded).forEach(labelled::set);
            excluded = labelled.stream().toArray();
        }
        LinkPredictor.Prediction[] best =
                new LinkPredictor(model.embedding()).best(request.asked(), entity, relation, excluded, request.topK());
        int[] competing = excluded;
        Optional<int[]> members = model.ensemble()
                .map(ensemble ->
                        MemberAnswers.best(ensemble, model.embedding(), request.asked(), entity, relation, competing));
        List<PredictionRow> rows = new ArrayList<>(best.length);
        for (LinkPredictor.Prediction answer : best) {
            boolean isKnown = Arrays.binarySearch(known, answer.entity()) >= 0;
            Node found = model.node(transaction, answer.entity()).orElse(null);
            rows.add(new PredictionRow(
                    rows.size() + 1,
                    request.asked() == Side.TAIL ? request.entity() : found,
                    request.type(),
                    request.asked() == Side.TAIL ? found : request.entity(),
                    answer.score(),
                    answer.probability(),
                    model.calibrated(relation, answer.score()),
                    members.map(all -> (long) MemberAnswers.count(all, answer.entity()))
                            .orElse(null),
                    isKnown,
                    request.effective()));
        }
        return rows;
    }

    /** The known answers, and the node itself where no fact of the type leads from a node to itself; ascending. */
    static int[] excluded(LoadedModel model, int relation, int entity, int[] known) {
        return model.hasSelfLoops(relation)
                ? known
                : IntStream.concat(IntStream.of(entity), Arrays.stream(known))
                        .sorted()
                        .distinct()
                        .toArray();
    }

    /** The entities that the graph already has as an answer, ascending. */
    static int[] known(LoadedModel model, Side asked, Node entity, int relation) {
        try (Stream<Relationship> links = model.relationships(entity, direction(asked), relation)) {
            return others(model, asked, links);
        }
    }

    /** The same and, where a property splits the type, those that the node is linked to with another value; ascending. */
    static int[] linked(LoadedModel model, Side asked, Node entity, int relation) {
        try (Stream<Relationship> links =
                entity.getRelationships(direction(asked), model.relationshipType(relation)).stream()) {
            return others(model, asked, links);
        }
    }

    private static Direction direction(Side asked) {
        return asked == Side.TAIL ? Direction.OUTGOING : Direction.INCOMING;
    }

    private static int[] others(LoadedModel model, Side asked, Stream<Relationship> links) {
        return links.mapToInt(
                        link -> model.entity(asked == Side.TAIL ? InternalIds.endOf(link) : InternalIds.startOf(link)))
                .filter(found -> found >= 0)
                .sorted()
                .distinct()
                .toArray();
    }

    private static boolean withoutNode(PredictionRow row) {
        return row.source == null || row.target == null;
    }
}
