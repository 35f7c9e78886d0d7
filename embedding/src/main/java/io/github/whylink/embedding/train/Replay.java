package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A training taken again from its seed, and walked backwards step by step.
 *
 * <pre>
 * train from the seed, keep a checkpoint (parameters, optimizer state) at the start of each segment
 * for each segment, last to first
 *   train it again from its checkpoint, keep what each step overwrites
 *   for each step, last to first
 *     put back what it overwrote; the parameters are those before the step
 *     show the step to the visitor
 * </pre>
 *
 * <p>Nothing of the training has to have been kept: the same seed gives the same bits. Costs two trainings. Memory is
 * bounded by a budget: half of it for what the steps of one segment overwrite, half for checkpoints, where a training that
 * is too long for one level of segments is divided again, each level costing one more training.
 */
public final class Replay implements AutoCloseable {
    private final Examples examples;
    private final TrainingMonitor monitor;
    private final int batchSize;
    private final long batchesPerEpoch;
    private final long steps;
    private final FactOrder order;
    private final Parameters parameters;
    private final ReversibleOptimizer optimizer;
    private final UndoLog log;
    private final BitSet removed;
    private final Batches batches;
    private final Batches loggedBatches;
    private final Stepper stepper;
    private final double logMemory;
    private final long checkpointMemory;
    private int[] ordered;
    private int orderedEpoch = -1;
    private long entriesSeen;
    private long stepsSeen;

    /** Sees the steps of a training from the last to the first. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Sees one step.
         *
         * @param step valid during the call
         */
        void visit(Step step);
    }

    /**
     * Prepares to replay a training.
     *
     * @param epochs how many were trained, at most those of the settings
     * @param removed facts that took no part. Not modified.
     * @param memory bytes for checkpoints and for what steps overwrite; where it is too small for the least, the least is
     *     taken
     * @throws IllegalArgumentException if the optimizer cannot be walked backwards, or as {@link Trainer#trainFirst}
     */
    public Replay(
            Facts facts, TrainingSettings settings, int epochs, BitSet removed, long memory, TrainingMonitor monitor) {
        requireReversible(settings);
        Trainer.requireTrainable(facts, settings, TrainingObserver.NONE);
        Trainer.requireEpochs(epochs, settings);
        this.monitor = monitor;
        logMemory = 0.5 * memory;
        checkpointMemory = memory - (long) logMemory;
        examples = new Examples(facts, settings);
        this.removed = examples.resting(removed);
        batchSize = Math.min(settings.batchSize(), facts.count());
        batchesPerEpoch = (facts.count() + batchSize - 1L) / batchSize;
        steps = batchesPerEpoch * epochs;
        order = new FactOrder(facts, settings.seed());
        parameters = Trainer.initialParameters(facts, settings);
        optimizer = (ReversibleOptimizer) settings.optimizer().create(parameters);
        log = new UndoLog(optimizer, parameters);
        long scheduled = batchesPerEpoch * settings.epochs();
        stepper = new Stepper(examples, parameters, optimizer, this.removed, TrainingObserver.NONE, monitor, scheduled);
        batches = Batches.of(stepper, batchSize);
        loggedBatches = Batches.of(
                new Stepper(examples, parameters, log, this.removed, TrainingObserver.NONE, monitor, scheduled),
                batchSize);
    }

    /**
     * Checks that a training can be walked backwards.
     *
     * @throws IllegalArgumentException if not, with what to do about it
     */
    public static void requireReversible(TrainingSettings settings) {
        if (!settings.optimizer().reversible()) {
            throw new IllegalArgumentException(
                    "a training with %s%s cannot be walked backwards; train with SGD, Adagrad or RowAdagrad and without maxGradientNorm"
                            .formatted(
                                    settings.optimizer().name(),
                                    settings.optimizer().maxGradientNorm() == 0f ? "" : " and maxGradientNorm"));
        }
    }

    /** The facts and what is derived from them. */
    public Examples examples() {
        return examples;
    }

    /** The parameters as of the step that is being shown; those after the last step once {@link #run} has trained. */
    public Parameters parameters() {
        return parameters;
    }

    /** Numbers of state that the optimizer keeps with a row of a table. */
    public int stateWidth(Table table) {
        TrainingSettings settings = examples.settings();
        return optimizer.stateWidth(table == Table.ENTITIES ? settings.entityWidth() : settings.relationWidth());
    }

    /** Steps of the whole training. */
    public long steps() {
        return steps;
    }

    /**
     * Trains, and then walks back. Once only.
     *
     * @param trained called with the parameters after the last step, before the walk begins
     * @param visitor sees every step
     */
    public void run(Runnable trained, Visitor visitor) {
        long segment = (long) (logMemory / (expectedEntries() * entryBytes()));
        List<Checkpoint> checkpoints = new ArrayList<>();
        long most = Math.max(2, checkpointMemory / checkpointBytes());
        // With as many segments as checkpoints fit; those that are too long for the log are divided again.
        long length = Math.max(1, Math.max(segment, (steps + most - 1) / most));
        for (long from = 0; from < steps; from += length) {
            checkpoints.add(new Checkpoint(from));
            advance(from, Math.min(steps, from + length), batches);
        }
        trained.run();
        for (int i = checkpoints.size() - 1; i >= 0; i--) {
            Checkpoint checkpoint = checkpoints.remove(i);
            walkBack(checkpoint, Math.min(steps, checkpoint.step + length), visitor);
        }
    }

    /** A guess of how many rows a step moves; the log itself says better once it has seen some. */
    private double expectedEntries() {
        Negatives negatives = examples.settings().negatives();
        int entities = examples.facts().entityCount();
        int sides = negatives.sides() == NegativeSides.BOTH ? 2 : 1;
        double drawn =
                switch (negatives.regime()) {
                    case ONE_VS_ALL, K_VS_ALL -> entities;
                    case SHARED -> negatives.count();
                    case PER_FACT -> (double) batchSize * negatives.count() * sides;
                };
        return Math.min(entities, drawn + 2.0 * batchSize)
                + Math.min(examples.facts().relationCount(), batchSize);
    }

    private long entryBytes() {
        TrainingSettings settings = examples.settings();
        return UndoLog.bytesPerEntry(optimizer, settings.entityWidth());
    }

    private long checkpointBytes() {
        TrainingSettings settings = examples.settings();
        int states = settings.optimizer().statesPerParameter();
        return (1L + states)
                * Parameters.bytes(
                        examples.facts().entityCount(),
                        settings.entityWidth(),
                        examples.facts().relationCount(),
                        settings.relationWidth());
    }

    private void walkBack(Checkpoint checkpoint, long to, Visitor visitor) {
        long from = checkpoint.step;
        checkpoint.restore();
        if (to - from > 1 && (to - from) * entriesPerStep() * entryBytes() > logMemory) {
            long middle = from + (to - from) / 2;
            advance(from, middle, batches);
            walkBack(new Checkpoint(middle), to, visitor);
            walkBack(checkpoint, middle, visitor);
            return;
        }
        log.clear();
        advance(from, to, loggedBatches);
        entriesSeen += log.entries();
        stepsSeen += log.steps();
        for (int i = log.steps() - 1; i >= 0; i--) {
            log.undo(i);
            Step step = new Step(from + i, i);
            if (step.factCount() > 0) {
                visitor.visit(step);
            }
            monitor.checkCancelled();
        }
    }

    private double entriesPerStep() {
        return stepsSeen == 0 ? expectedEntries() : (double) entriesSeen / stepsSeen;
    }

    private void advance(long from, long to, Batches by) {
        for (long step = from; step < to; step++) {
            monitor.checkCancelled();
            int batch = (int) (step % batchesPerEpoch);
            int first = batch * batchSize;
            int[] facts = orderOf((int) (step / batchesPerEpoch));
            by.step(
                    facts,
                    first,
                    Math.min(first + batchSize, facts.length),
                    (int) (step / batchesPerEpoch),
                    batch,
                    step);
            if (by == loggedBatches) {
                log.closeStep();
            }
        }
    }

    private int[] orderOf(int epoch) {
        if (epoch != orderedEpoch) {
            ordered = order.of(epoch);
            orderedEpoch = epoch;
        }
        return ordered;
    }

    @Override
    public void close() {
        batches.close();
        loggedBatches.close();
    }

    /** The parameters and the optimizer's state before a step. */
    private final class Checkpoint {
        private final long step;
        private final Parameters kept;
        private final float[][] entityStates;
        private final float[][] relationStates;

        Checkpoint(long step) {
            this.step = step;
            kept = parameters.copy();
            entityStates = states(Table.ENTITIES);
            relationStates = states(Table.RELATIONS);
        }

        private float[][] states(Table table) {
            int width = stateWidth(table);
            float[][] states = new float[width == 0 ? 0 : parameters.table(table).length][width];
            for (int i = 0; i < states.length; i++) {
                optimizer.readState(table, i, states[i]);
            }
            return states;
        }

        void restore() {
            for (Table table : Table.values()) {
                float[][] rows = parameters.table(table);
                for (int i = 0; i < rows.length; i++) {
                    System.arraycopy(kept.row(table, i), 0, rows[i], 0, rows[i].length);
                }
            }
            for (int i = 0; i < entityStates.length; i++) {
                optimizer.writeState(Table.ENTITIES, i, entityStates[i]);
            }
            for (int i = 0; i < relationStates.length; i++) {
                optimizer.writeState(Table.RELATIONS, i, relationStates[i]);
            }
        }
    }

    /** One step of the training, undone: the rows it moved, with the gradients that moved them, and its facts. */
    public final class Step implements BatchCurvature.Batch {
        private final long number;
        private final int logged;
        private final int firstEntry;
        private final int[] facts;

        private Step(long number, int logged) {
            this.number = number;
            this.logged = logged;
            firstEntry = log.firstEntry(logged);
            int[] all = orderOf(epoch());
            int first = batch() * batchSize;
            facts = Arrays.stream(all, first, Math.min(first + batchSize, all.length))
                    .filter(fact -> !removed.get(fact))
                    .toArray();
        }

        /** Counts from 0. */
        public long number() {
            return number;
        }

        @Override
        public int epoch() {
            return (int) (number / batchesPerEpoch);
        }

        @Override
        public int batch() {
            return (int) (number % batchesPerEpoch);
        }

        @Override
        public int factCount() {
            return facts.length;
        }

        @Override
        public int fact(int i) {
            return facts[i];
        }

        /** Number of rows that the step moved. */
        public int count() {
            return log.endEntry(logged) - firstEntry;
        }

        /** Table of the i-th row that the step moved. */
        public Table table(int i) {
            return log.table(firstEntry + i);
        }

        /** Index of the i-th row that the step moved. */
        public int index(int i) {
            return log.index(firstEntry + i);
        }

        /** The gradient that moved the i-th row. */
        public float[] gradient(int i) {
            return log.gradient(firstEntry + i);
        }

        /**
         * Carries the adjoints of the i-th row back through the optimizer's step.
         *
         * @param u adjoint of the row after the step; part of its adjoint before the step too. Not modified.
         * @param stateAdjoint of the optimizer's state, after the step. Modified: before the step.
         * @param gradientAdjoint Modified: overwritten by the adjoint of the row's gradient.
         */
        public void pullBack(int i, float[] u, float[] stateAdjoint, float[] gradientAdjoint) {
            int entry = firstEntry + i;
            optimizer.pullBack(
                    log.rate(logged), log.state(entry), log.gradient(entry), u, stateAdjoint, gradientAdjoint);
        }

        /**
         * What a part of the i-th row's gradient did in this step to the row and to its optimizer state, exactly.
         *
         * @param part a part of {@link #gradient}. Not modified.
         * @param rowChange Modified: overwritten.
         * @param stateChange Modified: overwritten.
         */
        public void changeOf(int i, float[] part, float[] rowChange, float[] stateChange) {
            int entry = firstEntry + i;
            optimizer.changeOf(log.rate(logged), log.state(entry), log.gradient(entry), part, rowChange, stateChange);
        }

        /** The number of a row that the step moved, or -1 if it did not move the row. O(log count). */
        public int find(Table table, int index) {
            return log.find(logged, table, index) - firstEntry;
        }
    }
}
