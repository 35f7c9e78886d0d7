package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.facts.RelationRoles;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.RelationCalibrations;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Beginning;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.rollback.Stability;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.jobs.Job;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.jobs.Phase;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Selection;
import io.github.whylink.procedures.result.TrainRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.ModelNodes;
import io.github.whylink.procedures.store.ModelRemover;
import io.github.whylink.procedures.store.ModelVersions;
import io.github.whylink.procedures.store.ModelWriter;
import io.github.whylink.procedures.store.Predecessor;
import io.github.whylink.procedures.store.StoredModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.logging.Log;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.train}: graph to facts, facts to a model that remembers what each fact did to it, model to graph.
 *
 * <p>Everything that can be wrong with the call is found before anything is written. From the reservation of the name on,
 * a failure or cancellation removes all traces before it is passed on; a model that was to be replaced is then as it was.
 */
public final class Training {
    /** Enough to tell which epoch is better, few enough to cost little. */
    private static final int VALIDATED_AT_MOST = 1_000;

    private final GraphDatabaseService database;
    private final InnerTransactions transactions;
    private final Log log;
    private final TerminationGuard guard;

    public Training(GraphDatabaseService database, Log log, TerminationGuard guard) {
        this.database = database;
        this.transactions = new InnerTransactions(database);
        this.log = log;
        this.guard = guard;
    }

    /** Trains a model and returns its one row; in the background, a row that names the job. */
    public Stream<TrainRow> run(String modelName, Map<String, Object> configuration) {
        ModelName name = new ModelName(modelName);
        Optional<StoredModel> predecessor = predecessor(transactions, database.databaseName(), configuration);
        TrainConfiguration request = request("whylink.train", configuration, predecessor);
        Jobs.Claim claim = Jobs.OF_THIS_SERVER.claim(database.databaseName(), name);
        Job job;
        try {
            transactions.read(transaction -> {
                ModelNodes.requireFree(transaction, name, request.overwrite());
                Selection.of(request).requireKnown(transaction);
                return null;
            });
            job = Jobs.OF_THIS_SERVER.begin(
                    database.databaseName(), name, request.settings().epochs() * request.ensembleSize());
        } catch (RuntimeException | Error e) {
            claim.close();
            throw e;
        }
        if (!request.background()) {
            Runnable check = () -> {
                guard.check();
                job.checkCancelled();
            };
            return Stream.of(new Run(name, request, predecessor, job, check).inForeground(claim));
        }
        try {
            Jobs.OF_THIS_SERVER.inBackground(
                    () -> new Run(name, request, predecessor, job, new BackgroundCheck(database, job, "training"))
                            .inBackground(claim));
        } catch (RuntimeException | Error e) {
            // There is no thread to be had, and nobody else who would set the name free.
            claim.close();
            job.failed(e);
            throw e;
        }
        return Stream.of(new TrainRow(name, job.id(), request));
    }

    /**
     * The model that a call wants to go on from; empty if it does not.
     *
     * @throws RuntimeException if there is none of that name, or it is not ready
     */
    static Optional<StoredModel> predecessor(
            InnerTransactions transactions, String databaseName, Map<String, Object> configuration) {
        return TrainConfiguration.predecessor(configuration)
                .map(name -> transactions.read(transaction -> {
                    try {
                        return ModelNodes.requireReady(
                                transaction, name, Jobs.OF_THIS_SERVER.isBusy(databaseName, name));
                    } catch (IllegalArgumentException | IllegalStateException e) {
                        // Not as the cause: the server shows the user the innermost exception only.
                        throw new IllegalArgumentException(
                                "'%s': %s".formatted(TrainConfiguration.CONTINUE_FROM, e.getMessage()));
                    }
                }));
    }

    static TrainConfiguration request(
            String procedure, Map<String, Object> configuration, Optional<StoredModel> predecessor) {
        return TrainConfiguration.of(
                procedure,
                configuration,
                predecessor.map(StoredModel::configuration).orElse(Map.of()));
    }

    /**
     * What a training needs to know of the graph before the first step.
     *
     * @param predecessor null if it begins anew
     * @param before what the predecessor recorded of the facts; null if it begins anew, or nothing is to be recorded
     */
    record Prepared(Projection graph, HeldOutSplit split, Predecessor predecessor, InfluenceLedger before) {
        static Prepared of(
                InnerTransactions transactions,
                TrainConfiguration request,
                Optional<StoredModel> predecessor,
                Runnable check) {
            if (predecessor.isPresent()) {
                return transactions.read(transaction -> goingOn(transaction, request, predecessor.get(), check));
            }
            return anew(transactions, request, request.needsClasses(), check);
        }

        /**
         * Reads what a training needs that begins anew.
         *
         * @param classes whether to read what labels the nodes have
         */
        static Prepared anew(
                InnerTransactions transactions, TrainConfiguration request, boolean classes, Runnable check) {
            Projection graph = transactions.read(transaction -> {
                Projection read = Projection.of(transaction, Selection.of(request), check);
                return classes ? read.withClasses(transaction, check) : read;
            });
            HeldOutSplit split = HeldOutSplit.of(
                    graph.facts(),
                    request.heldOutFraction(),
                    request.validationFraction(),
                    request.settings().seed());
            requireTrainable(graph, split, request);
            return new Prepared(graph, split, null, null);
        }

        private static Prepared goingOn(
                Transaction transaction, TrainConfiguration request, StoredModel from, Runnable check) {
            Predecessor predecessor = Predecessor.of(transaction, from, check);
            Projection read = predecessor.graph(transaction, Selection.of(request), check);
            Projection graph = request.needsClasses() ? read.withClasses(transaction, check) : read;
            HeldOutSplit split = HeldOutSplit.of(
                    graph.facts(),
                    request.heldOutFraction(),
                    request.validationFraction(),
                    request.settings().seed(),
                    predecessor.seen(transaction, graph, request, check));
            requireTrainable(graph, split, request);
            if (!request.sudo()) {
                MemoryCheck.of(
                                request,
                                graph.nodeIds().length,
                                graph.relations().size(),
                                split.training().length)
                        .require(Runtime.getRuntime().maxMemory());
            }
            return new Prepared(
                    graph,
                    split,
                    predecessor,
                    request.influence() ? predecessor.recorded(transaction, graph, split.training(), check) : null);
        }

        /** How many of the facts to train on the model before was made to forget. */
        int learntAgain() {
            return predecessor == null ? 0 : predecessor.forgotten(graph, split.training());
        }

        /** Where the training of a member begins. */
        Beginning beginning(Facts facts, TrainingSettings settings, int member) {
            return predecessor == null ? Beginning.ANEW : predecessor.beginning(graph, facts, settings, member);
        }

        MemoryCheck memory(TrainConfiguration request) {
            return MemoryCheck.of(
                    request, graph.nodeIds().length, graph.relations().size(), split.training().length);
        }

        Facts facts() {
            return graph.facts().select(split.training());
        }
    }

    /** What came out of a training, and what was recorded of its facts; null if nothing was. */
    private record Recorded(TrainingResult result, InfluenceLedger ledger) {}

    /** One training, from the graph to the graph. */
    private final class Run {
        private final ModelName name;
        private final TrainConfiguration request;
        private final Optional<StoredModel> predecessor;
        private final Job job;
        private final Runnable check;

        Run(ModelName name, TrainConfiguration request, Optional<StoredModel> predecessor, Job job, Runnable check) {
            this.name = name;
            this.request = request;
            this.predecessor = predecessor;
            this.job = job;
            this.check = check;
        }

        TrainRow inForeground(Jobs.Claim claim) {
            TrainRow row;
            // The name is free again before the job is seen to have ended.
            try (claim) {
                row = train();
            } catch (RuntimeException | Error e) {
                job.failed(e);
                log.warn("whylink: training of model '%s' failed: %s", name, e);
                throw e;
            }
            job.done("trained on %d facts".formatted(row.facts));
            log.info(
                    "whylink: trained model '%s' on %d facts in %d ms; mrr %s",
                    name, row.facts, row.trainMillis, row.mrr);
            return row;
        }

        @SuppressWarnings("CatchAndPrintStackTrace")
        void inBackground(Jobs.Claim claim) {
            try {
                inForeground(claim);
            } catch (RuntimeException e) {
                // Nobody waits for it; the job and the log have it.
            }
        }

        private TrainRow train() {
            Prepared prepared = Prepared.of(transactions, request, predecessor, check);
            if (!request.sudo()) {
                prepared.memory(request).require(Runtime.getRuntime().maxMemory());
            }
            boolean replaces = transactions.read(transaction ->
                    ModelNodes.find(transaction, name).map(StoredModel::ready).orElse(false));
            ModelWriter writer = new ModelWriter(transactions, name, replaces, check);
            writer.probe(prepared.graph(), request.influence());
            if (prepared.learntAgain() > 0) {
                log.warn(
                        "whylink: model '%s' was made to forget %d facts whose relationships are still in the graph; model '%s' learns them again, like all facts of the graph",
                        request.continueFrom(), prepared.learntAgain(), name);
            }
            makeRoom(replaces);
            writer.reserve(request);
            return trainAndWrite(prepared, writer, replaces);
        }

        /**
         * Removes what stands in the way, down to the rows of a model whose node was deleted by hand: they would become
         * part of this one.
         */
        private void makeRoom(boolean replaces) {
            if (replaces) {
                new ModelVersions(transactions, check).clean(name);
            } else {
                new ModelRemover(transactions, check).remove(name);
            }
        }

        private TrainRow trainAndWrite(Prepared prepared, ModelWriter writer, boolean replaces) {
            Projection graph = prepared.graph();
            HeldOutSplit split = prepared.split();
            boolean finished = false;
            try {
                job.enter(Phase.TRAINING, "training");
                log.info(
                        "whylink: training model '%s' on %d facts",
                        name, graph.facts().count());
                TrainingSettings settings = request.settings();
                Facts facts = prepared.facts();
                KnownFacts known = KnownFacts.of(graph.facts());
                Stopwatch watch = new Stopwatch();
                Recorded recorded = train(
                        prepared,
                        facts,
                        RankingEvaluation.sample(graph.facts().select(split.validation()), VALIDATED_AT_MOST),
                        known);
                if (prepared.before() != null) {
                    recorded.ledger.add(prepared.before());
                }
                TrainingResult trained = recorded.result;
                long trainMillis = watch.lap();

                job.enter(Phase.EVALUATING, "ranking %d held-out facts".formatted(split.heldOut().length));
                EmbeddingModel model = new EmbeddingModel(settings.scoringFunction(), trained.parameters());
                RankingEvaluation evaluation = split.heldOut().length == 0
                        ? null
                        : RankingEvaluation.of(
                                model, graph.facts().select(split.heldOut()), known, settings.concurrency(), check);
                RelationCalibrations calibrations = RelationCalibrations.fit(
                                model,
                                graph.facts().select(split.unseen()),
                                known,
                                RelationRoles.of(graph.facts()),
                                settings.seed())
                        .orElse(null);
                long evaluateMillis = watch.lap();

                job.enter(Phase.WRITING, "writing %d embeddings".formatted(graph.nodeIds().length));
                writer.write(graph, split, trained.parameters(), recorded.ledger, request.influenceStorage());
                double lipschitz = Stability.lipschitz(model, facts, check);
                check.run();
                writer.finish(request, graph, split, trained, evaluation, lipschitz, calibrations);
                finished = true;
                if (replaces) {
                    job.enter(Phase.WRITING, "removing the version before");
                    settle();
                }
                long writeMillis = watch.lap();
                return new TrainRow(
                        name,
                        job.id(),
                        request,
                        graph,
                        split,
                        trained,
                        evaluation,
                        lipschitz,
                        trainMillis,
                        evaluateMillis,
                        writeMillis);
            } finally {
                if (!finished) {
                    removeTraces(replaces);
                }
            }
        }

        /**
         * Trains the members one after another and puts them side by side. Where validation decides when to stop, the first
         * decides for all; curve and epochs are the first's.
         */
        private Recorded train(Prepared prepared, Facts facts, Facts validation, KnownFacts known) {
            TrainingSettings settings = request.settings();
            SideBySide sideBySide = new SideBySide(settings.scoringFunction(), request.ensembleSize());
            InfluenceLedger ledger = request.influence() && request.ensembleSize() > 1
                    ? InfluenceLedger.zeros(facts.count(), request.entityWidth(), request.relationWidth())
                    : null;
            List<EmbeddingModel> members = new ArrayList<>();
            TrainingResult first = null;
            for (int m = 0; m < request.ensembleSize(); m++) {
                RollbackRecorder recorder = request.influence()
                        ? RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth())
                        : null;
                TrainingObserver observer = recorder == null ? TrainingObserver.NONE : recorder;
                if (first == null) {
                    first = first(prepared.beginning(facts, settings, 0), facts, validation, known, observer);
                    if (request.ensembleSize() == 1) {
                        return new Recorded(first, recorder == null ? null : recorder.ledger());
                    }
                    members.add(new EmbeddingModel(settings.scoringFunction(), first.parameters()));
                } else {
                    TrainingSettings ofMember = settings.withSeed(settings.seed() + m);
                    members.add(new EmbeddingModel(
                            settings.scoringFunction(),
                            Trainer.trainFrom(
                                    prepared.beginning(facts, ofMember, m),
                                    first.bestEpoch(),
                                    facts,
                                    ofMember,
                                    observer,
                                    new TrainingProgress(name, job, log, check, m * settings.epochs()))));
                }
                if (recorder != null) {
                    ledger.put(sideBySide, m, recorder.ledger());
                }
            }
            EmbeddingModel joined = sideBySide.join(members);
            return new Recorded(new TrainingResult(joined.parameters(), first.bestEpoch(), first.curve()), ledger);
        }

        /** Trains to the last epoch or, if there are facts to validate with, to the best one. */
        private TrainingResult first(
                Beginning beginning, Facts facts, Facts validation, KnownFacts known, TrainingObserver observer) {
            TrainingSettings settings = request.settings();
            TrainingProgress progress = new TrainingProgress(name, job, log, check, 0);
            if (request.earlyStopping().isEmpty()) {
                Parameters parameters =
                        Trainer.trainFrom(beginning, settings.epochs(), facts, settings, observer, progress);
                return new TrainingResult(parameters, settings.epochs(), progress.curve());
            }
            return Trainer.trainValidated(
                    beginning,
                    facts,
                    settings,
                    request.earlyStopping().get(),
                    parameters -> RankingEvaluation.of(
                                    new EmbeddingModel(settings.scoringFunction(), parameters),
                                    validation,
                                    known,
                                    settings.concurrency(),
                                    check)
                            .both()
                            .mrr(),
                    observer,
                    progress);
        }

        /** The new version answers already, so that this is no failure of the training if it fails. */
        private void settle() {
            try {
                new ModelVersions(transactions, () -> {}).settle(name);
            } catch (RuntimeException e) {
                log.warn(
                        "whylink: the new version of model '%s' answers, but what is left of the one before could not be removed; the next training with overwrite: true does it, or CALL whylink.models.drop('%s', {onlyUnfinished: true})"
                                .formatted(name, name),
                        e);
            }
        }

        /** Must not hide the failure that made it necessary. */
        private void removeTraces(boolean replaces) {
            try {
                // Somebody may have deleted the model's node, and with it all that tells the old version from this one.
                boolean oldVersionStays = replaces
                        && transactions.read(transaction ->
                                ModelNodes.find(transaction, name).isPresent());
                if (oldVersionStays) {
                    new ModelVersions(transactions, () -> {}).discard(name);
                } else {
                    new ModelRemover(transactions, () -> {}).remove(name);
                }
            } catch (RuntimeException e) {
                log.error(
                        "whylink: could not remove the traces of the unfinished model '%s'; CALL whylink.models.drop('%s', {onlyUnfinished: true}) will"
                                .formatted(name, name),
                        e);
            }
        }
    }

    private static void requireTrainable(Projection graph, HeldOutSplit split, TrainConfiguration request) {
        if (graph.nodeIds().length < 2) {
            throw new IllegalArgumentException(
                    "there is only one node in the selection, at both ends of every relationship: without a second one there is nothing to tell apart");
        }
        if (Arrays.stream(split.training()).allMatch(fact -> graph.facts().weight(fact) == 0f)) {
            throw new IllegalArgumentException(
                    "'relationshipWeightProperty': each of the %d relationships to train on has a '%s' of 0, so that there is nothing to learn; SET others, or leave the key out"
                            .formatted(split.training().length, request.relationshipWeightProperty()));
        }
        if (request.earlyStopping().isPresent() && split.validation().length == 0) {
            throw new IllegalArgumentException(
                    "'validationFraction' %s leaves nothing to validate with: no fact of the %d can be spared without leaving a node or a type without any; set it to 0, or select more relationships"
                            .formatted(
                                    request.validationFraction(), graph.facts().count()));
        }
    }
}
