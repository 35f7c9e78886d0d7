package io.github.whylink.influence.rollback;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.whylink.embedding.testing.RandomFacts;
import io.github.whylink.influence.rollback.LedgerCodec.Form;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerCodecTest {
    private final LedgerCodec codec = new LedgerCodec(2, 1);

    @ParameterizedTest
    @EnumSource(Form.class)
    void everyNumberComesBackWithinHalfAScaleOfItsPart(Form form) {
        LedgerCodec wide = new LedgerCodec(31, 17);
        Random random = new Random(3);
        double limit = form == Form.FLOAT32 ? Double.POSITIVE_INFINITY : form == Form.INT16 ? 32767 : 127;
        for (int n = 0; n < 100; n++) {
            float[] row = RandomFacts.row(79, random);
            for (int i = 31; i < 48; i++) {
                row[i] *= 1000;
            }
            Object stored = wide.encode(row, form);
            float[] decoded = wide.decode(stored);
            assertEquals(row.length, decoded.length);
            int size = stored instanceof byte[] bytes ? bytes.length : Float.BYTES * ((float[]) stored).length;
            assertEquals(wide.bytes(form), size);
            for (int i = 0; i < row.length; i++) {
                double largest = i >= 31 && i < 48 ? 1000 : 1;
                // Half a scale, and the roundings of scale and product.
                assertEquals(row[i], decoded[i], largest * (0.5 / limit + 1e-7), "number " + i);
                assertTrue(row[i] * decoded[i] >= 0, "a sign never changes");
            }
        }
    }

    /** The documented bytes, one by one: others may read them. */
    @Test
    void bytesStandWhereTheyAreDocumented() {
        float[] row = {127f, -2.5f, 0.5f, 0f, 0f};
        byte[] small = (byte[]) codec.encode(row, Form.INT8);
        ByteBuffer in = ByteBuffer.wrap(small);
        assertEquals(2, in.get());
        assertEquals(1f, in.getFloat());
        assertEquals(0.5f / 127, in.getFloat());
        assertEquals(0f, in.getFloat());
        assertArrayEquals(new byte[] {127, -2, 127, 0, 0}, Arrays.copyOfRange(small, 13, 18), "half goes to even");

        row[0] = 32767f;
        ByteBuffer two = ByteBuffer.wrap((byte[]) codec.encode(row, Form.INT16));
        assertEquals(1, two.get());
        assertEquals(1f, two.getFloat());
        two.position(13);
        assertEquals(32767, two.getShort());
        assertEquals(-2, two.getShort());
        assertEquals(32767, two.getShort());
        assertEquals(23, two.capacity());
    }

    @Test
    void aRowWrittenByHandIsRead() {
        ByteBuffer out = ByteBuffer.allocate(18).put((byte) 2);
        out.putFloat(0.5f).putFloat(2f).putFloat(0.25f);
        out.put(new byte[] {-127, 4, 3, 8, -1});
        assertArrayEquals(new float[] {-63.5f, 2f, 6f, 2f, -0.25f}, codec.decode(out.array()));
    }

    @Test
    void floatsAreStoredAsTheyAre() {
        float[] row = {1, 2, 3, 4, 5};
        assertSame(row, codec.encode(row, Form.FLOAT32));
        assertSame(row, codec.decode(row));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void whatIsStoredTwiceIsTheSame(Form form) {
        float[] once = codec.decode(codec.encode(new float[] {0.3f, -0.7f, 1e-30f, 5f, 0f}, form));
        assertArrayEquals(once, codec.decode(codec.encode(once, form)));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void zerosAndTheSmallestAndLargestFloatsStayFinite(Form form) {
        float[] row = {Float.MIN_VALUE, -Float.MIN_VALUE, 0f, 0x1p126f, -0x1p126f};
        float[] decoded = codec.decode(codec.encode(row, form));
        assertEquals(0f, decoded[0], 0x1p-140f);
        assertEquals(0f, decoded[2]);
        assertEquals(0x1p126f, decoded[3], 0x1p119f);
    }

    @Test
    void whatIsNotFiniteIsNotMadeToLookFinite() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] decoded = codec.decode(codec.encode(new float[] {1f, bad, 2f, 3f, 3f}, Form.INT16));
            assertTrue(Float.isNaN(decoded[0]) && Float.isNaN(decoded[1]));
            assertEquals(2f, decoded[2], 1e-4f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 13, 17, 19, 23})
    void whatIsNoRowOfTheseWidthsIsNull(int length) {
        byte[] bytes = new byte[length];
        if (length > 0) {
            bytes[0] = (byte) (length == 23 ? 2 : 1);
        }
        assertNull(codec.decode(bytes));
        assertNull(codec.decode(new float[length]));
        assertNull(codec.decode(null));
        assertNull(codec.decode("text"));
    }

    @Test
    void anUnknownFormIsRefusedWithTheKnownOnes() {
        assertEquals(Form.INT8, Form.named("Int8"));
        var refused = assertThrows(IllegalArgumentException.class, () -> Form.named("int4"));
        assertTrue(refused.getMessage().contains("[float32, int16, int8]"), refused.getMessage());
    }
}
