package io.github.whylink.procedures.store;

import org.neo4j.kernel.api.exceptions.Status;

/**
 * A new version took a model's place while a call read it. Nothing is wrong: the same call again gets the new version.
 * Neo4j passes the status on as a transient error, on which the transaction functions of the drivers try again by
 * themselves.
 */
@SuppressWarnings("serial")
public final class ModelReplacedException extends RuntimeException implements Status.HasStatus {
    private ModelReplacedException(StoredModel replaced) {
        super("a new version of model '%s' took its place while this call read it; try again"
                .formatted(replaced.name()));
    }

    /**
     * Compares versions.
     *
     * @throws ModelReplacedException if they differ
     */
    static void requireSame(StoredModel wanted, StoredModel found) {
        if (!wanted.version().equals(found.version())) {
            throw new ModelReplacedException(wanted);
        }
    }

    @Override
    public Status status() {
        return Status.Transaction.Outdated;
    }
}
