package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.embedding.train.TrainingSettings;
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
import io.github.whylink.procedures.store.ModelWriter;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.logging.Log;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.train}: graph to facts, facts to a model that remembers what each fact did to it, model to graph.
 *
 * <p>Everything that can be wrong with the call is found before anything is written. From the reservation of the name on,
 * a failure or cancellation removes all traces before it is passed on.
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

    /** Trains a model and returns its one row. */
    public Stream<TrainRow> run(String modelName, Map<String, Object> configuration) {
        ModelName name = new ModelName(modelName);
        TrainConfiguration request = TrainConfiguration.of(configuration);
        return Jobs.OF_THIS_SERVER.exclusively(database.databaseName(), name, () -> Stream.of(train(name, request)));
    }

    private TrainRow train(ModelName name, TrainConfiguration request) {
        Selection selection = Selection.of(request);
        transactions.read(transaction -> {
            ModelNodes.requireFree(transaction, name);
            selection.requireKnown(transaction);
            return null;
        });
        Job job = Jobs.OF_THIS_SERVER.begin(
                database.databaseName(), name, request.settings().epochs());
        try {
            Projection graph = transactions.read(transaction -> {
                Projection read = Projection.of(transaction, selection, guard::check);
                return request.needsClasses() ? read.withClasses(transaction, guard::check) : read;
            });
            HeldOutSplit split = HeldOutSplit.of(
                    graph.facts(),
                    request.heldOutFraction(),
                    request.validationFraction(),
                    request.settings().seed());
            requireTrainable(graph, split, request);
            ModelWriter writer = new ModelWriter(transactions, name, guard::check);
            writer.probe(graph, request.influence());
            TrainRow row = trainAndWrite(name, request, graph, split, writer, job);
            job.done("trained on %d facts".formatted(row.facts));
            log.info(
                    "whylink: trained model '%s' on %d facts in %d ms; mrr %s",
                    name, row.facts, row.trainMillis, row.mrr);
            return row;
        } catch (RuntimeException | Error e) {
            job.failed(e);
            log.warn("whylink: training of model '%s' failed: %s", name, e);
            throw e;
        }
    }

    private TrainRow trainAndWrite(
            ModelName name,
            TrainConfiguration request,
            Projection graph,
            HeldOutSplit split,
            ModelWriter writer,
            Job job) {
        writer.reserve(request);
        boolean finished = false;
        try {
            // A model node deleted by hand leaves rows behind, which would become part of this model.
            new ModelRemover(transactions, guard::check).removeProperties(name);

            job.enter(Phase.TRAINING, "training");
            log.info(
                    "whylink: training model '%s' on %d facts",
                    name, graph.facts().count());
            TrainingSettings settings = request.settings();
            Facts facts = graph.facts().select(split.training());
            KnownFacts known = KnownFacts.of(graph.facts());
            RollbackRecorder recorder = request.influence()
                    ? RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth())
                    : null;
            Stopwatch watch = new Stopwatch();
            TrainingResult trained = train(
                    facts,
                    RankingEvaluation.sample(graph.facts().select(split.validation()), VALIDATED_AT_MOST),
                    known,
                    request,
                    recorder == null ? TrainingObserver.NONE : recorder,
                    new TrainingProgress(name, job, log, guard));
            long trainMillis = watch.lap();

            job.enter(Phase.EVALUATING, "ranking %d held-out facts".formatted(split.heldOut().length));
            RankingEvaluation evaluation = split.heldOut().length == 0
                    ? null
                    : RankingEvaluation.of(
                            new EmbeddingModel(settings.scoringFunction(), trained.parameters()),
                            graph.facts().select(split.heldOut()),
                            known,
                            settings.concurrency(),
                            guard::check);
            long evaluateMillis = watch.lap();

            job.enter(Phase.WRITING, "writing %d embeddings".formatted(graph.nodeIds().length));
            writer.write(
                    graph,
                    split,
                    trained.parameters(),
                    recorder == null ? null : recorder.ledger(),
                    request.influenceStorage());
            double lipschitz = Stability.lipschitz(
                    new EmbeddingModel(settings.scoringFunction(), trained.parameters()), facts, guard::check);
            writer.finish(graph, split, trained, evaluation, lipschitz);
            finished = true;
            long writeMillis = watch.lap();
            return new TrainRow(
                    name,
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
                removeTraces(name);
            }
        }
    }

    /** Trains to the last epoch or, if there are facts to validate with, to the best one. */
    private TrainingResult train(
            Facts facts,
            Facts validation,
            KnownFacts known,
            TrainConfiguration request,
            TrainingObserver observer,
            TrainingProgress progress) {
        TrainingSettings settings = request.settings();
        if (request.earlyStopping().isEmpty()) {
            Parameters parameters = Trainer.train(facts, settings, observer, progress);
            return new TrainingResult(parameters, settings.epochs(), progress.curve());
        }
        return Trainer.trainValidated(
                facts,
                settings,
                request.earlyStopping().get(),
                parameters -> RankingEvaluation.of(
                                new EmbeddingModel(settings.scoringFunction(), parameters),
                                validation,
                                known,
                                settings.concurrency(),
                                guard::check)
                        .both()
                        .mrr(),
                observer,
                progress);
    }

    private static void requireTrainable(Projection graph, HeldOutSplit split, TrainConfiguration request) {
        if (graph.nodeIds().length < 2) {
            throw new IllegalArgumentException(
                    "there is only one node in the selection, at both ends of every relationship: without a second one there is nothing to tell apart");
        }
        if (request.earlyStopping().isPresent() && split.validation().length == 0) {
            throw new IllegalArgumentException(
                    "'validationFraction' %s leaves nothing to validate with: no fact of the %d can be spared without leaving a node or a type without any; set it to 0, or select more relationships"
                            .formatted(
                                    request.validationFraction(), graph.facts().count()));
        }
        MemoryCheck.of(
                        request.settings(),
                        graph.nodeIds().length,
                        graph.types().size(),
                        split.training().length,
                        request.influence(),
                        request.earlyStopping().isPresent())
                .require(Runtime.getRuntime().maxMemory());
    }

    /** Must not hide the failure that made it necessary. */
    private void removeTraces(ModelName name) {
        try {
            new ModelRemover(transactions, () -> {}).remove(name);
        } catch (RuntimeException e) {
            log.error(
                    "whylink: could not remove the traces of the unfinished model '%s'; CALL whylink.models.drop('%s') will"
                            .formatted(name, name),
                    e);
        }
    }
}
