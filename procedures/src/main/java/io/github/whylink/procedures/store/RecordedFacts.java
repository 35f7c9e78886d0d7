package io.github.whylink.procedures.store;

import io.github.whylink.influence.FactIndex;
import io.github.whylink.influence.rollback.EntityColumns;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.influence.rollback.RollbackTables;
import io.github.whylink.procedures.projection.InternalIds;
import java.util.Arrays;
import java.util.Optional;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * What the training recorded of all facts of a model, in memory: thousands of facts may explain a link, and reading what each
 * did takes ten times as long as everything else. Immutable, shared between calls.
 *
 * <p>It knows the facts as they were committed when it was read. New ones were not trained on; of one that was deleted or
 * changed since, the relationship is missing.
 */
public final class RecordedFacts {
    /** The largest share of the heap that the facts of one model may take. */
    private static final int PART_OF_HEAP = 4;

    private final String rollbackKey;
    private final LedgerCodec codec;
    private final InfluenceLedger ledger;
    private final RollbackTables tables;
    private final long[] relationshipIds;

    private RecordedFacts(LoadedModel model, EntityColumns columns, CandidateFacts all) {
        rollbackKey = model.rollbackKey();
        codec = CandidateFacts.codec(model);
        ledger = all.ledger();
        tables = new RollbackTables(columns, all.facts(), new FactIndex(all.facts()), ledger);
        relationshipIds =
                all.relationships().stream().mapToLong(InternalIds::of).toArray();
    }

    /** Whether the heap has room for them. */
    static boolean fit(LoadedModel model, StoredModel stored) {
        int entityWidth = model.embedding().parameters().entities()[0].length;
        int relationWidth = model.embedding().parameters().relations()[0].length;
        return stored.facts() < Integer.MAX_VALUE
                && RollbackTables.bytes(stored.facts().intValue(), entityWidth, relationWidth)
                        < Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    }

    /** Reads them. O(relationships of the graph). */
    static RecordedFacts of(
            Transaction transaction, LoadedModel model, EntityColumns columns, Runnable checkCancelled) {
        return new RecordedFacts(model, columns, CandidateFacts.ofAll(transaction, model, checkCancelled));
    }

    /** What gradient rollback reads of them. */
    public RollbackTables tables() {
        return tables;
    }

    /** The relationship that is a fact, unless it was deleted or what it did was changed. */
    public Optional<Relationship> relationship(Transaction transaction, int fact) {
        return InternalIds.relationship(transaction, relationshipIds[fact])
                .filter(found -> Arrays.equals(codec.decode(found.getProperty(rollbackKey, null)), ledger.row(fact)));
    }
}
