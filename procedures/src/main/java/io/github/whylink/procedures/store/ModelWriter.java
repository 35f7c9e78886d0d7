package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.ranking.PlattCalibration;
import io.github.whylink.embedding.ranking.RankingEvaluation;
import io.github.whylink.embedding.ranking.RelationCalibrations;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.train.TrainingResult;
import io.github.whylink.influence.rollback.InfluenceLedger;
import io.github.whylink.influence.rollback.LedgerCodec;
import io.github.whylink.procedures.PluginVersion;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.HeldOutSplit;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Projection;
import io.github.whylink.procedures.projection.Relation;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * Writes a model into the graph, so that at any moment it is either not there, or marked as unfinished, or complete.
 *
 * <pre>
 * reserve   (:_WhylinkModel {name, state: 'training', configuration ...})
 * write     embeddings on the nodes, influence and updates on the relationships
 * finish    relation nodes, counts, metrics, fingerprint, state: 'ready'      one transaction
 * </pre>
 *
 * <p>A new version of a model that answers is written beside it, as {@link ModelVersions} tells; finishing it is the switch.
 */
public final class ModelWriter {
    private static final List<String> METRICS = List.of("mrr", "mrrTail", "hits1", "hits3", "hits10", "meanRank");

    private final InnerTransactions transactions;
    private final ModelName name;
    private final Runnable checkCancelled;
    private final boolean replaces;

    /**
     * A writer of one model.
     *
     * @param replaces whether a model of that name answers, which this is to be the new version of
     */
    public ModelWriter(InnerTransactions transactions, ModelName name, boolean replaces, Runnable checkCancelled) {
        this.transactions = transactions;
        this.name = name;
        this.replaces = replaces;
        this.checkCancelled = checkCancelled;
    }

    /**
     * Finds out before the training whether writing would have to wait for another transaction, the caller's above all.
     * It locks what will be written, a batch at a time, and lets it go again.
     *
     * @param influence whether the relationships are written too
     * @throws IllegalStateException if it would
     */
    public void probe(Projection graph, boolean influence) {
        transactions.probeInBatches(graph.nodeIds().length, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                InternalIds.lockedNode(transaction, graph.nodeIds()[i]);
            }
        });
        if (!influence) {
            return;
        }
        transactions.probeInBatches(graph.facts().count(), checkCancelled, (transaction, from, to) -> {
            for (int fact = from; fact < to; fact++) {
                relationship(transaction, graph, fact);
            }
        });
    }

    /** Makes the model node, marked as unfinished; or marks the one there is, which goes on answering. */
    public void reserve(TrainConfiguration configuration) {
        if (replaces) {
            new ModelVersions(transactions, checkCancelled).begin(name);
            return;
        }
        transactions.write(transaction -> {
            ModelNodes.requireFree(transaction, name);
            Node model = transaction.createNode(ModelNodes.MODEL);
            model.setProperty(ModelNodes.NAME, name.value());
            model.setProperty(ModelNodes.STATE, ModelNodes.TRAINING);
            describe(model, configuration);
        });
    }

    private static void describe(Node model, TrainConfiguration configuration) {
        Map<String, Object> settings = configuration.toMap();
        model.setProperty(ModelNodes.CREATED_AT, ZonedDateTime.now(ZoneOffset.UTC));
        model.setProperty(ModelNodes.PLUGIN_VERSION, PluginVersion.TEXT);
        model.setProperty("configuration", Json.write(settings));
        settings.forEach((key, value) -> model.setProperty(
                key,
                value instanceof List<?> list
                        ? list.stream().map(String.class::cast).toArray(String[]::new)
                        : value instanceof Map<?, ?> map ? StoredModel.pairs(map) : value));
    }

    /**
     * Writes the rows. Nodes and relationships that were deleted during the training are passed over.
     *
     * @param ledger of the training facts; null if none was recorded
     * @param form how its rows are stored
     */
    public void write(
            Projection graph,
            HeldOutSplit split,
            Parameters parameters,
            InfluenceLedger ledger,
            LedgerCodec.Form form) {
        int entityWidth = parameters.entities()[0].length;
        String embeddingKey = replaces ? name.secondEmbeddingKey() : name.embeddingKey();
        transactions.writeInBatches(graph.nodeIds().length, entityWidth, checkCancelled, (transaction, from, to) -> {
            for (int i = from; i < to; i++) {
                float[] row = parameters.entities()[i];
                InternalIds.lockedNode(transaction, graph.nodeIds()[i])
                        .ifPresent(node -> node.setProperty(embeddingKey, row));
            }
        });
        if (ledger != null) {
            LedgerCodec codec = new LedgerCodec(entityWidth, parameters.relations()[0].length);
            FactRecords records = new FactRecords(codec);
            int floats = codec.bytes(form) / Float.BYTES;
            String influenceKey = replaces ? name.secondInfluenceKey() : name.influenceKey();
            String rollbackKey = transactions.read(transaction -> rollbackKey(model(transaction)));
            transactions.writeInBatches(split.training().length, floats, checkCancelled, (transaction, from, to) -> {
                for (int i = from; i < to; i++) {
                    int row = i;
                    int fact = split.training()[i];
                    Relation relation = graph.relations().get(graph.facts().relation(fact));
                    relationship(transaction, graph, fact).ifPresent(found -> {
                        found.setProperty(influenceKey, (float) ledger.magnitude(row));
                        found.setProperty(rollbackKey, records.encode(ledger.row(row), form, relation));
                    });
                }
            });
        }
    }

    /** Key of the updates that this writer writes. */
    private String rollbackKey(StoredModel model) {
        return replaces ? ModelVersions.unusedRollbackKey(model) : model.rollbackKey();
    }

    private StoredModel model(Transaction transaction) {
        return ModelNodes.find(transaction, name).orElseThrow(() -> deleted(name));
    }

    static IllegalStateException deleted(ModelName name) {
        return new IllegalStateException("the node of model '%s' was deleted while it was trained".formatted(name));
    }

    /**
     * Writes what belongs to the model as a whole and makes it usable, in one transaction. From then on it is the new
     * version that answers, if this replaces one.
     *
     * @param evaluation null if nothing was held out
     * @param lipschitz how steep the score is at most on the training facts
     * @param calibrations null if there was nothing to fit them to
     */
    public void finish(
            TrainConfiguration configuration,
            Projection graph,
            HeldOutSplit split,
            TrainingResult trained,
            RankingEvaluation evaluation,
            double lipschitz,
            RelationCalibrations calibrations) {
        boolean[] selfLoops = new boolean[graph.relations().size()];
        long[] facts = new long[graph.relations().size()];
        for (int fact : split.training()) {
            facts[graph.facts().relation(fact)]++;
            selfLoops[graph.facts().relation(fact)] |=
                    graph.facts().head(fact) == graph.facts().tail(fact);
        }
        transactions.write(transaction -> {
            StoredModel stored = model(transaction);
            Node model = stored.node();
            if (replaces) {
                removeRelations(model);
                TrainConfiguration.KEYS.forEach(model::removeProperty);
                METRICS.forEach(model::removeProperty);
                model.removeProperty(ModelNodes.CHANGED_AT);
                model.removeProperty(ModelNodes.CHANGE);
                model.removeProperty(ModelNodes.FORGOTTEN);
                model.removeProperty(ModelNodes.CONTINUED_FROM);
                describe(model, configuration);
                model.setProperty(ModelNodes.EMBEDDING_KEY, name.secondEmbeddingKey());
                model.setProperty(ModelNodes.ROLLBACK_KEY, rollbackKey(stored));
                model.setProperty(ModelNodes.NEXT_VERSION, ModelNodes.SETTLING);
            }
            if (configuration.continueFrom() != null) {
                model.setProperty(ModelNodes.CONTINUED_FROM, configuration.continueFrom());
                NotedSplit.write(transaction, model, graph.facts(), split);
            }
            for (int i = 0; i < graph.relations().size(); i++) {
                Node relation = transaction.createNode(ModelNodes.RELATION);
                ModelNodes.describe(relation, graph.relations().get(i));
                relation.setProperty(ModelNodes.EMBEDDING, trained.parameters().relations()[i]);
                relation.setProperty(ModelNodes.SELF_LOOPS, selfLoops[i]);
                relation.setProperty(ModelNodes.RELATION_FACTS, facts[i]);
                if (calibrations != null) {
                    PlattCalibration curve = calibrations.curves().get(i);
                    relation.setProperty(ModelNodes.CALIBRATION_SLOPE, curve.slope());
                    relation.setProperty(ModelNodes.CALIBRATION_INTERCEPT, curve.intercept());
                }
                model.createRelationshipTo(relation, ModelNodes.HAS_RELATION);
            }
            model.setProperty(ModelNodes.ENTITIES, (long) graph.nodeIds().length);
            model.setProperty(ModelNodes.RELATIONS, (long) graph.relations().size());
            model.setProperty(ModelNodes.FACTS, (long) split.training().length);
            model.setProperty("heldOutCount", (long) split.heldOut().length);
            model.setProperty("validationCount", (long) split.validation().length);
            model.setProperty(ModelNodes.EPOCHS, (long) trained.bestEpoch());
            StoredCurve.write(model, trained);
            model.setProperty(ModelNodes.FINGERPRINT, graph.fingerprint());
            model.setProperty(ModelNodes.LIPSCHITZ, lipschitz);
            if (evaluation != null) {
                List<Double> metrics = List.of(
                        evaluation.both().mrr(),
                        evaluation.tail().mrr(),
                        evaluation.both().hits1(),
                        evaluation.both().hits3(),
                        evaluation.both().hits10(),
                        evaluation.both().meanRank());
                for (int i = 0; i < metrics.size(); i++) {
                    model.setProperty(METRICS.get(i), metrics.get(i));
                }
            }
            model.setProperty(ModelNodes.STATE, ModelNodes.READY);
        });
    }

    /** Deletes the relation nodes of a model, what its last change could be undone with, and what was noted of its split. */
    static void removeRelations(Node model) {
        ModelChange.forgetUndo(model);
        NotedSplit.remove(model);
        List<Relationship> links = model.getRelationships(Direction.OUTGOING, ModelNodes.HAS_RELATION).stream()
                .toList();
        for (Relationship link : links) {
            Node relation = link.getEndNode();
            link.delete();
            relation.delete();
        }
    }

    /** The relationship of a fact, locked, unless it was deleted and, maybe, its id was given to another one. */
    private static Optional<Relationship> relationship(Transaction transaction, Projection graph, int fact) {
        Facts facts = graph.facts();
        return InternalIds.lockedRelationship(
                transaction,
                graph.relationshipIds()[fact],
                graph.nodeIds()[facts.head(fact)],
                graph.relations().get(facts.relation(fact)).type(),
                graph.nodeIds()[facts.tail(fact)]);
    }
}
