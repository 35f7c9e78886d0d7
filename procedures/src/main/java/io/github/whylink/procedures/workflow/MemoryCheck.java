package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.procedures.config.TrainConfiguration;

/**
 * Whether a training fits into memory, by what it holds at the same time: the rows, the optimizer's numbers about them, the
 * best rows so far, one batch, and the updates of each fact. What the server needs beside that is not in it, so that a
 * training that passes may still fail.
 *
 * @param ledgerBytes of the recorded updates; 0 without influence
 * @param otherBytes of all the rest
 * @param recordedPerFact numbers that the updates of one fact have
 * @param facts that are trained on
 */
record MemoryCheck(long ledgerBytes, long otherBytes, long recordedPerFact, int facts) {
    private static final long MEGABYTE = 1 << 20;

    /**
     * Estimates a training. O(1).
     */
    static MemoryCheck of(TrainConfiguration request, int entities, int relations, int facts) {
        TrainingSettings settings = request.settings();
        int entityWidth = request.entityWidth();
        int relationWidth = request.relationWidth();
        long whole = Parameters.bytes(entities, entityWidth, relations, relationWidth);
        long ledger = InfluenceLedger.bytes(facts, entityWidth, relationWidth);
        boolean several = request.ensembleSize() > 1;
        // Members are trained one after another; those that are done wait, and then all are put side by side.
        long waiting = several ? 2 * whole : 0;
        boolean goesOn = request.continueFrom() != null;
        // The rows of the model before, and what is made of them to begin in.
        long before = goesOn ? 2 * whole : 0;
        long best = request.earlyStopping().isPresent() ? whole / request.ensembleSize() : 0;
        // Of all facts and of those that are trained on.
        long weights = request.relationshipWeightProperty() == null ? 0 : 2 * HeapBytes.ofFloats(facts);
        return new MemoryCheck(
                request.influence()
                        ? ledger + (several ? ledger / request.ensembleSize() : 0) + (goesOn ? ledger : 0)
                        : 0,
                weights + before + best + waiting + Trainer.bytes(settings, facts, entities, relations),
                2L * entityWidth + relationWidth,
                facts);
    }

    /** What is needed in all. */
    long bytes() {
        return ledgerBytes + otherBytes;
    }

    /**
     * Compares with the memory there is.
     *
     * @param heap bytes that the server may use
     * @throws IllegalArgumentException if it is not enough, with what can be done about it
     */
    void require(long heap) {
        long needed = bytes();
        if (needed > heap) {
            String withoutInfluence = " or set 'influence' to false, as it records %d numbers for each of %d facts"
                    .formatted(recordedPerFact, facts);
            throw new IllegalArgumentException(
                    "the training needs about %d MB of memory (%d MB of it to record influence), but the heap of the server has at most %d MB: lower 'embeddingDimension', 'ensembleSize' or 'batchSize', select fewer relationships, raise server.memory.heap.max_size%s; 'sudo': true tries all the same"
                            .formatted(
                                    needed / MEGABYTE,
                                    ledgerBytes / MEGABYTE,
                                    heap / MEGABYTE,
                                    ledgerBytes > 0 ? withoutInfluence : ""));
        }
    }
}
