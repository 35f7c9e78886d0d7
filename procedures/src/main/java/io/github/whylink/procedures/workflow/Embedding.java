package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Beginning;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.influence.rollback.Stability;
import io.github.whylink.procedures.config.EmbedConfiguration;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.result.EmbedRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.LoadedModel;
import io.github.whylink.procedures.store.ModelChange;
import io.github.whylink.procedures.store.Newcomers;
import io.github.whylink.procedures.store.StoredModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.embed}: gives nodes that came after the training their embeddings, and leaves those of all others what they
 * are.
 */
public final class Embedding {
    private final GraphDatabaseService database;
    private final TerminationGuard guard;

    public Embedding(GraphDatabaseService database, TerminationGuard guard) {
        this.database = database;
        this.guard = guard;
    }

    /** Embeds and returns the one row. */
    public Stream<EmbedRow> run(String modelName, Map<String, Object> configuration) {
        EmbedConfiguration request = EmbedConfiguration.of(configuration);
        // What is not committed could not be written to.
        EmbedRow row = new InnerTransactions(database)
                .read(transaction -> Change.of(database, transaction, guard, modelName, change -> {
                    TrainConfiguration trained =
                            TrainConfiguration.of(change.ready().stored().configuration());
                    Newcomers newcomers = Newcomers.of(
                            transaction,
                            change.ready().stored(),
                            change.model(),
                            trained.needsClasses(),
                            request.nodes(),
                            guard::check);
                    return embed(change, newcomers, trained, request);
                }));
        return Stream.of(row);
    }

    private EmbedRow embed(Change change, Newcomers newcomers, TrainConfiguration trained, EmbedConfiguration request) {
        StoredModel stored = change.ready().stored();
        int count = newcomers.nodeIds().length;
        float rate = request.learningRate() == null
                ? trained.settings().optimizer().learningRate().initial()
                : request.learningRate().floatValue();
        Map<String, Object> effective = new LinkedHashMap<>(request.effective());
        effective.putIfAbsent("learningRate", trained.toMap().get("learningRate"));
        if (count == 0) {
            return new EmbedRow(stored.name().value(), 0, 0, newcomers.stale(), null, false, 0, effective);
        }
        ModelChange writing = new ModelChange(change.transactions(), stored, change.model());
        writing.requireFits(newcomers);
        Stopwatch watch = new Stopwatch();
        Embedded embedded = train(change.model(), stored, newcomers, trained, request, rate);
        long trainMillis = watch.lap();
        double lipschitz = Stability.lipschitz(embedded.model, newcomers.facts(), guard::check);
        float[][] entities = embedded.model.parameters().entities();
        writing.add(
                newcomers,
                Arrays.copyOfRange(entities, entities.length - count, entities.length),
                embedded.ledger,
                trained.influenceStorage(),
                lipschitz,
                count == 1 ? "embedded 1 node" : "embedded %d nodes".formatted(count),
                request.undoable());
        return new EmbedRow(
                stored.name().value(),
                count,
                newcomers.facts().count(),
                newcomers.stale(),
                embedded.loss,
                true,
                trainMillis,
                effective);
    }

    /**
     * A model with its newcomers.
     *
     * @param ledger what their facts did; null if that is not recorded
     */
    private record Embedded(EmbeddingModel model, InfluenceLedger ledger, double loss) {}

    /** Trains in each of the models that answer together. */
    private Embedded train(
            LoadedModel model,
            StoredModel stored,
            Newcomers newcomers,
            TrainConfiguration trained,
            EmbedConfiguration request,
            float rate) {
        Facts all = newcomers.all();
        int known = model.nodeIds().length;
        BitSet moving = new BitSet();
        moving.set(known, all.entityCount());
        int[] entities = IntStream.range(0, all.entityCount())
                .map(entity -> entity < known ? entity : -1)
                .toArray();
        int[] relations = IntStream.range(0, all.relationCount()).toArray();
        Facts facts = newcomers.facts();
        TrainingSettings settings =
                trained.settings().with().concurrency(request.concurrency()).build();
        int members = stored.ensembleSize();
        SideBySide sideBySide = new SideBySide(settings.scoringFunction(), members);
        float[][] rows = Arrays.copyOf(model.embedding().parameters().entities(), all.entityCount());
        for (int entity = known; entity < rows.length; entity++) {
            rows[entity] = new float[trained.entityWidth()];
        }
        InfluenceLedger ledger = stored.explains()
                ? InfluenceLedger.zeros(facts.count(), trained.entityWidth(), trained.relationWidth())
                : null;
        Losses losses = new Losses();
        for (int m = 0; m < members; m++) {
            EmbeddingModel member = members == 1 ? model.embedding() : sideBySide.member(model.embedding(), m);
            TrainingSettings ofMember = settings.withSeed(settings.seed() + m);
            RollbackRecorder recorder = ledger == null
                    ? null
                    : RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth());
            Parameters after = io.github.whylink.embedding.train.Newcomers.train(
                    all,
                    ofMember,
                    request.maxEpochs(),
                    rate,
                    Beginning.goingOn(all, ofMember, member.parameters(), entities, relations),
                    moving,
                    io.github.whylink.embedding.train.Newcomers.witnesses(all.count()),
                    recorder == null ? TrainingObserver.NONE : recorder,
                    losses);
            for (int entity = known; entity < rows.length; entity++) {
                float[] row = after.entities()[entity];
                sideBySide.put(Table.ENTITIES, row, 0, row.length, m, rows[entity], 0);
            }
            if (ledger != null) {
                ledger.put(sideBySide, m, recorder.ledger());
            }
        }
        return new Embedded(
                new EmbeddingModel(
                        settings.scoringFunction(),
                        new Parameters(rows, model.embedding().parameters().relations())),
                ledger,
                losses.last);
    }

    /** Remembers the loss of the last epoch, and lets the user stop. */
    private final class Losses implements TrainingMonitor {
        private double last;

        @Override
        public void checkCancelled() {
            guard.check();
        }

        @Override
        public void epochFinished(int epoch, int epochs, double meanLoss) {
            last = meanLoss;
        }
    }
}
