package io.github.whylink.procedures.workflow;

import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.Trainer;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.InfluenceLedger;

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
     *
     * @param influence whether the updates of facts are recorded
     * @param validated whether the best rows so far are kept beside the present ones
     */
    static MemoryCheck of(
            TrainingSettings settings, int entities, int relations, int facts, boolean influence, boolean validated) {
        int entityWidth = settings.entityWidth();
        int relationWidth = settings.relationWidth();
        long best = validated ? Parameters.bytes(entities, entityWidth, relations, relationWidth) : 0;
        return new MemoryCheck(
                influence ? InfluenceLedger.bytes(facts, entityWidth, relationWidth) : 0,
                best + Trainer.bytes(settings, facts, entities, relations),
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
                    "the training needs about %d MB of memory (%d MB of it to record influence), but the heap of the server has at most %d MB: lower 'embeddingDimension' or 'batchSize', select fewer relationships, raise server.memory.heap.max_size%s; 'sudo': true tries all the same"
                            .formatted(
                                    needed / MEGABYTE,
                                    ledgerBytes / MEGABYTE,
                                    heap / MEGABYTE,
                                    ledgerBytes > 0 ? withoutInfluence : ""));
        }
    }
}
