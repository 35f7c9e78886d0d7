package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.correction.EditedModel;
import io.github.whylink.influence.correction.FineTuningCorrection;
import io.github.whylink.influence.correction.RollbackCorrection;
import io.github.whylink.influence.correction.StepCorrection;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.procedures.config.CorrectConfiguration;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.result.CorrectionRow;
import io.github.whylink.procedures.result.CorrectionRow.Done;
import io.github.whylink.procedures.result.CorrectionRow.Place;
import io.github.whylink.procedures.result.SideEffects;
import io.github.whylink.procedures.store.ModelFacts.WithRelationships;
import io.github.whylink.procedures.store.StoredModel;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;
import org.neo4j.procedure.TerminationGuard;

/** {@code whylink.correct}: makes a link the best new answer to its query, and says what that does to others. */
public final class Correction {
    private static final long MEGABYTE = 1 << 20;

    private final GraphDatabaseService database;
    private final Transaction transaction;
    private final TerminationGuard guard;

    public Correction(GraphDatabaseService database, Transaction transaction, TerminationGuard guard) {
        this.database = database;
        this.transaction = transaction;
        this.guard = guard;
    }

    /** Corrects, or tries to, and returns the one row. */
    public Stream<CorrectionRow> run(String modelName, Map<String, Object> configuration) {
        CorrectConfiguration request = CorrectConfiguration.of(configuration);
        CorrectionRow row = Change.of(database, transaction, guard, modelName, change -> correct(change, request));
        return Stream.of(row);
    }

    /**
     * What a remedy came to; facts by the relationships that carry what was recorded of them.
     *
     * @param named the facts that it worked with
     * @param gone those of them that are then none of the training
     */
    private record Corrected(EditedModel edited, boolean fixed, int effort, List<Long> named, List<Long> gone) {}

    private CorrectionRow correct(Change change, CorrectConfiguration request) {
        PredictedLink link = PredictedLink.ofAny(change.model(), request.link(), "");
        KnownFacts known = KnownFacts.of(change.facts().all());
        Corrected corrected =
                switch (request.remedy()) {
                    case STEPS -> bySteps(change, link, known, request.maxSteps());
                    case ROLLBACK -> byRollback(change, link, known, request.maxFacts());
                    case FINE_TUNING -> byFineTuning(change, link, known, request);
                };
        EditedModel edited = corrected.edited;
        Answer before = link.answer(change.model().embedding());
        Answer after = link.answer(edited.model());
        Done done = new Done(
                request.remedy().text(),
                corrected.fixed,
                corrected.effort,
                nodes(change, edited.changed(Table.ENTITIES)),
                edited.changed(Table.RELATIONS).stream()
                        .mapToObj(change.model().types()::get)
                        .toList(),
                relationships(corrected.named));
        // Before it is written: what is read then belongs to another version.
        SideEffects others = change.sideEffects(edited, request.sample(), request.concurrency());
        boolean written = change.write(
                edited,
                corrected.gone.stream().mapToLong(id -> id).toArray(),
                "corrected (%s)-[:%s]->(%s) by %s"
                        .formatted(
                                request.link().source().getElementId(),
                                request.link().type(),
                                request.link().target().getElementId(),
                                request.remedy().text()),
                // What does not mend the prediction has only side effects.
                request.dryRun() || !corrected.fixed,
                request.undoable());
        return new CorrectionRow(
                change.model().name().value(),
                done,
                new Place(before.probability(), before.rank()),
                new Place(after.probability(), after.rank()),
                change.model().node(transaction, before.top()).orElse(null),
                others,
                written,
                request.effective());
    }

    private static Corrected bySteps(Change change, PredictedLink link, KnownFacts known, int maxSteps) {
        StepCorrection.Corrected corrected =
                StepCorrection.correct(change.model().embedding(), link.link(), known, maxSteps);
        return new Corrected(corrected.edited(), corrected.fixed(), corrected.steps(), List.of(), List.of());
    }

    private Corrected byRollback(Change change, PredictedLink link, KnownFacts known, int maxFacts) {
        if (!change.ready().stored().explains()) {
            throw new IllegalStateException(
                    "model '%s' was trained with influence: false, so that nothing was recorded that could be rolled back; set 'remedy' to 'steps', or train it with influence: true"
                            .formatted(change.model().name()));
        }
        WithRelationships trained = change.facts().trainingWithRelationships();
        requireMemory(change, trained);
        BitSet all = new BitSet();
        all.set(0, trained.facts().count());
        InfluenceLedger ledger = trained.recorded(transaction, change.model(), all, guard::check);
        RollbackCorrection.Corrected corrected = new RollbackCorrection(
                        change.model().embedding(), trained.facts(), new FactIndex(trained.facts()), ledger, known)
                .correct(link.link(), maxFacts);
        List<Long> gone = relationshipIds(trained, corrected.facts());
        return new Corrected(
                corrected.edited(), corrected.fixed(), corrected.facts().size(), gone, gone);
    }

    private static Corrected byFineTuning(
            Change change, PredictedLink link, KnownFacts known, CorrectConfiguration request) {
        StoredModel stored = change.ready().stored();
        if (stored.ensembleSize() > 1) {
            throw new IllegalArgumentException(
                    "'remedy' 'fineTuning' trains one model, but '%s' is an ensemble of %d; set it to 'steps' or 'rollback'"
                            .formatted(stored.name(), stored.ensembleSize()));
        }
        WithRelationships trained = change.facts().trainingWithRelationships();
        TrainingSettings settings = TrainConfiguration.of(stored.configuration())
                .settings()
                .with()
                .concurrency(request.concurrency())
                .build();
        TrainedModel model = new TrainedModel(
                change.model().embedding(),
                trained.facts(),
                settings,
                stored.epochs().intValue());
        FineTuningCorrection.Corrected corrected = new FineTuningCorrection(
                        model,
                        new FactIndex(trained.facts()),
                        known,
                        change.ready().monitor())
                .correct(link.link(), request.maxFacts(), request.maxSteps());
        return new Corrected(
                corrected.edited(),
                corrected.fixed(),
                corrected.steps(),
                relationshipIds(trained, corrected.facts()),
                List.of());
    }

    private static List<Long> relationshipIds(WithRelationships trained, List<Integer> facts) {
        return facts.stream().map(fact -> trained.relationshipIds()[fact]).toList();
    }

    private static void requireMemory(Change change, WithRelationships trained) {
        long needed = InfluenceLedger.bytes(
                trained.facts().count(),
                change.model().embedding().parameters().entities()[0].length,
                change.model().embedding().parameters().relations()[0].length);
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap / 2) {
            throw new IllegalArgumentException(
                    "'remedy' 'rollback' needs %d MB for what was recorded of the facts, more than half of the heap of the server, %d MB: set it to 'steps', or raise server.memory.heap.max_size"
                            .formatted(needed / MEGABYTE, heap / MEGABYTE));
        }
    }

    private List<Node> nodes(Change change, BitSet rows) {
        return rows.stream()
                .mapToObj(row -> change.model().node(transaction, row).orElse(null))
                .filter(node -> node != null)
                .toList();
    }

    private List<Relationship> relationships(List<Long> ids) {
        return ids.stream()
                .flatMap(id -> InternalIds.relationship(transaction, id).stream())
                .toList();
    }
}
