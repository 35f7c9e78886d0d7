package io.github.whylink.influence.correction;

import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/**
 * A model in which some rows differ from those of another, which stays as it is: rows are copied when they are first
 * asked for to be written, all others are shared.
 */
public final class EditedModel {
    private final EmbeddingModel edited;
    private final Map<Table, BitSet> changed = new EnumMap<>(Table.class);

    /** Nothing has been edited yet. O(entities + relations), whatever their width. */
    public EditedModel(EmbeddingModel base) {
        Parameters rows = base.parameters();
        edited = new EmbeddingModel(
                base.function(),
                new Parameters(rows.entities().clone(), rows.relations().clone()));
        for (Table table : Table.values()) {
            changed.put(table, new BitSet());
        }
    }

    /** The model with its edits, also those that are yet to come. */
    public EmbeddingModel model() {
        return edited;
    }

    /** The rows that differ, by their indexes. Not to be modified. */
    public BitSet changed(Table table) {
        return changed.get(table);
    }

    /** A row to write to. */
    float[] writable(Table table, int index) {
        BitSet copied = changed.get(table);
        float[][] rows = edited.parameters().table(table);
        if (!copied.get(index)) {
            copied.set(index);
            rows[index] = rows[index].clone();
        }
        return rows[index];
    }
}
