package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.facts.KnownFacts;
import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Negatives.Regime;
import io.github.whylink.embedding.train.TrainingResult.Epoch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Trains the parameters of a scoring function on facts, in epochs of steps.
 *
 * <pre>
 * for each epoch
 *   order the facts by hash(seed, epoch, key)
 *   for each batch of batchSize slots in that order
 *     gradient ← Σ over the facts of the batch of their ExampleGradient
 *     the optimizer moves each row that has a gradient
 *     the observer sees each fact's gradient on its own rows, and asks the optimizer for its share of the step
 * </pre>
 *
 * <p>The gradient of a batch comes from one of three places: {@link SingleFacts}, {@link ExampleBatches} or
 * {@link BlockBatches}. The result is a function of the facts and the settings: work is divided among threads in pieces
 * that do not depend on their number, and every sum has a fixed order. A removed fact keeps its slot and contributes
 * nothing, so that a training without it differs by that fact alone; so does one of weight 0. Memory beside the parameters and the optimizer's
 * state: 12 bytes per fact for the order, and one batch.
 */
public final class Trainer {
    /** How many facts are trained between two looks at the monitor; larger batches look at it on their way. */
    private static final int CHECK_EVERY = 256;

    private final Examples examples;
    private final Facts facts;
    private final TrainingSettings settings;
    private final BitSet removed;
    private final TrainingObserver observer;
    private final TrainingMonitor monitor;
    private final Beginning beginning;
    private final int batchSize;
    private final FactOrder order;

    private Trainer(
            Facts facts,
            TrainingSettings settings,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        this(Beginning.ANEW, new Examples(facts, settings), removed, observer, monitor);
    }

    private Trainer(
            Beginning beginning,
            Examples examples,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        this.beginning = beginning;
        this.examples = examples;
        facts = examples.facts();
        settings = examples.settings();
        this.removed = examples.resting(removed);
        this.observer = observer;
        this.monitor = monitor;
        batchSize = Math.min(settings.batchSize(), facts.count());
        order = new FactOrder(facts, settings.seed());
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
     * @throws TrainingDivergedException as soon as the loss is not finite
     */
    public static Parameters train(
            Facts facts,
            TrainingSettings settings,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        return trainFirst(settings.epochs(), facts, settings, removed, observer, monitor);
    }

    /**
     * Trains the first epochs of a longer training: the rates are those of all epochs of the settings. So a training that
     * stopped early is repeated, whole or without some facts.
     *
     * @param epochs how many to train, at most those of the settings
     * @return the parameters after the last step taken
     * @throws IllegalArgumentException as {@link #train}, and if there are to be more epochs than the settings have
     */
    public static Parameters trainFirst(
            int epochs,
            Facts facts,
            TrainingSettings settings,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        return trainFirst(epochs, facts, settings, removed, observer, monitor, (epoch, rate, parameters) -> {});
    }

    /**
     * Trains the first epochs of a longer training, and shows the parameters at the end of each.
     *
     * @param epochs how many to train, at most those of the settings
     * @param visitor sees the parameters after each epoch
     * @return the parameters after the last step taken
     * @throws IllegalArgumentException as {@link #train}, and if there are to be more epochs than the settings have
     */
    public static Parameters trainFirst(
            int epochs,
            Facts facts,
            TrainingSettings settings,
            BitSet removed,
            TrainingObserver observer,
            TrainingMonitor monitor,
            EpochVisitor visitor) {
        requireTrainable(facts, settings, observer);
        requireEpochs(epochs, settings);
        Trainer trainer = new Trainer(facts, settings, removed, observer, monitor);
        long batchesPerEpoch = (facts.count() + trainer.batchSize - 1L) / trainer.batchSize;
        return trainer.run(epochs, (epoch, loss, parameters) -> {
            LearningRate schedule = settings.optimizer().learningRate();
            float rate = schedule.at(epoch * batchesPerEpoch - 1, settings.epochs() * batchesPerEpoch);
            visitor.epochEnded(epoch - 1, rate, parameters);
            return true;
        });
    }

    /**
     * Trains the first epochs of a longer training that begins where another has come to.
     *
     * @param epochs how many to train, at most those of the settings
     * @return the parameters after the last step taken
     * @throws IllegalArgumentException as {@link #trainFirst}, and if it begins in another number of rows
     */
    public static Parameters trainFrom(
            Beginning beginning,
            int epochs,
            Facts facts,
            TrainingSettings settings,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        requireTrainable(facts, settings, observer);
        return trainFrom(beginning, epochs, new Examples(facts, settings), observer, monitor);
    }

    /** The same with examples that know more facts than they train. */
    static Parameters trainFrom(
            Beginning beginning, int epochs, Examples examples, TrainingObserver observer, TrainingMonitor monitor) {
        requireEpochs(epochs, examples.settings());
        return new Trainer(beginning, examples, new BitSet(), observer, monitor)
                .run(epochs, (epoch, loss, parameters) -> true);
    }

    /** Sees what a training has come to at the end of each epoch. */
    @FunctionalInterface
    public interface EpochVisitor {
        /**
         * An epoch has ended.
         *
         * @param epoch counts from 0
         * @param rate the learning rate of its last step
         * @param parameters must not be modified; they change when the training goes on
         */
        void epochEnded(int epoch, float rate, Parameters parameters);
    }

    /**
     * Trains, validates after every few epochs, stops when that no longer gets better, and returns the best parameters.
     *
     * <p>What the observer has seen at the end is the training of the returned parameters: where training went on for some
     * epochs after them, it is run again from the seed up to them, with the same bits, after
     * {@link TrainingObserver#restarted}.
     *
     * @param validation measures parameters, higher is better; must not modify them
     * @throws IllegalArgumentException as {@link #train}
     * @throws TrainingDivergedException as {@link #train}
     */
    public static TrainingResult trainValidated(
            Facts facts,
            TrainingSettings settings,
            EarlyStopping stopping,
            ToDoubleFunction<Parameters> validation,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        return trainValidated(Beginning.ANEW, facts, settings, stopping, validation, observer, monitor);
    }

    /** The same from where another training has come to; no epoch of that one counts. */
    public static TrainingResult trainValidated(
            Beginning beginning,
            Facts facts,
            TrainingSettings settings,
            EarlyStopping stopping,
            ToDoubleFunction<Parameters> validation,
            TrainingObserver observer,
            TrainingMonitor monitor) {
        requireTrainable(facts, settings, observer);
        Trainer trainer = new Trainer(beginning, new Examples(facts, settings), new BitSet(), observer, monitor);
        BestSoFar best = new BestSoFar(stopping, validation, settings.epochs(), monitor);
        Parameters parameters = trainer.run(settings.epochs(), best);
        if (best.epoch < best.curve.size()) {
            parameters = best.takeParameters();
            if (observer.observesFacts()) {
                observer.restarted();
                parameters = trainer.run(best.epoch, (epoch, loss, now) -> true);
            }
        }
        return new TrainingResult(parameters, best.epoch, List.copyOf(best.curve));
    }

    /**
     * Bytes that a training takes, beside the facts, what an observer keeps and a copy of the best parameters where it
     * validates.
     *
     * @param factCount of the training
     */
    public static long bytes(TrainingSettings settings, int factCount, int entityCount, int relationCount) {
        int entityWidth = settings.entityWidth();
        int relationWidth = settings.relationWidth();
        Negatives negatives = settings.negatives();
        int batch = Math.min(settings.batchSize(), factCount);
        long bytes = Parameters.bytes(entityCount, entityWidth, relationCount, relationWidth)
                + settings.optimizer().bytes(entityCount, entityWidth, relationCount, relationWidth)
                + FactOrder.bytes(factCount);
        if (negatives.filtered() || negatives.regime() == Regime.K_VS_ALL) {
            bytes += KnownFacts.bytes(factCount);
        }
        if (!settings.regularizer().isNone() && !settings.regularizer().frequencyWeighted()) {
            bytes += HeapBytes.ofFloats(entityCount) + HeapBytes.ofFloats(relationCount);
        }
        if (negatives.regime() != Regime.PER_FACT) {
            return bytes + BlockBatches.bytes(settings, entityCount, batch);
        }
        return batch == 1
                ? bytes + SingleFacts.bytes(settings, entityCount)
                : bytes + ExampleBatches.bytes(settings, entityCount, relationCount, batch);
    }

    /** Refuses to train more epochs than the settings have, or none. */
    static void requireEpochs(int epochs, TrainingSettings settings) {
        if (epochs < 1 || epochs > settings.epochs()) {
            throw new IllegalArgumentException("of the %d epochs of the settings, 1 to all can be trained, but not %d"
                    .formatted(settings.epochs(), epochs));
        }
    }

    /** Refuses facts that cannot be trained on, and an observer that cannot be told what it wants to know. */
    static void requireTrainable(Facts facts, TrainingSettings settings, TrainingObserver observer) {
        if (facts.count() == 0) {
            throw new IllegalArgumentException("there is no fact to train on");
        }
        if (facts.isWeighted() && IntStream.range(0, facts.count()).allMatch(fact -> facts.weight(fact) == 0f)) {
            throw new IllegalArgumentException("there is no fact to train on: the weight of each is 0");
        }
        if (facts.entityCount() < 2) {
            throw new IllegalArgumentException("negatives need at least 2 entities, there are " + facts.entityCount());
        }
        if (observer.observesFacts() && !settings.optimizer().attributable(settings.batchSize())) {
            throw new IllegalArgumentException(
                    "the steps of %s with a batch size of %d cannot be attributed to facts; use SGD, Adagrad or a batch size of 1"
                            .formatted(settings.optimizer().name(), settings.batchSize()));
        }
    }

    /** Decides after each epoch whether to go on. */
    private interface EpochEnd {
        boolean goOn(int epoch, double meanLoss, Parameters parameters);
    }

    /** Trains from the beginning; the schedule of the learning rate is that of all epochs in any case. */
    private Parameters run(int epochs, EpochEnd end) {
        Parameters parameters = beginning.rows(facts, settings);
        long batchesPerEpoch = (facts.count() + batchSize - 1L) / batchSize;
        Stepper stepper = new Stepper(
                examples,
                parameters,
                beginning.optimizer(settings.optimizer().create(parameters)),
                removed,
                observer,
                monitor,
                batchesPerEpoch * settings.epochs());
        int checkEvery = Math.max(1, CHECK_EVERY / batchSize);
        int trained = Math.max(1, facts.count() - removed.cardinality());
        int epochsDone = 0;
        try (Batches batches = Batches.of(stepper, batchSize)) {
            long step = 0;
            for (int epoch = 0; epoch < epochs; epoch++) {
                epochsDone = epoch + 1;
                double lossSum = 0;
                int[] ordered = order.of(epoch);
                for (int batch = 0; batch < batchesPerEpoch; batch++) {
                    if (batch % checkEvery == 0) {
                        monitor.checkCancelled();
                        monitor.advanced(epoch + 1, batch * batchSize);
                        requireFinite(epoch, lossSum, step, stepper);
                    }
                    int from = batch * batchSize;
                    int to = Math.min(from + batchSize, ordered.length);
                    lossSum += batches.step(ordered, from, to, epoch, batch, step++);
                }
                requireFinite(epoch, lossSum, step, stepper);
                monitor.epochFinished(epoch + 1, settings.epochs(), lossSum / trained);
                if (!end.goOn(epoch + 1, lossSum / trained, parameters)) {
                    break;
                }
            }
        }
        requireFinite(parameters, epochsDone, stepper);
        return parameters;
    }

    private void requireFinite(int epoch, double lossSum, long step, Stepper stepper) {
        if (!Double.isFinite(lossSum)) {
            throw new TrainingDivergedException(
                    epoch + 1, lossSum, settings.optimizer().learningRate().at(step, stepper.totalSteps()));
        }
    }

    /** The loss of a step is that before it; what the last steps did shows in the parameters alone. */
    private void requireFinite(Parameters parameters, int epochs, Stepper stepper) {
        double sum = 0;
        for (float[] row : parameters.entities()) {
            sum += Rows.squaredNorm(row);
        }
        for (float[] row : parameters.relations()) {
            sum += Rows.squaredNorm(row);
        }
        if (!Double.isFinite(sum)) {
            long lastStep = stepper.totalSteps() / settings.epochs() * epochs - 1;
            throw new TrainingDivergedException(
                    epochs, sum, settings.optimizer().learningRate().at(lastStep, stepper.totalSteps()));
        }
    }

    /** Remembers the best parameters and how far back they are. */
    private static final class BestSoFar implements EpochEnd {
        private final EarlyStopping stopping;
        private final ToDoubleFunction<Parameters> validation;
        private final int epochs;
        private final TrainingMonitor monitor;
        private final List<Epoch> curve = new ArrayList<>();
        private Parameters parameters;
        private double best = Double.NEGATIVE_INFINITY;
        private int epoch;
        private int withoutImprovement;

        BestSoFar(
                EarlyStopping stopping, ToDoubleFunction<Parameters> validation, int epochs, TrainingMonitor monitor) {
            this.stopping = stopping;
            this.validation = validation;
            this.epochs = epochs;
            this.monitor = monitor;
        }

        /** Hands the parameters over, so that they are held no longer than they are needed. */
        Parameters takeParameters() {
            Parameters taken = parameters;
            parameters = null;
            return taken;
        }

        @Override
        public boolean goOn(int epochNow, double meanLoss, Parameters now) {
            boolean validated = epochNow % stopping.every() == 0 || epochNow == epochs;
            double measured = validated ? validation.applyAsDouble(now) : Double.NaN;
            curve.add(new Epoch(epochNow, meanLoss, measured));
            if (!validated) {
                return true;
            }
            monitor.validated(epochNow, measured);
            if (epoch == 0 || measured > best) {
                best = Double.isNaN(measured) ? Double.NEGATIVE_INFINITY : measured;
                epoch = epochNow;
                withoutImprovement = 0;
                if (epochNow < epochs) {
                    parameters = now.copy();
                }
            } else {
                withoutImprovement++;
            }
            return withoutImprovement < stopping.patience();
        }
    }
}
