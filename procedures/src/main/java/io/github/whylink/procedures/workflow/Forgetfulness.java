package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.correction.EditedModel;
import io.github.whylink.influence.correction.Forgetting;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.procedures.config.ForgetConfiguration;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.result.ForgetRow;
import io.github.whylink.procedures.result.SideEffects;
import io.github.whylink.procedures.store.ModelFacts.WithRelationships;
import io.github.whylink.procedures.store.StoredModel;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.forget}: makes a model about what it would be had it never seen some facts, without training it again. */
public final class Forgetfulness {
    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Forgetfulness(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** Forgets and returns the one row. */
    public Stream<ForgetRow> run(String modelName, Map<String, Object> configuration) {
        ForgetConfiguration request = ForgetConfiguration.of(configuration);
        ForgetRow row = Change.of(database, transaction, guard, modelName, change -> forget(change, request));
        return Stream.of(row);
    }

    private ForgetRow forget(Change change, ForgetConfiguration request) {
        StoredModel stored = change.ready().stored();
        WithRelationships trained = change.facts().trainingWithRelationships();
        BitSet forgotten = trained.of(change.model(), request.facts(), "facts");
        if (forgotten.cardinality() == trained.facts().count()) {
            throw new IllegalArgumentException(
                    "'facts' has all that model '%s' was trained on: nothing would be left of it; remove it with CALL whylink.models.drop('%s')"
                            .formatted(stored.name(), stored.name()));
        }
        EmbeddingModel model = change.model().embedding();
        Stopwatch watch = new Stopwatch();
        boolean isRecorded = stored.explains() && trained.allRecorded(transaction, change.model(), forgotten);
        boolean mayBeReweighed =
                stored.selection().weightProperty() != null && change.facts().changed();
        String method = method(stored, request, isRecorded, mayBeReweighed);
        InfluenceLedger recorded =
                isRecorded ? trained.recorded(transaction, change.model(), forgotten, guard::check) : null;
        Map<String, Object> effective = new LinkedHashMap<>(request.effective());
        effective.put("method", method);
        EditedModel edited = method.equals(ForgetConfiguration.ROLLBACK)
                ? Forgetting.rollBack(trained.facts(), model, recorded, forgotten)
                : Forgetting.forget(
                        stored.members(trained(change, trained.facts(), request.concurrency())),
                        model,
                        new FactIndex(trained.facts()),
                        recorded,
                        forgotten,
                        change.ready().monitor());
        long forgetMillis = watch.lap();
        int[] indexes = forgotten.stream().toArray();
        Facts own = trained.facts().select(indexes);
        // Before it is written: what is read then belongs to another version.
        SideEffects others = change.sideEffects(edited, request.sample(), request.concurrency());
        boolean written = change.write(
                edited,
                IntStream.of(indexes)
                        .mapToLong(fact -> trained.relationshipIds()[fact])
                        .toArray(),
                indexes.length == 1 ? "forgot 1 fact" : "forgot %d facts".formatted(indexes.length),
                request.dryRun(),
                request.undoable());
        return new ForgetRow(
                stored.name().value(),
                indexes.length,
                method,
                edited.changed(Table.ENTITIES).cardinality(),
                edited.changed(Table.RELATIONS).cardinality(),
                probability(model, own),
                probability(edited.model(), own),
                others,
                written,
                forgetMillis,
                effective);
    }

    /**
     * Without a penalty a model fits its facts until their pulls are gone, and only the record tells what they did; nor does the
     * pull of a fact tell it whose weight is another now.
     */
    private static String method(
            StoredModel stored, ForgetConfiguration request, boolean isRecorded, boolean mayBeReweighed) {
        if (ForgetConfiguration.ROLLBACK.equals(request.method()) && !isRecorded) {
            throw new IllegalArgumentException(
                    "'method' 'rollback' cannot be: %s; set it to 'settle', or train the model again with influence: true and overwrite: true"
                            .formatted(
                                    stored.explains()
                                            ? "what was recorded of one of the facts is gone, with a parallel relationship that carried it"
                                            : "model '%s' was trained with influence: false, so that nothing was recorded of its facts"
                                                    .formatted(stored.name())));
        }
        boolean settles = ForgetConfiguration.SETTLE.equals(request.method());
        if (mayBeReweighed && (settles || !isRecorded)) {
            throw new IllegalArgumentException(
                    "'method' 'settle' cannot be: the relationships of model '%s' or their '%s' have changed since it was trained, and it would forget facts by what they weigh now; %s"
                            .formatted(
                                    stored.name(),
                                    stored.selection().weightProperty(),
                                    isRecorded
                                            ? "set it to 'rollback', or put the values back"
                                            : "put the values back, or train the model again with overwrite: true"));
        }
        if (mayBeReweighed) {
            return ForgetConfiguration.ROLLBACK;
        }
        if (request.method() != null) {
            return request.method();
        }
        boolean penalized = !TrainConfiguration.of(stored.configuration())
                .settings()
                .regularizer()
                .isNone();
        return penalized || !isRecorded ? ForgetConfiguration.SETTLE : ForgetConfiguration.ROLLBACK;
    }

    private static TrainedModel trained(Change change, Facts facts, int concurrency) {
        StoredModel stored = change.ready().stored();
        TrainingSettings settings = TrainConfiguration.of(stored.configuration())
                .settings()
                .with()
                .concurrency(concurrency)
                .build();
        return new TrainedModel(
                change.model().embedding(), facts, settings, stored.epochs().intValue());
    }

    private static double probability(EmbeddingModel model, Facts facts) {
        float[] scores = new float[model.entityCount()];
        float[] query = new float[model.parameters().entities()[0].length];
        double sum = 0;
        for (int fact = 0; fact < facts.count(); fact++) {
            Link link = new Link(facts.head(fact), facts.relation(fact), facts.tail(fact));
            sum += Answer.probability(model, link, query, scores);
        }
        return sum / facts.count();
    }
}
