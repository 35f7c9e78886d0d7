package io.github.whylink.procedures.store;

import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.Relation;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.ResourceIterator;
import org.neo4j.graphdb.Transaction;

/** The {@code _WhylinkModel} nodes: which models there are, and the errors about those that there are not. */
public final class ModelNodes {
    static final Label MODEL = Label.label("_WhylinkModel");
    static final Label RELATION = Label.label("_WhylinkRelation");
    static final Label UNDO = Label.label("_WhylinkUndo");
    static final Label SPLIT = Label.label("_WhylinkSplit");
    static final RelationshipType HAS_SPLIT = RelationshipType.withName("_WHYLINK_SPLIT");
    static final RelationshipType HAS_UNDO = RelationshipType.withName("_WHYLINK_UNDO");
    static final RelationshipType HAS_RELATION = RelationshipType.withName("_WHYLINK_RELATION");

    static final String NAME = "name";
    static final String STATE = "state";
    static final String CREATED_AT = "createdAt";
    static final String ENTITIES = "entityCount";
    static final String RELATIONS = "relationCount";
    static final String FACTS = "factCount";
    static final String FINGERPRINT = "fingerprint";
    static final String EPOCHS = "epochs";
    static final String LIPSCHITZ = "lipschitz";
    static final String PLUGIN_VERSION = "pluginVersion";
    static final String TYPE = "type";
    static final String RELATIONSHIP_TYPE = "relationshipType";
    static final String PROPERTY = "property";
    static final String VALUE = "value";
    static final String RELATION_FACTS = "facts";
    static final String EMBEDDING = "embedding";
    static final String SELF_LOOPS = "selfLoops";

    /** What turns a score of the relation into the probability that it is true; absent if nothing was there to fit it to. */
    static final String CALIBRATION_SLOPE = "calibrationSlope";

    static final String CALIBRATION_INTERCEPT = "calibrationIntercept";

    /** Key of the embeddings on nodes, while it is not the usual one. */
    static final String EMBEDDING_KEY = "embeddingProperty";

    /** Key of the updates on relationships, where it is not the usual one. */
    static final String ROLLBACK_KEY = "rollbackProperty";

    /** When rows were changed after the training, and what was done; absent if they are those of the training. */
    static final String CHANGED_AT = "changedAt";

    static final String CHANGE = "change";

    /** Keys of the facts that it was made to forget since, ascending; absent if there are none. */
    static final String FORGOTTEN = "forgottenFacts";

    /** Name of the model in whose rows its training began; absent if it began anew. */
    static final String CONTINUED_FROM = "continuedFrom";

    /** How far a new version has come that is made beside one that answers; absent if there is none. */
    static final String NEXT_VERSION = "nextVersion";

    static final String WRITING = "writing";
    static final String SETTLING = "settling";

    static final String TRAINING = "training";
    static final String READY = "ready";
    static final String DROPPING = "dropping";

    private ModelNodes() {}

    /** Writes what a relation is, beside its name. */
    static void describe(Node node, Relation relation) {
        node.setProperty(TYPE, relation.name());
        if (relation.isSplit()) {
            node.setProperty(RELATIONSHIP_TYPE, relation.type());
            node.setProperty(PROPERTY, relation.property());
            node.setProperty(VALUE, relation.value());
        }
    }

    static Relation relation(Node node) {
        return node.hasProperty(PROPERTY)
                ? new Relation(
                        (String) node.getProperty(RELATIONSHIP_TYPE),
                        (String) node.getProperty(PROPERTY),
                        node.getProperty(VALUE))
                : new Relation((String) node.getProperty(TYPE));
    }

    /** All models, by name, whether or not they are ready. */
    public static List<StoredModel> all(Transaction transaction) {
        return ModelCommits.readBetween(() -> {
            try (ResourceIterator<Node> nodes = transaction.findNodes(MODEL)) {
                return nodes.stream()
                        .filter(StoredModel::describesAModel)
                        .map(StoredModel::of)
                        .sorted(Comparator.comparing(model -> model.name().value()))
                        .toList();
            }
        });
    }

    /** The model of a name, whether or not it is ready. */
    public static Optional<StoredModel> find(Transaction transaction, ModelName name) {
        return all(transaction).stream()
                .filter(model -> model.name().equals(name))
                .findFirst();
    }

    /**
     * Finds a model that must be there and ready.
     *
     * @throws IllegalArgumentException if there is no such model, with the names there are
     * @throws IllegalStateException if it is not ready
     */
    public static StoredModel requireReady(Transaction transaction, ModelName name, boolean busy) {
        StoredModel model = find(transaction, name).orElseThrow(() -> unknown(transaction, name));
        if (!model.ready()) {
            throw new IllegalStateException(
                    busy
                            ? "model '%s' is not ready: it is being trained or dropped right now; CALL whylink.jobs() shows how far it is"
                                    .formatted(name)
                            : "model '%s' is incomplete: its training or removal was cut short; CALL whylink.models.drop('%s') removes what is left of it"
                                    .formatted(name, name));
        }
        return model;
    }

    /**
     * Checks that no model has a name.
     *
     * @throws IllegalStateException if one has, even an incomplete one
     */
    static void requireFree(Transaction transaction, ModelName name) {
        find(transaction, name).ifPresent(model -> {
            throw new IllegalStateException(
                    model.ready()
                            ? "a model '%s' exists already; replace it with overwrite: true, take another name, or remove it with CALL whylink.models.drop('%s')"
                                    .formatted(name, name)
                            : "an incomplete model '%s' is in the way: its training or removal was cut short; overwrite: true replaces it, CALL whylink.models.drop('%s') removes what is left of it"
                                    .formatted(name, name));
        });
    }

    /**
     * Checks that a training may take a name.
     *
     * @param overwrite whether it may replace a model
     * @throws IllegalStateException if it may not and there is one, even an incomplete one
     */
    public static void requireFree(Transaction transaction, ModelName name, boolean overwrite) {
        if (!overwrite) {
            requireFree(transaction, name);
        }
    }

    /** The error about a model that does not exist. */
    public static IllegalArgumentException unknown(Transaction transaction, ModelName name) {
        List<String> names =
                all(transaction).stream().map(model -> model.name().value()).toList();
        return new IllegalArgumentException("there is no model '%s'%s"
                .formatted(
                        name,
                        names.isEmpty()
                                ? "; there is none yet, CALL whylink.train('%s') makes one".formatted(name)
                                : Nearest.hint(name.value(), names)));
    }
}
