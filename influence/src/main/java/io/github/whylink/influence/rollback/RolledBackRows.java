package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.influence.Link;

/**
 * The rows of a model less what one fact did to them. The model is neither copied nor modified. Scratch space, one
 * instance per thread.
 */
final class RolledBackRows {
    private final ScoringFunction function;
    private final Parameters parameters;
    private final Facts facts;
    private final InfluenceLedger ledger;
    private final float[] update;
    private final float[] relationUpdate;
    private final float[] head;
    private final float[] relation;

    RolledBackRows(EmbeddingModel model, Facts facts, InfluenceLedger ledger) {
        this.function = model.function();
        this.parameters = model.parameters();
        this.facts = facts;
        this.ledger = ledger;
        update = new float[parameters.entities()[0].length];
        head = new float[update.length];
        relationUpdate = new float[parameters.relations()[0].length];
        relation = new float[relationUpdate.length];
    }

    /** Whether the fact has a row that the query of the link is made of. */
    boolean reachesQuery(int fact, Link link) {
        return facts.relation(fact) == link.relation()
                || facts.head(fact) == link.head()
                || facts.tail(fact) == link.head();
    }

    /** Computes the query of a link without the fact. {@code query} is modified. */
    void query(int fact, Link link, float[] query) {
        float[] relationRow = parameters.relations()[link.relation()];
        if (facts.relation(fact) == link.relation()) {
            subtract(relationRow, fact, ledger.relationOffset(), relationUpdate, relation);
            relationRow = relation;
        }
        function.tailQuery(entity(fact, link.head(), head), relationRow, query);
    }

    /**
     * The row of an entity without the fact.
     *
     * @param out Modified, where the entity is an end of the fact.
     * @return {@code out}, or the row of the model where the fact did nothing to it
     */
    float[] entity(int fact, int entity, float[] out) {
        float[] row = parameters.entities()[entity];
        if (facts.head(fact) == entity) {
            subtract(row, fact, ledger.headOffset(), update, out);
            return out;
        }
        if (facts.tail(fact) == entity) {
            subtract(row, fact, ledger.tailOffset(), update, out);
            return out;
        }
        return row;
    }

    /** Copies first, as the JIT compiler does not vectorise arrays with different offsets. */
    private void subtract(float[] row, int fact, int offset, float[] part, float[] out) {
        System.arraycopy(ledger.row(fact), offset, part, 0, row.length);
        for (int i = 0; i < row.length; i++) {
            out[i] = row[i] - part[i];
        }
    }
}
