package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingMonitor;
import io.github.whylink.embedding.train.TrainingObserver;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.influence.rollback.RollbackRecorder;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.Selection;
import io.github.whylink.procedures.result.EstimateRow;
import io.github.whylink.procedures.store.InnerTransactions;
import io.github.whylink.procedures.store.StoreBytes;
import io.github.whylink.procedures.workflow.Training.Prepared;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.procedure.TerminationGuard;

/**
 * {@code whylink.train.estimate}: what a training would take. Reads the graph and trains for two seconds at most, in memory;
 * writes nothing.
 */
public final class TrainingEstimate {
    private final InnerTransactions transactions;
    private final TerminationGuard guard;
    private final String databaseName;

    public TrainingEstimate(GraphDatabaseService database, TerminationGuard guard) {
        databaseName = database.databaseName();
        transactions = new InnerTransactions(database);
        this.guard = guard;
    }

    /** Estimates a training; its name need not be free. */
    public Stream<EstimateRow> run(String modelName, Map<String, Object> configuration) {
        ModelName name = new ModelName(modelName);
        // The rows that a training begins in take no time of their own, so that its facts and settings are all that
        // counts.
        TrainConfiguration request = Training.request(
                "whylink.train.estimate",
                configuration,
                Training.predecessor(transactions, databaseName, configuration));
        transactions.read(transaction -> {
            Selection.of(request).requireKnown(transaction);
            return null;
        });
        Prepared prepared = Prepared.of(transactions, request, Optional.empty(), guard::check);
        int entities = prepared.graph().nodeIds().length;
        int facts = prepared.split().training().length;
        long embeddings = (long) Float.BYTES * request.entityWidth();
        long updates = request.influence()
                ? new LedgerCodec(request.entityWidth(), request.relationWidth()).bytes(request.influenceStorage())
                : 0;
        long heap = prepared.memory(request).bytes();
        long heapMax = Runtime.getRuntime().maxMemory();
        return Stream.of(new EstimateRow(
                name,
                entities,
                prepared.graph().relations().size(),
                facts,
                heap,
                heapMax,
                entities * StoreBytes.ofArray(embeddings)
                        + (request.influence() ? facts * StoreBytes.ofArray(updates) : 0),
                entities * StoreBytes.inLog(embeddings) + (request.influence() ? facts * StoreBytes.inLog(updates) : 0),
                heap <= heapMax ? seconds(prepared.facts(), request) : null,
                request));
    }

    /** Seconds of the training itself, from its first steps on the real facts. */
    private Double seconds(Facts facts, TrainConfiguration request) {
        TrainingSettings settings = request.settings();
        Calibration calibration = new Calibration(facts.count());
        TrainingObserver observer = request.influence()
                ? RollbackRecorder.of(facts, settings.entityWidth(), settings.relationWidth())
                : TrainingObserver.NONE;
        try {
            Trainer.train(facts, settings, observer, calibration);
            return request.ensembleSize() * calibration.secondsSoFar();
        } catch (EnoughMeasured e) {
            return calibration.secondsOf((double) facts.count() * settings.epochs() * request.ensembleSize());
        }
    }

    /**
     * Measures how fast facts are trained. The first second only warms up: the compiler of the JVM is at work, and tables
     * come into the caches.
     */
    private final class Calibration implements TrainingMonitor {
        private static final long WARM_NANOS = 1_000_000_000;
        private static final long END_NANOS = 2_000_000_000;
        private static final long LATEST_NANOS = 10_000_000_000L;

        private final int factsPerEpoch;
        private final long begun = System.nanoTime();
        private long warmNanos;
        private double warmFacts;
        private long lastNanos;
        private double lastFacts;

        Calibration(int factsPerEpoch) {
            this.factsPerEpoch = factsPerEpoch;
        }

        /** Called within large steps too: without a whole one there is no speed, so that they may take longer. */
        @Override
        public void checkCancelled() {
            guard.check();
            long passed = System.nanoTime() - begun;
            if (passed > END_NANOS && (lastFacts > warmFacts || passed > LATEST_NANOS)) {
                throw new EnoughMeasured();
            }
        }

        @Override
        public void advanced(int epoch, int slots) {
            lastNanos = System.nanoTime() - begun;
            lastFacts = (epoch - 1.0) * factsPerEpoch + slots;
            if (warmNanos == 0 || lastNanos < WARM_NANOS) {
                warmNanos = lastNanos;
                warmFacts = lastFacts;
            }
        }

        double secondsSoFar() {
            return (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        }

        /** Null if no step was seen from its beginning to its end. */
        Double secondsOf(double facts) {
            return lastFacts == warmFacts
                    ? null
                    : (Double)
                            (facts * (lastNanos - warmNanos) / (lastFacts - warmFacts) / TimeUnit.SECONDS.toNanos(1));
        }
    }

    @SuppressWarnings("serial")
    private static final class EnoughMeasured extends RuntimeException {
        EnoughMeasured() {
            super("enough measured", null, false, false);
        }
    }
}
