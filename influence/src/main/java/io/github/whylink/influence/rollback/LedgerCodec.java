package io.github.whylink.influence.rollback;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A row of the {@link InfluenceLedger} as a value to be stored, in one of three forms, and back. The value tells its form by
 * itself, so that a reader needs no configuration.
 *
 * <pre>
 * float32   a float[], the row as it is
 * int16     a byte[]: whole numbers from -32767 to 32767, with a scale for each part of the row
 * int8      a byte[]: whole numbers from -127 to 127, likewise
 *
 * byte 0        1 for int16, 2 for int8
 * bytes 1-4     scale of the head part, a float
 * bytes 5-8     scale of the relation part
 * bytes 9-12    scale of the tail part
 * from 13 on    a number for each float of [head | relation | tail], of two bytes or one
 * </pre>
 *
 * <p>Whatever has more than one byte has the most significant one first. With the limit {@code m} of the form, 32767 or 127:
 *
 * <pre>scale = max|x| / m over the part,   number = x / scale, half to even,   decoded = number · scale</pre>
 *
 * <p>Symmetric, so that 0 stays 0 and a sign never changes; the error is at most half a scale (and the rounding of a float),
 * which is {@code max|x| / 65534} or {@code max|x| / 254}. The parts have scales of their own as a relation row moves in
 * many more steps than the row of an entity. A part that holds a number that is not finite decodes to NaN. O(width) each.
 */
public final class LedgerCodec {
    private static final int HEADER = 1 + 3 * Float.BYTES;

    private final int entityWidth;
    private final int relationWidth;

    /** How a row is stored, from the most exact to the smallest. */
    public enum Form {
        FLOAT32("float32", 0, Float.BYTES),
        INT16("int16", 1, Short.BYTES),
        INT8("int8", 2, Byte.BYTES);

        private final String text;
        private final int code;
        private final int bytesPerNumber;

        Form(String text, int code, int bytesPerNumber) {
            this.text = text;
            this.code = code;
            this.bytesPerNumber = bytesPerNumber;
        }

        /** The name in configurations. */
        public String text() {
            return text;
        }

        /** The names of all forms. */
        public static List<String> names() {
            return Arrays.stream(values()).map(Form::text).toList();
        }

        /**
         * Finds a form by its name, whatever the case.
         *
         * @throws IllegalArgumentException naming the known ones
         */
        public static Form named(String name) {
            return Arrays.stream(values())
                    .filter(form -> form.text.equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "unknown form of stored influence '%s'; known are %s".formatted(name, names())));
        }

        private int limit() {
            return this == INT16 ? Short.MAX_VALUE : Byte.MAX_VALUE;
        }
    }

    /** For rows of {@code [head update | relation update | tail update]} of these widths. */
    public LedgerCodec(int entityWidth, int relationWidth) {
        this.entityWidth = entityWidth;
        this.relationWidth = relationWidth;
    }

    /** Bytes of a stored row, without what the store adds. */
    public int bytes(Form form) {
        return (form == Form.FLOAT32 ? 0 : HEADER) + form.bytesPerNumber * width();
    }

    /**
     * Makes the value to store.
     *
     * @param row Not modified.
     * @return the row itself, or a new {@code byte[]}
     */
    public Object encode(float[] row, Form form) {
        if (form == Form.FLOAT32) {
            return row;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes(form)).put((byte) form.code);
        float[] scales = new float[3];
        for (int part = 0; part < 3; part++) {
            scales[part] = largest(row, start(part), start(part + 1)) / form.limit();
            out.putFloat(scales[part]);
        }
        for (int part = 0; part < 3; part++) {
            for (int i = start(part); i < start(part + 1); i++) {
                int number = number(row[i], scales[part], form.limit());
                if (form == Form.INT16) {
                    out.putShort((short) number);
                } else {
                    out.put((byte) number);
                }
            }
        }
        return out.array();
    }

    /**
     * Reads a stored value of any form.
     *
     * @return the row, or null if the value is no row of these widths
     */
    public float[] decode(Object stored) {
        if (stored instanceof float[] row) {
            return row.length == width() ? row : null;
        }
        if (stored instanceof byte[] bytes && bytes.length > HEADER) {
            for (Form form : List.of(Form.INT16, Form.INT8)) {
                if (bytes[0] == form.code && bytes.length == bytes(form)) {
                    return decode(ByteBuffer.wrap(bytes), form);
                }
            }
        }
        return null;
    }

    private float[] decode(ByteBuffer in, Form form) {
        float[] row = new float[width()];
        in.position(HEADER);
        for (int part = 0; part < 3; part++) {
            float scale = in.getFloat(1 + part * Float.BYTES);
            for (int i = start(part); i < start(part + 1); i++) {
                row[i] = (form == Form.INT16 ? in.getShort() : in.get()) * scale;
            }
        }
        return row;
    }

    private static float largest(float[] row, int from, int to) {
        float largest = 0f;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(row[i]));
        }
        return largest;
    }

    /** Within the limit even where the scale is so small that it has lost bits. */
    private static int number(float x, float scale, int limit) {
        if (scale == 0f) {
            return 0;
        }
        return (int) Math.max(-limit, Math.min(limit, Math.rint((double) x / scale)));
    }

    /** Where a part begins: head, relation, tail, and behind them the end. */
    private int start(int part) {
        return switch (part) {
            case 0 -> 0;
            case 1 -> entityWidth;
            case 2 -> entityWidth + relationWidth;
            default -> width();
        };
    }

    private int width() {
        return 2 * entityWidth + relationWidth;
    }
}
