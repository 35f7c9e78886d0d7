package io.github.whylink.procedures.store;

import io.github.whylink.embedding.ranking.PlattCalibration;
import io.github.whylink.embedding.ranking.RelationCalibrations;
import io.github.whylink.embedding.scoring.EmbeddingModel;
import io.github.whylink.embedding.scoring.Parameters;
import io.github.whylink.embedding.scoring.ScoringFunction;
import io.github.whylink.embedding.scoring.SideBySide;
import io.github.whylink.embedding.tune.Nearest;
import io.github.whylink.influence.rollback.EntityColumns;
import io.github.whylink.procedures.config.ModelName;
import io.github.whylink.procedures.projection.InternalIds;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.Transaction;

/**
 * A model in memory, with the way from nodes and types to its numbers and back. Shared between calls, which see no change:
 * what explanations need beside the rows is prepared when the first one asks for it.
 */
public final class LoadedModel {
    static final int CHECK_EVERY = 10_000;

    private static final long CHECK_MILLIS = 20;

    private final StoredModel stored;
    private final EmbeddingModel embedding;
    private final long[] nodeIds;
    private final List<String> types;
    private final List<Boolean> selfLoops;
    private final Lock preparing = new ReentrantLock();
    private EntityColumns columns;
    private final AtomicBoolean readingRecorded = new AtomicBoolean();
    private volatile SoftReference<RecordedFacts> recorded = new SoftReference<>(null);

    /** Null where nothing was there to fit them to, and of models from before there were any. */
    private final RelationCalibrations calibrations;

    private LoadedModel(
            StoredModel stored,
            EmbeddingModel embedding,
            long[] nodeIds,
            List<String> types,
            List<Boolean> selfLoops,
            RelationCalibrations calibrations) {
        this.stored = stored;
        this.embedding = embedding;
        this.nodeIds = nodeIds;
        this.types = types;
        this.selfLoops = selfLoops;
        this.calibrations = calibrations;
    }

    /**
     * Reads a model from the graph. O(nodes). Entities that were deleted since the training are no part of it.
     *
     * @param checkCancelled called now and then, cancels by throwing
     * @throws ModelReplacedException if a new version has taken its place
     */
    static LoadedModel of(Transaction transaction, StoredModel wanted, Runnable checkCancelled) {
        while (true) {
            StoredModel stored = wanted.again(transaction);
            ModelReplacedException.requireSame(wanted, stored);
            LoadedModel read = read(transaction, stored, checkCancelled);
            StoredModel after = wanted.again(transaction);
            ModelReplacedException.requireSame(wanted, after);
            if (stored.embeddingKey().equals(after.embeddingKey())) {
                return read;
            }
            // A new version has got the usual keys meanwhile, and maybe lost the others on nodes not yet seen.
        }
    }

    private static LoadedModel read(Transaction transaction, StoredModel stored, Runnable checkCancelled) {
        ScoringFunction function = stored.function();
        List<Row> entities = entities(transaction, stored, stored.entityWidth(), checkCancelled);
        List<Relation> relations = new ArrayList<>();
        Node modelNode = transaction.getNodeByElementId(stored.node().getElementId());
        for (Relationship link : modelNode.getRelationships(Direction.OUTGOING, ModelNodes.HAS_RELATION)) {
            Node node = link.getEndNode();
            relations.add(new Relation(
                    (String) node.getProperty(ModelNodes.TYPE),
                    (float[]) node.getProperty(ModelNodes.EMBEDDING),
                    (boolean) node.getProperty(ModelNodes.SELF_LOOPS),
                    calibration(node)));
        }
        relations.sort(Comparator.comparing(Relation::type));
        Parameters parameters = new Parameters(
                entities.stream().map(Row::values).toArray(float[][]::new),
                relations.stream().map(Relation::values).toArray(float[][]::new));
        return new LoadedModel(
                stored,
                new EmbeddingModel(function, parameters),
                entities.stream().mapToLong(Row::id).toArray(),
                relations.stream().map(Relation::type).toList(),
                relations.stream().map(Relation::selfLoops).toList(),
                relations.stream().anyMatch(relation -> relation.calibration == null)
                        ? null
                        : new RelationCalibrations(
                                relations.stream().map(Relation::calibration).toList()));
    }

    private static PlattCalibration calibration(Node relation) {
        return relation.getProperty(ModelNodes.CALIBRATION_SLOPE, null) instanceof Double slope
                        && relation.getProperty(ModelNodes.CALIBRATION_INTERCEPT, null) instanceof Double intercept
                ? new PlattCalibration(slope, intercept)
                : null;
    }

    private static List<Row> entities(Transaction transaction, StoredModel stored, int width, Runnable checkCancelled) {
        String key = stored.embeddingKey();
        List<Row> rows = new ArrayList<>();
        try (Stream<Node> nodes = transaction.getAllNodes().stream()) {
            int seen = 0;
            for (Iterator<Node> all = nodes.iterator(); all.hasNext(); ) {
                if (seen++ % CHECK_EVERY == 0) {
                    checkCancelled.run();
                }
                Node node = all.next();
                if (node.getProperty(key, null) instanceof float[] values && values.length == width) {
                    rows.add(new Row(InternalIds.of(node), values));
                }
            }
        }
        rows.sort(Comparator.comparingLong(Row::id));
        return rows;
    }

    /** The entity rows as columns, made at the first call. O(entities · width²). */
    public EntityColumns columns(Runnable checkCancelled) {
        return prepared(checkCancelled, () -> {
            if (columns == null) {
                columns = EntityColumns.of(embedding);
            }
            return columns;
        });
    }

    /** What the training recorded of all facts, if it is in memory. */
    public Optional<RecordedFacts> recorded() {
        return Optional.ofNullable(recorded.get());
    }

    /** Whether the caller is to {@linkplain #readRecorded read} them now: nobody else does, and the heap has room for them. */
    public boolean claimsRecorded() {
        return recorded.get() == null && RecordedFacts.fit(this, stored) && readingRecorded.compareAndSet(false, true);
    }

    /**
     * Reads into memory what the training recorded of all facts; some seconds for a million, in which calls read from the
     * graph what they need. Once for each claim.
     *
     * @throws RuntimeException if the model was replaced meanwhile, or the database is being stopped
     */
    public void readRecorded(GraphDatabaseService database) {
        Runnable never = () -> {};
        try {
            EntityColumns ready = columns(never);
            recorded = new SoftReference<>(new InnerTransactions(database)
                    .read(transaction -> RecordedFacts.of(transaction, this, ready, never)));
        } finally {
            readingRecorded.set(false);
        }
    }

    /** Forgets them, as some were deleted or changed. */
    public void forgetRecorded() {
        recorded = new SoftReference<>(null);
    }

    /** Does something that only one call at a time may do: the others wait for it, and can be stopped meanwhile. */
    private <T> T prepared(Runnable checkCancelled, Supplier<T> work) {
        try {
            while (!preparing.tryLock(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                checkCancelled.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another call reads model '%s'".formatted(name()), e);
        }
        try {
            return work.get();
        } finally {
            preparing.unlock();
        }
    }

    /** The entity that a node is, or a negative number. */
    public int entity(long nodeId) {
        return Math.max(-1, Arrays.binarySearch(nodeIds, nodeId));
    }

    /**
     * The entity that a node is.
     *
     * @param key under which the user gave the node
     * @throws IllegalArgumentException if the model does not know it
     */
    public int requireEntity(String key, Node node) {
        if (!knows(node)) {
            throw new IllegalArgumentException(
                    "'%s' is a node that model '%s' does not know: it took part in no fact of the model's selection when the model was trained"
                            .formatted(key, name()));
        }
        return entity(InternalIds.of(node));
    }

    /** Whether a node is an entity of the model. */
    public boolean knows(Node node) {
        return entity(InternalIds.of(node)) >= 0 && isEntity(node);
    }

    /** The node that an entity is, unless it was deleted since the model was read. */
    public Optional<Node> node(Transaction transaction, int entity) {
        return InternalIds.node(transaction, nodeIds[entity]).filter(this::isEntity);
    }

    /** Whether no entity was deleted since the model was read, as far as a transaction sees it. O(entities). */
    boolean hasAllNodes(Transaction transaction, Runnable checkCancelled) {
        for (int entity = 0; entity < nodeIds.length; entity++) {
            if (entity % CHECK_EVERY == 0) {
                checkCancelled.run();
            }
            if (node(transaction, entity).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Tells a node of the model from a new one to which the database gave the id of a deleted one. */
    private boolean isEntity(Node node) {
        return node.hasProperty(name().embeddingKey()) || node.hasProperty(name().secondEmbeddingKey());
    }

    /** Key of what its facts did, on relationships. */
    String rollbackKey() {
        return stored.rollbackKey();
    }

    /**
     * Checks, after something was read that belongs to it, that it was not replaced meanwhile.
     *
     * @throws ModelReplacedException if a new version has taken its place
     */
    void requireCurrent(Transaction transaction) {
        ModelReplacedException.requireSame(stored, stored.again(transaction));
    }

    /** The relation that a type is, or a negative number. */
    public int relation(String type) {
        return Math.max(-1, Collections.binarySearch(types, type));
    }

    /**
     * The relation that a type is.
     *
     * @throws IllegalArgumentException if the model does not know it
     */
    public int requireRelation(String type) {
        return requireRelation("type", type);
    }

    /**
     * The relation that a type is.
     *
     * @param key under which the user gave the type
     * @throws IllegalArgumentException if the model does not know it
     */
    public int requireRelation(String key, String type) {
        int relation = relation(type);
        if (relation < 0) {
            throw new IllegalArgumentException("'%s': model '%s' was not trained on relationships of type '%s'%s"
                    .formatted(key, name(), type, Nearest.hint(type, types)));
        }
        return relation;
    }

    /** Whether a fact of this relation that the model was trained on has the same node at both ends. */
    public boolean hasSelfLoops(int relation) {
        return selfLoops.get(relation);
    }

    /** How the models stand that answer together; empty if it is one. */
    public Optional<SideBySide> ensemble() {
        return stored.ensembleSize() == 1
                ? Optional.empty()
                : Optional.of(new SideBySide(embedding.function(), stored.ensembleSize()));
    }

    /** The probability that a link with this score is true; null if the model was not calibrated. */
    public Double calibrated(int relation, double score) {
        return calibrations == null ? null : (Double) calibrations.probability(relation, score);
    }

    /** The model's name. */
    public ModelName name() {
        return stored.name();
    }

    /** What scores. */
    public EmbeddingModel embedding() {
        return embedding;
    }

    /** Internal id of each entity, ascending; must not be modified. */
    public long[] nodeIds() {
        return nodeIds;
    }

    /** Name of each relation, ascending. */
    public List<String> types() {
        return types;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(long id, float[] values) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Relation(String type, float[] values, boolean selfLoops, PlattCalibration calibration) {}
}
