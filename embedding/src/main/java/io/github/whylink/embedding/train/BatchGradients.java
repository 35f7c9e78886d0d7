package io.github.whylink.embedding.train;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.Parallel;
import io.github.whylink.embedding.scoring.Parameters;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The gradients of the facts of one batch: one slot per fact, filled in parallel, read in the order of the slots. */
final class BatchGradients implements AutoCloseable {
    private final Facts facts;
    private final Parameters parameters;
    private final RowGradients[] gradients;
    private final double[] losses;
    private final int[] slotFacts;
    private final ExampleGradient[] examples;
    private final ExecutorService threads;
    private int filled;

    BatchGradients(Facts facts, TrainingSettings settings, Parameters parameters, int batchSize) {
        this.facts = facts;
        this.parameters = parameters;
        gradients = new RowGradients[batchSize];
        for (int slot = 0; slot < batchSize; slot++) {
            gradients[slot] = RowGradients.shapedLike(parameters);
        }
        losses = new double[batchSize];
        slotFacts = new int[batchSize];
        examples = new ExampleGradient[Math.min(settings.concurrency(), batchSize)];
        for (int worker = 0; worker < examples.length; worker++) {
            examples[worker] = new ExampleGradient(settings, facts.entityCount());
        }
        threads = examples.length == 1 ? null : Executors.newFixedThreadPool(examples.length - 1, Parallel::daemon);
    }

    /**
     * Computes the gradients of the facts {@code order[from..to)} that are not removed.
     *
     * @return the sum of their losses, in the order of the slots
     */
    double compute(int[] order, int from, int to, BitSet removed, int epoch) {
        filled = 0;
        for (int i = from; i < to; i++) {
            if (!removed.get(order[i])) {
                slotFacts[filled++] = order[i];
            }
        }
        if (threads == null) {
            computeSlots(0, 1, epoch);
        } else {
            List<Future<?>> others = new ArrayList<>(examples.length - 1);
            for (int worker = 1; worker < examples.length; worker++) {
                int share = worker;
                others.add(threads.submit(() -> computeSlots(share, examples.length, epoch)));
            }
            computeSlots(0, examples.length, epoch);
            others.forEach(Parallel::await);
        }
        double sum = 0;
        for (int slot = 0; slot < filled; slot++) {
            sum += losses[slot];
        }
        return sum;
    }

    /** Adds the gradients, in the order of the slots. */
    void addTo(RowGradients total) {
        for (int slot = 0; slot < filled; slot++) {
            total.add(gradients[slot]);
        }
    }

    /** Shows each fact of the batch to the observer, in the order of the slots. */
    void observe(TrainingObserver observer, Optimizer optimizer) {
        for (int slot = 0; slot < filled; slot++) {
            observer.stepped(slotFacts[slot], gradients[slot], optimizer);
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }

    private void computeSlots(int worker, int workers, int epoch) {
        int end = (int) ((long) filled * (worker + 1) / workers);
        for (int slot = (int) ((long) filled * worker / workers); slot < end; slot++) {
            gradients[slot].clear();
            losses[slot] = examples[worker].add(parameters, facts, slotFacts[slot], epoch, gradients[slot]);
        }
    }
}
