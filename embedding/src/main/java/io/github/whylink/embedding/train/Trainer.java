package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Trains the parameters of a scoring function on facts, in epochs of steps.
 *
 * <pre>
 * for each epoch
 *   order the facts by hash(seed, epoch, key)
 *   for each batch of batchSize slots in that order
 *     gradient ← Σ over the facts of the batch of their ExampleGradient
 *     the optimizer moves each row that has a gradient
 *     the observer sees each fact's share of the step
 * </pre>
 *
 * <p>The result is a function of the facts and the settings: the gradients of a batch are computed in any order by any
 * number of threads, but always added in the order of the slots. A removed fact keeps its slot and contributes nothing,
 * so that a training without it differs by that fact alone. Memory beside the parameters and the optimizer's state: 8
 * bytes per fact for the order, and the gradients of one batch.
 */
public final class Trainer {
    /** Keeps the order of the facts apart from the negatives and the initial rows, which use the same seed. */
    private static final long STREAM = 0x6F726465726F6661L;

    /** How many facts of a batch of one are trained between two looks at the monitor. */
    private static final int CHECK_EVERY = 256;

    private final Facts facts;
    private final TrainingSettings settings;
    private final BitSet removed;
    private final TrainingObserver observer;
    private final TrainingMonitor monitor;
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final RowGradients stepGradient;

    private Trainer(
            Facts facts,
            TrainingSettings settings,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        this.facts = facts;
        this.settings = settings;
        this.removed = removed;
        this.observer = observer;
        this.monitor = monitor;
        parameters = initialParameters(facts, settings);
        optimizer = settings.optimizer().create(parameters);
        stepGradient = RowGradients.shapedLike(parameters);
    }

    /** Trains on all facts. */
    public static Parameters train(
            Facts facts, TrainingSettings settings, TrainingObserver observer, TrainingMonitor monitor) {
        return train(facts, settings, new BitSet(), observer, monitor);
    }

    /** Trains on all facts but the removed ones, whose slots stay empty. */
    public static Parameters trainWithout(BitSet removed, Facts facts, TrainingSettings settings) {
        return train(facts, settings, removed, TrainingObserver.NONE, TrainingMonitor.NONE);
    }

    /** The parameters that a training starts from. */
    public static Parameters initialParameters(Facts facts, TrainingSettings settings) {
        return Parameters.initial(
                settings.scoringFunction(),
                settings.dimension(),
                facts.entityCount(),
                facts.relationCount(),
                settings.initialScale(),
                settings.seed());
    }

    /**
     * Trains.
     *
     * @param removed indexes of facts that take no part. Not modified.
     * @return the parameters after the last step
     * @throws IllegalArgumentException if there is no fact, or only one entity, or if the observer wants to know what
     *     each fact did and the optimizer cannot say so exactly
     * @throws TrainingDivergedException if the loss is not finite at the end of an epoch
     */
    public static Parameters train(
            Facts facts,
            TrainingSettings settings,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        if (facts.count() == 0) {
            throw new IllegalArgumentException("there is no fact to train on");
        }
        if (observer.observesFacts() && !settings.optimizer().attributable(settings.batchSize())) {
            throw new IllegalArgumentException(
                    "the steps of %s with a batch size of %d cannot be attributed to facts; use SGD, Adagrad or a batch size of 1"
                            .formatted(settings.optimizer().name(), settings.batchSize()));
        }
        Trainer trainer = new Trainer(facts, settings, removed, observer, monitor);
        if (settings.batchSize() == 1) {
            trainer.trainFactByFact();
        } else {
            trainer.trainInBatches();
        }
        trainer.requireFinite();
        return trainer.parameters;
    }

    /** One fact a step: its gradient is the step's gradient. */
    private void trainFactByFact() {
        ExampleGradient example = new ExampleGradient(settings, facts.entityCount());
        boolean observed = observer.observesFacts();
        long step = 0;
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            double lossSum = 0;
            for (int fact : order(epoch)) {
                if (step % CHECK_EVERY == 0) {
                    monitor.checkCancelled();
                }
                if (!removed.get(fact)) {
                    stepGradient.clear();
                    lossSum += example.add(parameters, facts, fact, epoch, stepGradient);
                    applyStep(step);
                    if (observed) {
                        observer.stepped(fact, stepGradient, optimizer);
                    }
                }
                step++;
            }
            finishEpoch(epoch, step, lossSum);
        }
    }

    /** Many facts a step: their gradients are computed in parallel and added in the order of their slots. */
    private void trainInBatches() {
        int batchSize = Math.min(settings.batchSize(), facts.count());
        try (BatchGradients batch = new BatchGradients(facts, settings, parameters, batchSize)) {
            boolean observed = observer.observesFacts();
            long step = 0;
            for (int epoch = 0; epoch < settings.epochs(); epoch++) {
                double lossSum = 0;
                int[] order = order(epoch);
                for (int from = 0; from < order.length; from += batchSize) {
                    monitor.checkCancelled();
                    int to = Math.min(from + batchSize, order.length);
                    lossSum += batch.compute(order, from, to, removed, epoch);
                    stepGradient.clear();
                    batch.addTo(stepGradient);
                    if (stepGradient.count(Table.RELATIONS) > 0) {
                        applyStep(step);
                        if (observed) {
                            batch.observe(observer, optimizer);
                        }
                    }
                    step++;
                }
                finishEpoch(epoch, step, lossSum);
            }
        }
    }

    private void applyStep(long step) {
        optimizer.beginStep(step);
        moveRows(Table.ENTITIES);
        moveRows(Table.RELATIONS);
        optimizer.endStep(parameters, stepGradient, observer);
    }

    private void moveRows(Table table) {
        float[][] rows = parameters.table(table);
        for (int i = 0; i < stepGradient.count(table); i++) {
            int id = stepGradient.id(table, i);
            optimizer.update(table, id, rows[id], stepGradient.values(table, i));
        }
    }

    private void finishEpoch(int epoch, long step, double lossSum) {
        double meanLoss = lossSum / Math.max(1, facts.count() - removed.cardinality());
        if (!Double.isFinite(meanLoss)) {
            throw new TrainingDivergedException(
                    epoch + 1, meanLoss, settings.optimizer().learningRate().at(step));
        }
        monitor.epochFinished(epoch + 1, settings.epochs(), meanLoss);
    }

    /** The loss of a step is that before it; what the last steps did shows in the parameters alone. */
    private void requireFinite() {
        double sum = 0;
        for (float[] row : parameters.entities()) {
            sum += Rows.squaredNorm(row);
        }
        for (float[] row : parameters.relations()) {
            sum += Rows.squaredNorm(row);
        }
        if (!Double.isFinite(sum)) {
            throw new TrainingDivergedException(
                    settings.epochs(), sum, settings.optimizer().learningRate().initial());
        }
    }

    /**
     * The order of the facts in an epoch: ascending by a hash of (seed, epoch, key), so that two facts keep their relative
     * order whatever other facts there are.
     */
    private int[] order(int epoch) {
        int n = facts.count();
        long[] hashed = new long[n];
        for (int i = 0; i < n; i++) {
            long hash = CounterHash.hash(settings.seed() ^ STREAM, epoch, facts.key(i), 0);
            hashed[i] = (hash & 0xFFFFFFFF00000000L) | i;
        }
        Arrays.sort(hashed);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = (int) hashed[i];
        }
        return order;
    }
}
