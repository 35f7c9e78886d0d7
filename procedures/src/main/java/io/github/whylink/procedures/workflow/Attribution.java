package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.Explainers;
import io.github.whylink.influence.Explainers.Context;
import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.FactInfluences;
import io.github.whylink.influence.Link;
import io.github.whylink.influence.TrainedModel;
import io.github.whylink.influence.ensemble.Ensemble;
import io.github.whylink.influence.ensemble.Ensemble.Influences;
import io.github.whylink.influence.paths.Chain;
import io.github.whylink.influence.paths.PathExplainer;
import io.github.whylink.influence.rollback.RollbackExplainer;
import io.github.whylink.influence.rollback.RollbackTables;
import io.github.whylink.influence.rollback.TopInfluences;
import io.github.whylink.procedures.config.Method;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.jobs.Jobs;
import io.github.whylink.procedures.store.CandidateFacts;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.RecordedFacts;
import io.github.whylink.procedures.store.StoredModel;
import io.github.whylink.procedures.store.StoredTraining;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/** Credits facts with a link by one of the methods: from what stands around it, or from the whole training. */
final class Attribution {
    private static final long MEGABYTE = 1 << 20;

    private final Transaction transaction;
    private final StoredModel stored;
    private final LoadedModel model;
    private final TrainingMonitor monitor;

    Attribution(Transaction transaction, StoredModel stored, LoadedModel model, TrainingMonitor monitor) {
        this.transaction = transaction;
        this.stored = stored;
        this.model = model;
        this.monitor = monitor;
    }

    /**
     * Checks before all work that a method can say something about a model.
     *
     * @param training whether the training is at hand, so that its facts are known without what was recorded of them
     * @throws IllegalStateException if it cannot, as nothing was recorded that it would read, or the training cannot be
     *     walked backwards
     */
    void requirePossible(Method method, boolean training) {
        boolean readsRecord = method == Method.ROLLBACK || !training;
        if (readsRecord && !stored.explains()) {
            throw new IllegalStateException(
                    "model '%s' was trained with influence: false, so that nothing was recorded of what its facts did; set 'method' to one that trains again, as 'unrolled' or 'tracin' ('tier' 'replay'), or train it with influence: true"
                            .formatted(model.name()));
        }
        if (method == Method.SIMILARITY && stored.ensembleSize() > 1) {
            throw new IllegalStateException(
                    "method 'similarity' compares the gradients of one model, but '%s' is an ensemble of %d; set 'method' to 'rollback', or 'tier' to 'replay'"
                            .formatted(model.name(), stored.ensembleSize()));
        }
        if (method.walksBack()) {
            requireReversible(TrainConfiguration.of(stored.configuration()).settings());
        }
    }

    /** Credits the facts that share a row with the link. */
    Evidence around(PredictedLink link, Method method) {
        CandidateFacts candidates = candidates(link);
        // All of them may have been deleted since.
        FactInfluences influences = candidates.facts().count() == 0
                ? new FactInfluences(new int[0], new double[0])
                : Explainers.named(method.text(), context(candidates)).explain(link.link());
        return evidence(link, candidates, influences);
    }

    /**
     * The most supporting facts that share a row with the link by gradient rollback, without looking at all closely. The first
     * call about a model reads them from the graph, and has all of the model's read into memory for the next ones.
     */
    Evidence aroundFirst(GraphDatabaseService database, PredictedLink link, int count) {
        Optional<Evidence> fromMemory = model.recorded().flatMap(recorded -> fromMemory(recorded, link, count));
        if (fromMemory.isEmpty() && model.claimsRecorded()) {
            Jobs.OF_THIS_SERVER.inBackground(() -> readRecorded(database));
        }
        return fromMemory.orElseGet(() -> fromTheGraph(link, count));
    }

    private void readRecorded(GraphDatabaseService database) {
        try {
            model.readRecorded(database);
        } catch (RuntimeException e) {
            // The model was replaced, or the database is being stopped: calls read from the graph as before.
        }
    }

    /** Empty if one of the first facts has been deleted or changed since they were read. */
    private Optional<Evidence> fromMemory(RecordedFacts recorded, PredictedLink link, int count) {
        FactInfluences first = first(recorded.tables(), link, count);
        Map<Integer, Relationship> relationships = new HashMap<>();
        for (int place = 0; place < first.count(); place++) {
            Optional<Relationship> found = recorded.relationship(transaction, first.fact(place));
            if (found.isEmpty()) {
                model.forgetRecorded();
                return Optional.empty();
            }
            relationships.put(first.fact(place), found.get());
        }
        return Optional.of(
                new Evidence(link.link(), recorded.tables().facts(), first, Optional.empty(), relationships::get));
    }

    private Evidence fromTheGraph(PredictedLink link, int count) {
        CandidateFacts candidates = candidates(link);
        RollbackTables tables = new RollbackTables(
                model.columns(monitor::checkCancelled),
                candidates.facts(),
                new FactIndex(candidates.facts()),
                candidates.ledger());
        return evidence(link, candidates, first(tables, link, count));
    }

    private FactInfluences first(RollbackTables tables, PredictedLink link, int count) {
        TopInfluences top =
                new RollbackExplainer(model.embedding(), tables, monitor::checkCancelled).top(link.link(), count);
        int[] byFact = IntStream.range(0, top.count())
                .boxed()
                .sorted(Comparator.comparingInt(top::fact))
                .mapToInt(Integer::intValue)
                .toArray();
        return new FactInfluences(
                Arrays.stream(byFact).map(top::fact).toArray(),
                Arrays.stream(byFact).mapToDouble(top::influence).toArray());
    }

    private CandidateFacts candidates(PredictedLink link) {
        return CandidateFacts.of(
                transaction,
                model,
                link.request().source(),
                link.link().relation(),
                link.request().target(),
                monitor::checkCancelled);
    }

    private static Evidence evidence(PredictedLink link, CandidateFacts candidates, FactInfluences influences) {
        return new Evidence(link.link(), candidates.facts(), influences, Optional.empty(), fact -> candidates
                .relationships()
                .get(fact));
    }

    private Context context(CandidateFacts candidates) {
        TrainedModel trained = new TrainedModel(
                model.embedding(),
                candidates.facts(),
                TrainConfiguration.of(stored.configuration()).settings(),
                stored.epochs().intValue());
        return new Context(trained, new FactIndex(candidates.facts()), candidates.ledger(), 0, stored.seed(), monitor);
    }

    /**
     * Credits all facts of a training with each of some links: of an ensemble, by the mean over its members.
     *
     * @param memory bytes for a walk backwards
     * @throws IllegalArgumentException if there is not enough memory for that
     */
    Influences[] anywhere(StoredTraining training, List<Link> links, Method method, long memory) {
        TrainedModel trained = training.trained();
        if (method.walksBack()) {
            requireMemory(trained, links.size(), memory);
        }
        FactIndex index = new FactIndex(trained.facts());
        Ensemble ensemble = new Ensemble(training.members());
        return method == Method.GAUSS_NEWTON && stored.ensembleSize() > 1
                ? ensemble.explain(links, monitor)
                : ensemble.explain(links, member -> Explainers.named(
                                method.text(),
                                new Context(
                                        member,
                                        index,
                                        null,
                                        memory,
                                        member.settings().seed(),
                                        monitor))
                        .explainAll(links));
    }

    /**
     * How the probabilities of links would change if the model had never seen some facts, and now sees others, by as many
     * walks backwards as the memory asks for.
     *
     * @param removed facts of the training
     * @param added facts of the training that the model as it is has not seen
     * @param memory bytes for a walk backwards
     */
    double[] changes(StoredTraining training, List<Link> links, BitSet removed, BitSet added, long memory) {
        double[] changes = new double[links.size()];
        int together = linksTogether(training);
        for (int from = 0; from < changes.length; from += together) {
            int to = Math.min(changes.length, from + together);
            Influences[] influences = anywhere(training, links.subList(from, to), Method.UNROLLED, memory);
            for (int i = from; i < to; i++) {
                FactInfluences mean = influences[i - from].mean();
                changes[i] = mean.changeWithout(removed) - mean.changeWithout(added);
            }
        }
        return changes;
    }

    /** The same where facts are only removed. */
    double[] changesWithout(StoredTraining training, List<Link> links, BitSet removed, long memory) {
        return changes(training, links, removed, new BitSet(), memory);
    }

    /** The same for one link, with the way back to the graph. */
    Evidence anywhere(StoredTraining training, PredictedLink link, Method method, long memory) {
        if (method == Method.PATHS) {
            return alongChains(training, link);
        }
        Influences influences = anywhere(training, List.of(link.link()), method, memory)[0];
        return new Evidence(
                link.link(),
                training.trained().facts(),
                influences.mean(),
                stored.ensembleSize() > 1 ? Optional.of(influences.spread()) : Optional.empty(),
                fact -> training.relationship(transaction, fact));
    }

    /** Chains are of the graph, whatever was trained on it: those of an ensemble are those of each member. */
    private Evidence alongChains(StoredTraining training, PredictedLink link) {
        List<Chain> chains = new PathExplainer(training.trained().facts(), monitor::checkCancelled).chains(link.link());
        return new Evidence(
                link.link(),
                training.trained().facts(),
                PathExplainer.influences(chains),
                Optional.empty(),
                fact -> training.relationship(transaction, fact),
                chains);
    }

    private void requireReversible(TrainingSettings settings) {
        if (!settings.optimizer().reversible()) {
            throw new IllegalStateException(
                    "method 'unrolled' cannot walk the training of model '%s' backwards, as it has %s; %s, or train it with the optimizer 'SGD', 'Adagrad' or 'RowAdagrad' and without 'maxGradientNorm'"
                            .formatted(
                                    model.name(),
                                    settings.optimizer().name().endsWith("Adam")
                                            ? "the optimizer '%s'"
                                                    .formatted(
                                                            settings.optimizer().name())
                                            : "a 'maxGradientNorm'",
                                    stored.explains()
                                            ? "set 'method' to 'rollback'"
                                            : "set 'method' to 'tracin' or 'influence_function'"));
        }
    }

    /** How many links may be explained at once, so that what is kept for each takes a quarter of the heap at most. */
    static int linksTogether(StoredTraining training) {
        long each = bytesPerLink(training.trained());
        return (int)
                Math.max(1, Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / each));
    }

    private static long bytesPerLink(TrainedModel trained) {
        Facts facts = trained.facts();
        TrainingSettings settings = trained.settings();
        long rows = Parameters.bytes(
                facts.entityCount(), settings.entityWidth(), facts.relationCount(), settings.relationWidth());
        return (1L + settings.optimizer().statesPerParameter()) * rows + 8L * facts.count();
    }

    private static void requireMemory(TrainedModel trained, int links, long memory) {
        Facts facts = trained.facts();
        long needed = memory
                + links * bytesPerLink(trained)
                + Trainer.bytes(trained.settings(), facts.count(), facts.entityCount(), facts.relationCount());
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap) {
            throw new IllegalArgumentException(
                    "the replay of the training needs about %d MB of memory (%d MB of it 'replayMemory'), but the heap of the server has at most %d MB: lower 'replayMemory' or raise server.memory.heap.max_size"
                            .formatted(needed / MEGABYTE, memory / MEGABYTE, heap / MEGABYTE));
        }
    }
}
