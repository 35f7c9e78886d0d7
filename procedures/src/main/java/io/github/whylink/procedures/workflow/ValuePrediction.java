package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RelationChoice;
import io.github.whylink.procedures.config.ValueConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Relation;
import io.github.whylink.procedures.result.ValueRow;
import io.github.whylink.procedures.store.ExistingLinks;
import io.github.whylink.procedures.store.LoadedModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.predict.value}: which value of the property that splits a type a link between two nodes would have. */
public final class ValuePrediction {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public ValuePrediction(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** The one row. */
    public Stream<ValueRow> run(String modelName, Map<String, Object> configuration) {
        ValueConfiguration request = ValueConfiguration.of(configuration);
        LoadedModel model =
                ReadyModel.of(database, transaction, guard, modelName).load();
        int[] values = model.requireSplit("type", request.type());
        int head = model.requireEntity("source", request.source());
        int tail = model.requireEntity("target", request.target());
        KnownFacts evidence = ExistingLinks.around(model, request.source(), request.target(), values[0], guard::check);
        double[] probabilities = new RelationChoice(model.embedding(), values, model.factCounts(values))
                .probabilities(head, tail, evidence);
        Map<String, Object> named = new LinkedHashMap<>();
        double expected = 0;
        for (int i = 0; i < values.length; i++) {
            Relation relation = model.relations().get(values[i]);
            named.put(relation.name(), probabilities[i]);
            expected += probabilities[i] * relation.number();
        }
        int best = RelationChoice.best(probabilities);
        Relation chosen = model.relations().get(values[best]);
        return Stream.of(new ValueRow(
                request.source(),
                chosen.name(),
                request.target(),
                chosen.value(),
                probabilities[best],
                Arrays.stream(values)
                                .anyMatch(value -> Double.isNaN(
                                        model.relations().get(value).number()))
                        ? null
                        : (Double) expected,
                named,
                linked(model, request.source(), values[0], request.target()),
                request.effective()));
    }

    private static boolean linked(LoadedModel model, Node source, int relation, Node target) {
        long end = InternalIds.of(target);
        try (Stream<Relationship> links =
                source.getRelationships(Direction.OUTGOING, model.relationshipType(relation)).stream()) {
            return links.anyMatch(link -> InternalIds.endOf(link) == end);
        }
    }
}
