package io.github.whylink.embedding.kernel;

/**
 * How much heap arrays take, to estimate memory before it is needed: 16 bytes of header, then the elements, all in multiples
 * of 8; a reference takes 4 bytes. That is a 64-bit JVM with less than 32 GB of heap; above, references take twice as much.
 */
public final class HeapBytes {
    private static final int HEADER = 16;
    private static final int REFERENCE = 4;
    private static final int ALIGNMENT = 8;

    private HeapBytes() {}

    /** Bytes of a {@code float[length]} or {@code int[length]}. */
    public static long ofFloats(long length) {
        return aligned(HEADER + Float.BYTES * length);
    }

    /** Bytes of a {@code long[length]} or {@code double[length]}. */
    public static long ofLongs(long length) {
        return aligned(HEADER + Long.BYTES * length);
    }

    /** Bytes of an array of references, without what they refer to. */
    public static long ofReferences(long length) {
        return aligned(HEADER + REFERENCE * length);
    }

    /** Bytes of a {@code float[rows][width]}. */
    public static long ofTable(long rows, long width) {
        return ofReferences(rows) + rows * ofFloats(width);
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
