package io.github.whylink.embedding.train;

import io.github.whylink.embedding.scoring.Parameters.Table;

/** Tells which rows a step has moved by a gradient. */
public interface TouchedRows {
    /** Whether the row had a gradient in this step. */
    boolean touched(Table table, int index);
}
