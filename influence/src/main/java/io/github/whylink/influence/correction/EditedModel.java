package io.github.whylink.influence.correction;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.Parameters.Table;
import io.github.whylink.influence.rollback.InfluenceLedger;
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

    /** Subtracts what was recorded of a fact from its rows. */
    void rollBack(Facts facts, InfluenceLedger recorded, int fact) {
        subtractFromEntity(recorded, fact, recorded.headOffset(), facts.head(fact));
        subtract(recorded.row(fact), recorded.relationOffset(), writable(Table.RELATIONS, facts.relation(fact)));
        subtractFromEntity(recorded, fact, recorded.tailOffset(), facts.tail(fact));
    }

    /** The same, but only from those of its rows that are among some. */
    void rollBack(Facts facts, InfluenceLedger recorded, int fact, BitSet entities, BitSet relations) {
        if (entities.get(facts.head(fact))) {
            subtractFromEntity(recorded, fact, recorded.headOffset(), facts.head(fact));
        }
        if (relations.get(facts.relation(fact))) {
            subtract(recorded.row(fact), recorded.relationOffset(), writable(Table.RELATIONS, facts.relation(fact)));
        }
        if (entities.get(facts.tail(fact))) {
            subtractFromEntity(recorded, fact, recorded.tailOffset(), facts.tail(fact));
        }
    }

    private void subtractFromEntity(InfluenceLedger recorded, int fact, int offset, int entity) {
        subtract(recorded.row(fact), offset, writable(Table.ENTITIES, entity));
    }

    private static void subtract(float[] updates, int offset, float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] -= updates[offset + i];
        }
    }
}
