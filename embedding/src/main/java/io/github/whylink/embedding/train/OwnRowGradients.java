package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.BitSet;

/**
 * The gradients of some facts on their own three rows, at parameters that may change from call to call: those that
 * {@link ExampleGradient} gives, by the kernels of the training, so that a gradient costs no more than it cost there. No row
 * is moved.
 */
public final class OwnRowGradients implements AutoCloseable {
    private final Batches batches;
    private Visitor visitor;

    /** Sees the gradients of facts. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Sees one fact. Several facts are shown at once, by different threads, each of them once; one without any gradient
         * may be left out.
         *
         * @param head gradient of the fact's loss on its head's row; valid during the call
         * @param relation on its relation's row
         * @param tail on its tail's row; the same array as that of the head where both are the same entity
         */
        void visit(int fact, float[] head, float[] relation, float[] tail);
    }

    /**
     * Prepares scratch space, with as many threads as the settings say.
     *
     * @param parameters looked at anew in each call, also for rows that were replaced. Not modified.
     * @param mostFacts in one call
     */
    public OwnRowGradients(Examples examples, Parameters parameters, int mostFacts, TrainingMonitor monitor) {
        Stepper stepper = new Stepper(examples, parameters, new Standstill(), new BitSet(), new Onlooker(), monitor, 1);
        // A batch of one would be taken in stride, row by row while they move.
        batches = Batches.of(stepper, Math.max(2, mostFacts));
    }

    /**
     * Shows the facts {@code facts[from..to)}.
     *
     * @param epoch with {@code batch} decides the negatives
     */
    public void visit(int[] facts, int from, int to, int epoch, int batch, Visitor visitor) {
        this.visitor = visitor;
        batches.step(facts, from, to, epoch, batch, 0);
    }

    @Override
    public void close() {
        batches.close();
    }

    private final class Onlooker implements TrainingObserver {
        @Override
        public void stepped(int fact, float[] head, float[] relation, float[] tail, Optimizer optimizer) {
            visitor.visit(fact, head, relation, tail);
        }
    }

    /** Moves nothing. */
    private static final class Standstill implements Optimizer {
        @Override
        public void beginStep(long step, float rate) {}

        @Override
        public void update(Table table, int index, float[] row, float[] gradient, float scale) {}

        @Override
        public void addShare(Table table, int index, float[] factGradient, float scale, float[] out, int offset) {}
    }
}
