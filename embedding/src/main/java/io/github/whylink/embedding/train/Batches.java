package io.github.whylink.embedding.train;

import io.github.whylink.embedding.train.Negatives.Regime;

/** Takes the steps of a training, one batch a step. The regimes differ in how they get at the gradient. */
interface Batches extends AutoCloseable {
    /**
     * The way of the settings' regime.
     *
     * @param batchSize facts per step, at most as many as there are
     */
    static Batches of(Stepper stepper, int batchSize) {
        if (stepper.examples().settings().negatives().regime() != Regime.PER_FACT) {
            return new BlockBatches(stepper, batchSize);
        }
        return batchSize == 1 ? new SingleFacts(stepper) : new ExampleBatches(stepper, batchSize);
    }

    /**
     * Takes one step with the facts {@code order[from..to)} that are not removed.
     *
     * @param batch number of the batch in the epoch, from 0
     * @param step counts from 0 over all epochs
     * @return the sum of the facts' losses before the step, added in the order of the facts
     */
    double step(int[] order, int from, int to, int epoch, int batch, long step);

    @Override
    void close();
}
