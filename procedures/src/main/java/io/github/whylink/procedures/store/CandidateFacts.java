package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * The training facts that may explain a link: those at its source, at its target, and of its type. Only their updates are
 * read from the graph, not those of all facts; where there is room for those in memory, see {@link RecordedFacts}. A
 * relationship whose property has changed, so that it is another fact than the one trained on, is none of them.
 *
 * <p>In the order of (head, relation, tail), so that the same sums come out whatever order the graph gives them in.
 *
 * @param facts numbered as in the model, with the keys that they had in the training
 * @param ledger the updates of these facts, as they are stored: what an explanation is exact about
 * @param relationships the relationship that is each fact
 */
public record CandidateFacts(Facts facts, InfluenceLedger ledger, List<Relationship> relationships) {
    private static final int CHECK_EVERY = 1_000;

    /**
     * Reads the candidates.
     *
     * @param checkCancelled called now and then, cancels by throwing
     * @throws ModelReplacedException if a new version has taken the model's place
     */
    public static CandidateFacts of(
            Transaction transaction,
            LoadedModel model,
            Node source,
            int relation,
            Node target,
            Runnable checkCancelled) {
        Reading reading = new Reading(model, checkCancelled);
        try (Stream<Relationship> atSource = source.getRelationships().stream();
                Stream<Relationship> atTarget = target.getRelationships().stream();
                Stream<Relationship> ofType =
                        transaction.findRelationships(model.relationshipType(relation)).stream()) {
            atSource.forEach(reading::add);
            atTarget.forEach(reading::add);
            ofType.filter(link -> model.isOf(link, relation)).forEach(reading::add);
        }
        model.requireCurrent(transaction);
        return reading.candidates();
    }

    /**
     * Reads all facts of the model. O(relationships of the graph).
     *
     * @param checkCancelled called now and then, cancels by throwing
     * @throws ModelReplacedException if a new version has taken the model's place
     */
    static CandidateFacts ofAll(Transaction transaction, LoadedModel model, Runnable checkCancelled) {
        Reading reading = new Reading(model, checkCancelled);
        try (Stream<Relationship> all = transaction.getAllRelationships().stream()) {
            all.forEach(reading::add);
        }
        model.requireCurrent(transaction);
        return reading.candidates();
    }

    /** Tells whether a relationship carries the updates of the training fact that it is. */
    public static boolean isTrained(LoadedModel model, Relationship relationship) {
        if (!relationship.hasProperty(model.rollbackKey())) {
            return false;
        }
        int relation = model.relation(relationship);
        return relation >= 0
                && (!model.relations().get(relation).isSplit()
                        || FactRecords.isOf(
                                relationship.getProperty(model.rollbackKey()),
                                model.relations().get(relation)));
    }

    /** How the updates of a fact of this model are written. */
    static LedgerCodec codec(LoadedModel model) {
        Parameters parameters = model.embedding().parameters();
        return new LedgerCodec(parameters.entities()[0].length, parameters.relations()[0].length);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Candidate(int head, int relation, int tail, float[] updates, Relationship relationship) {
        boolean sameFact(Candidate other) {
            return head == other.head && relation == other.relation && tail == other.tail;
        }
    }

    /** Collects candidates, some of which come along twice. */
    private static final class Reading {
        private final LoadedModel model;
        private final Runnable checkCancelled;
        private final int entityWidth;
        private final int relationWidth;
        private final FactRecords records;
        private final List<Candidate> found = new ArrayList<>();
        private int seen;

        Reading(LoadedModel model, Runnable checkCancelled) {
            this.model = model;
            this.checkCancelled = checkCancelled;
            entityWidth = model.embedding().parameters().entities()[0].length;
            relationWidth = model.embedding().parameters().relations()[0].length;
            records = new FactRecords(CandidateFacts.codec(model));
        }

        void add(Relationship relationship) {
            if (seen++ % CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            int relation = model.relation(relationship);
            int head = model.entity(InternalIds.startOf(relationship));
            int tail = model.entity(InternalIds.endOf(relationship));
            if (relation < 0 || head < 0 || tail < 0) {
                return;
            }
            float[] updates = records.decode(
                    relationship.getProperty(model.rollbackKey(), null),
                    model.relations().get(relation));
            if (updates != null) {
                found.add(new Candidate(head, relation, tail, updates, relationship));
            }
        }

        CandidateFacts candidates() {
            found.sort(Comparator.comparingInt(Candidate::head)
                    .thenComparingInt(Candidate::relation)
                    .thenComparingInt(Candidate::tail)
                    .thenComparingLong(candidate -> InternalIds.of(candidate.relationship)));
            List<Candidate> distinct = new ArrayList<>(found.size());
            for (Candidate candidate : found) {
                if (distinct.isEmpty() || !candidate.sameFact(distinct.get(distinct.size() - 1))) {
                    distinct.add(candidate);
                }
            }
            long[] nameHashes =
                    model.types().stream().mapToLong(Projection::hash).toArray();
            Facts facts = new Facts(
                    model.nodeIds().length,
                    model.types().size(),
                    distinct.stream().mapToInt(Candidate::head).toArray(),
                    distinct.stream().mapToInt(Candidate::relation).toArray(),
                    distinct.stream().mapToInt(Candidate::tail).toArray(),
                    distinct.stream()
                            .mapToLong(fact -> Projection.key(
                                    model.nodeIds()[fact.head], nameHashes[fact.relation], model.nodeIds()[fact.tail]))
                            .toArray());
            float[][] updates = distinct.stream().map(Candidate::updates).toArray(float[][]::new);
            return new CandidateFacts(
                    facts,
                    new InfluenceLedger(updates, entityWidth, relationWidth),
                    distinct.stream().map(Candidate::relationship).toList());
        }
    }
}
