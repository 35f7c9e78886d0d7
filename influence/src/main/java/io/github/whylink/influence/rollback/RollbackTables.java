package io.github.whylink.influence.rollback;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.influence.FactIndex;

/**
 * What gradient rollback reads of a model and of the facts that may be candidates: the columns of the entities, where the
 * facts are, what each did, and how far that went. Made once, O(facts · d), and read by any number of threads. Immutable.
 */
public final class RollbackTables {
    private final EntityColumns columns;
    private final Facts facts;
    private final FactIndex index;
    private final InfluenceLedger ledger;
    private final FactNorms norms;

    /**
     * Takes the norms of what each fact did.
     *
     * @param columns of the model
     * @param facts the facts that may be candidates
     * @param index of these facts
     * @param ledger of these facts, of the widths of the model; not to be modified any more
     */
    public RollbackTables(EntityColumns columns, Facts facts, FactIndex index, InfluenceLedger ledger) {
        this.columns = columns;
        this.facts = facts;
        this.index = index;
        this.ledger = ledger;
        norms = new FactNorms(ledger, facts);
    }

    /** Bytes beside the columns, of so many facts. */
    public static long bytes(int facts, int entityWidth, int relationWidth) {
        return InfluenceLedger.bytes(facts, entityWidth, relationWidth)
                + Facts.bytes(facts)
                + (long) facts * (FactIndex.BYTES + FactNorms.BYTES);
    }

    EntityColumns columns() {
        return columns;
    }

    /** The facts that may be candidates. */
    public Facts facts() {
        return facts;
    }

    FactIndex index() {
        return index;
    }

    InfluenceLedger ledger() {
        return ledger;
    }

    FactNorms norms() {
        return norms;
    }
}
