package io.github.whylink.procedures.store;

import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.influence.rollback.LedgerCodec.Form;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Relation;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a training recorded of a fact, as the property of its relationship that keeps it.
 *
 * <p>Where a property splits the type, the value may have been changed since: then the relationship carries what another
 * fact did. So the record ends with a mark of the relation, 24 bits of the hash of its name: one more float, or four more
 * bytes. Of other types the record is the row of the {@link LedgerCodec} alone.
 */
record FactRecords(LedgerCodec codec) {
    private static final int BITS = 24;

    /** The value to store. */
    Object encode(float[] row, Form form, Relation relation) {
        Object encoded = codec.encode(row, form);
        if (!relation.isSplit()) {
            return encoded;
        }
        if (encoded instanceof float[] floats) {
            float[] marked = Arrays.copyOf(floats, floats.length + 1);
            marked[floats.length] = mark(relation);
            return marked;
        }
        byte[] bytes = (byte[]) encoded;
        return ByteBuffer.allocate(bytes.length + Integer.BYTES)
                .put(bytes)
                .putInt(mark(relation))
                .array();
    }

    /**
     * Reads what was recorded of a fact.
     *
     * @param relation of which the relationship is a fact now
     * @return the row; null if there is none, or it belongs to a fact of another relation
     */
    float[] decode(Object stored, Relation relation) {
        if (!relation.isSplit()) {
            return codec.decode(stored);
        }
        if (!isOf(stored, relation)) {
            return null;
        }
        return codec.decode(
                stored instanceof float[] floats
                        ? Arrays.copyOf(floats, floats.length - 1)
                        : Arrays.copyOf((byte[]) stored, ((byte[]) stored).length - Integer.BYTES));
    }

    /** Whether a stored value is what a fact of a relation did. */
    static boolean isOf(Object stored, Relation relation) {
        if (!relation.isSplit()) {
            return stored != null;
        }
        if (stored instanceof float[] floats && floats.length > 0) {
            return floats[floats.length - 1] == mark(relation);
        }
        return stored instanceof byte[] bytes
                && bytes.length > Integer.BYTES
                && ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES) == mark(relation);
    }

    /** A whole number that a float holds exactly. */
    private static int mark(Relation relation) {
        return (int) (Projection.hash(relation.name()) >>> (Long.SIZE - BITS));
    }
}
