package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.train.Beginning;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Selection;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import org.neo4j.graphdb.Transaction;

/**
 * The model that a training goes on from, as it is now: its rows, what was recorded of its facts, and which facts it has
 * seen. The new model has all of it, as far as the graph still has the facts:
 *
 * <pre>
 * first rows of the new training = last rows of the old one, or random ones where it has none
 * recorded of a fact             = what the old training recorded + what the new one does
 * row = random row + all that is recorded + what both trainings did to it as a negative + what facts did that are gone
 * </pre>
 */
public final class Predecessor {
    private final StoredModel stored;
    private final LoadedModel model;

    /** Keys of facts of its training that it was made to forget, ascending. */
    private final long[] forgotten;

    private Predecessor(StoredModel stored, LoadedModel model, long[] forgotten) {
        this.stored = stored;
        this.model = model;
        this.forgotten = forgotten;
    }

    /**
     * Reads the rows.
     *
     * @throws ModelReplacedException if a new version has taken its place since it was found
     */
    public static Predecessor of(Transaction transaction, StoredModel stored, Runnable checkCancelled) {
        return new Predecessor(
                stored,
                LoadedModel.of(transaction, stored, checkCancelled),
                stored.again(transaction).forgotten());
    }

    /**
     * Reads what the new model is to be trained on. Of parallel relationships, the one that carries what was recorded is the
     * fact.
     *
     * @throws IllegalArgumentException if there is no fact in it
     */
    public Projection graph(Transaction transaction, Selection selection, Runnable checkCancelled) {
        return Projection.of(
                transaction, selection, id -> ModelFacts.isTrained(transaction, model, id), checkCancelled);
    }

    /**
     * How many of some facts it was made to forget: who trains on what the graph has learns them again.
     *
     * @param chosen of the graph
     */
    public int forgotten(Projection graph, int[] chosen) {
        return (int) Arrays.stream(chosen)
                .filter(fact -> isForgotten(graph.facts().key(fact)))
                .count();
    }

    private boolean isForgotten(long key) {
        return Arrays.binarySearch(forgotten, key) >= 0;
    }

    /**
     * The facts that it was trained on, of those that there are now. What it was made to forget is among them: that its rows
     * keep nothing of such a fact is not certain enough to be measured with it.
     *
     * @throws IllegalArgumentException if the graph no longer tells, and some facts are not to be trained on
     */
    public BitSet seen(Transaction transaction, Projection graph, TrainConfiguration request, Runnable checkCancelled) {
        BitSet seen = new BitSet();
        if (stored.explains()) {
            for (int fact = 0; fact < graph.facts().count(); fact++) {
                if (fact % LoadedModel.CHECK_EVERY == 0) {
                    checkCancelled.run();
                }
                seen.set(
                        fact,
                        isForgotten(graph.facts().key(fact))
                                || ModelFacts.isTrained(transaction, model, graph.relationshipIds()[fact]));
            }
            model.requireCurrent(transaction);
            return seen;
        }
        Projection ofIts = Projection.current(transaction, stored.selection(), checkCancelled);
        if (ofIts.fingerprint() == stored.fingerprint()) {
            long[] keys = Arrays.stream(stored.split(transaction, ofIts.facts()).training())
                    .mapToLong(ofIts.facts()::key)
                    .sorted()
                    .toArray();
            for (int fact = 0; fact < graph.facts().count(); fact++) {
                seen.set(fact, Arrays.binarySearch(keys, graph.facts().key(fact)) >= 0);
            }
        } else if (request.heldOutFraction() > 0 || request.validationFraction() > 0) {
            throw new IllegalArgumentException(
                    "'heldOutFraction' and 'validationFraction' must be 0: the facts of model '%s' have changed since it was trained, and with influence: false nothing in the graph tells which of them it has seen, so that none can be kept to measure the new one"
                            .formatted(stored.name()));
        }
        return seen;
    }

    /**
     * What was recorded of facts; zeros for those that it has not seen.
     *
     * @param chosen of the graph, in the order of the ledger
     */
    public InfluenceLedger recorded(Transaction transaction, Projection graph, int[] chosen, Runnable checkCancelled) {
        int entityWidth = model.embedding().parameters().entities()[0].length;
        int relationWidth = model.embedding().parameters().relations()[0].length;
        FactRecords records = new FactRecords(CandidateFacts.codec(model));
        float[] nothing = new float[2 * entityWidth + relationWidth];
        float[][] rows = new float[chosen.length][];
        for (int i = 0; i < chosen.length; i++) {
            if (i % LoadedModel.CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            Optional<float[]> updates = InternalIds.relationship(transaction, graph.relationshipIds()[chosen[i]])
                    .filter(found -> model.relation(found) >= 0)
                    .map(found -> records.decode(
                            found.getProperty(model.rollbackKey(), null),
                            model.relations().get(model.relation(found))));
            rows[i] = updates.orElse(nothing);
        }
        model.requireCurrent(transaction);
        return new InfluenceLedger(rows, entityWidth, relationWidth);
    }

    /**
     * Where the training of one of the models begins that answer together.
     *
     * @param facts of the graph that are trained on
     * @param settings of that one
     * @param member which, from 0
     */
    public Beginning beginning(Projection graph, Facts facts, TrainingSettings settings, int member) {
        int[] entities = Arrays.stream(graph.nodeIds()).mapToInt(model::entity).toArray();
        int[] relations = graph.relations().stream()
                .mapToInt(relation -> model.relation(relation.name()))
                .toArray();
        Parameters known = stored.ensembleSize() == 1
                ? model.embedding().parameters()
                : new SideBySide(stored.function(), stored.ensembleSize())
                        .member(model.embedding(), member)
                        .parameters();
        return Beginning.at(Beginning.goingOn(facts, settings, known, entities, relations));
    }
}
