package io.github.whylink.procedures.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.influence.rollback.LedgerCodec.Form;
import io.github.whylink.procedures.projection.Relation;
import org.junit.jupiter.api.Test;

final class FactRecordsTest {
    private static final float[] ROW = {1f, -2f, 0.5f, 3f, 0f, 127f};
    private static final Relation FIVE = new Relation("RATED", "rating", 5L);
    private static final Relation TWO = new Relation("RATED", "rating", 2L);

    private final LedgerCodec codec = new LedgerCodec(2, 2);
    private final FactRecords records = new FactRecords(codec);

    @Test
    void aRecordIsReadAsThatOfItsFactOnly() {
        for (Form form : Form.values()) {
            Object stored = records.encode(ROW, form, FIVE);
            assertArrayEquals(codec.decode(codec.encode(ROW, form)), records.decode(stored, FIVE));
            assertNull(records.decode(stored, TWO));
            assertTrue(FactRecords.isOf(stored, FIVE));
            assertFalse(FactRecords.isOf(stored, TWO));
        }
    }

    @Test
    void ofATypeThatNothingSplitsItIsTheRowAlone() {
        Relation plain = new Relation("RATED");
        for (Form form : Form.values()) {
            Object stored = records.encode(ROW, form, plain);
            assertArrayEquals(codec.decode(stored), records.decode(stored, plain));
        }
    }

    @Test
    void whatIsNoRecordIsNone() {
        for (Object other : new Object[] {null, "text", new float[0], new byte[3], new float[] {1f}, 5L}) {
            assertNull(records.decode(other, FIVE));
        }
    }

    @Test
    void equalNumbersHaveOneName() {
        Relation asFloat = new Relation("RATED", "rating", 5.0);
        assertArrayEquals(
                codec.decode(codec.encode(ROW, Form.INT16)),
                records.decode(records.encode(ROW, Form.INT16, FIVE), asFloat));
    }
}
