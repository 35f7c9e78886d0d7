package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.RollbackRecorder;
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
    private static final long MEGABYTE = 1 << 20;

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
        Job job = Jobs.OF_THIS_SERVER.begin(database.databaseName(), name, request.maxEpochs());
        try {
            Projection graph = transactions.read(transaction -> Projection.of(transaction, selection, guard::check));
            requireTrainable(graph, request);
            ModelWriter writer = new ModelWriter(transactions, name, guard::check);
            writer.probe(graph, request.influence());
            TrainRow row = trainAndWrite(name, request, graph, writer, job);
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
            ModelName name, TrainConfiguration request, Projection graph, ModelWriter writer, Job job) {
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
            HeldOutSplit split = HeldOutSplit.of(graph.facts(), request.heldOutFraction(), request.randomSeed());
            Facts facts = graph.facts().select(split.training());
            RollbackRecorder recorder = request.influence() ? recorder(facts, settings) : null;
            Stopwatch watch = new Stopwatch();
            Parameters parameters = Trainer.train(
                    facts,
                    settings,
                    recorder == null ? TrainingObserver.NONE : recorder,
                    new TrainingProgress(name, job, log, guard));
            long trainMillis = watch.lap();

            job.enter(Phase.EVALUATING, "ranking %d held-out facts".formatted(split.heldOut().length));
            RankingEvaluation evaluation = split.heldOut().length == 0
                    ? null
                    : RankingEvaluation.of(
                            new EmbeddingModel(settings.scoringFunction(), parameters),
                            graph.facts().select(split.heldOut()),
                            KnownFacts.of(graph.facts()),
                            request.concurrency(),
                            guard::check);
            long evaluateMillis = watch.lap();

            job.enter(Phase.WRITING, "writing %d embeddings".formatted(graph.nodeIds().length));
            writer.write(graph, split, parameters, recorder == null ? null : recorder.ledger());
            writer.finish(graph, split, parameters, evaluation);
            finished = true;
            long writeMillis = watch.lap();
            return new TrainRow(
                    name, request, graph, split, evaluation, job.loss(), trainMillis, evaluateMillis, writeMillis);
        } finally {
            if (!finished) {
                removeTraces(name);
            }
        }
    }

    private static void requireTrainable(Projection graph, TrainConfiguration request) {
        if (graph.nodeIds().length < 2) {
            throw new IllegalArgumentException(
                    "there is only one node in the selection, at both ends of every relationship: without a second one there is nothing to tell apart");
        }
        TrainingSettings settings = request.settings();
        long entityWidth = settings.scoringFunction().entityWidth(settings.dimension());
        long relationWidth = settings.scoringFunction().relationWidth(settings.dimension());
        // Rows with the optimizer's state, the gradients of a batch, and the ledger.
        long rows = (1 + settings.optimizer().statesPerParameter())
                * (graph.nodeIds().length * entityWidth + graph.types().size() * relationWidth);
        long touched = Math.min(graph.nodeIds().length, 2L + 2L * settings.negatives());
        long batch = Math.min(settings.batchSize(), graph.facts().count()) * touched * entityWidth;
        long ledger = request.influence() ? graph.facts().count() * (2 * entityWidth + relationWidth) : 0;
        long needed = Float.BYTES * (rows + batch + ledger);
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap) {
            throw new IllegalArgumentException(
                    "the training needs more than %d MB of memory (%d MB of it to record influence), but the heap of the server has at most %d MB: lower 'embeddingDimension' or 'batchSize', select fewer relationships%s or raise server.memory.heap.max_size"
                            .formatted(
                                    needed / MEGABYTE,
                                    Float.BYTES * ledger / MEGABYTE,
                                    heap / MEGABYTE,
                                    request.influence() ? ", set 'influence' to false" : ""));
        }
    }

    private static RollbackRecorder recorder(Facts facts, TrainingSettings settings) {
        return RollbackRecorder.of(
                facts,
                settings.scoringFunction().entityWidth(settings.dimension()),
                settings.scoringFunction().relationWidth(settings.dimension()));
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
