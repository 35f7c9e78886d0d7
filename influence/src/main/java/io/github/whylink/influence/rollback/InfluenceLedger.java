package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.kernel.HeapBytes;
import io.github.whylink.embedding.kernel.Rows;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.embedding.scoring.SideBySide;

/**
 * For every fact the sum of the updates it caused to its own head, relation and tail row.
 *
 * <p>One float row per fact: {@code [head update | relation update | tail update]}, of {@code entityWidth +
 * relationWidth + entityWidth} floats. Where head and tail are the same entity, its update stands in the head part and
 * the tail part is zero. Memory: {@code 4 · (2·entityWidth + relationWidth)} bytes per fact; stored by {@link LedgerCodec},
 * in as many or fewer.
 */
public final class InfluenceLedger {
    private final float[][] updates;
    private final int entityWidth;
    private final int relationWidth;

    /**
     * Wraps rows without copying them.
     *
     * @throws IllegalArgumentException if a row has another length than the widths demand
     */
    public InfluenceLedger(float[][] updates, int entityWidth, int relationWidth) {
        for (int fact = 0; fact < updates.length; fact++) {
            if (updates[fact].length != 2 * entityWidth + relationWidth) {
                throw new IllegalArgumentException("the ledger row of fact %d has %d floats, expected 2·%d + %d"
                        .formatted(fact, updates[fact].length, entityWidth, relationWidth));
            }
        }
        this.updates = updates;
        this.entityWidth = entityWidth;
        this.relationWidth = relationWidth;
    }

    /** A ledger of zeros. */
    public static InfluenceLedger zeros(int facts, int entityWidth, int relationWidth) {
        return new InfluenceLedger(new float[facts][2 * entityWidth + relationWidth], entityWidth, relationWidth);
    }

    /** Bytes of a ledger of this shape. */
    public static long bytes(int facts, int entityWidth, int relationWidth) {
        return HeapBytes.ofTable(facts, 2L * entityWidth + relationWidth);
    }

    /** The row of a fact; not a copy. */
    public float[] row(int fact) {
        return updates[fact];
    }

    /** How far the fact moved its own three rows: the Euclidean norm of its sums. */
    public double magnitude(int fact) {
        return Math.sqrt(Rows.squaredNorm(updates[fact]));
    }

    /**
     * Adds what was recorded before, in a training that this one went on from.
     *
     * @param before of the same facts in the same widths. Not modified.
     */
    public void add(InfluenceLedger before) {
        for (int fact = 0; fact < updates.length; fact++) {
            Rows.add(before.updates[fact], updates[fact]);
        }
    }

    /**
     * Puts what was recorded of one model into the ledger of several that stand side by side, this one.
     *
     * @param member of which model, from 0
     * @param recorded its ledger, of the same facts. Not modified.
     */
    public void put(SideBySide models, int member, InfluenceLedger recorded) {
        for (int fact = 0; fact < updates.length; fact++) {
            float[] from = recorded.updates[fact];
            float[] to = updates[fact];
            models.put(Table.ENTITIES, from, recorded.headOffset(), recorded.entityWidth, member, to, headOffset());
            models.put(
                    Table.RELATIONS,
                    from,
                    recorded.relationOffset(),
                    recorded.relationWidth,
                    member,
                    to,
                    relationOffset());
            models.put(Table.ENTITIES, from, recorded.tailOffset(), recorded.entityWidth, member, to, tailOffset());
        }
    }

    /** Where the update of the head row begins in a {@link #row}. */
    public int headOffset() {
        return 0;
    }

    /** Where the update of the relation row begins in a {@link #row}. */
    public int relationOffset() {
        return entityWidth;
    }

    /** Where the update of the tail row begins in a {@link #row}. */
    public int tailOffset() {
        return entityWidth + relationWidth;
    }
}
