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
import io.github.whylink.procedures.config.TrainConfiguration;
import io.github.whylink.procedures.projection.InternalIds;
import io.github.whylink.procedures.projection.Relation;
import io.github.whylink.procedures.projection.Relations;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
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
    private final Relations howRelated;
    private final List<Relation> relations;
    private final List<String> types;
    private final List<Boolean> selfLoops;
    private final long[] factCounts;
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
            List<Relation> relations,
            List<Boolean> selfLoops,
            long[] factCounts,
            RelationCalibrations calibrations) {
        this.stored = stored;
        this.embedding = embedding;
        this.nodeIds = nodeIds;
        this.howRelated = stored.howRelated();
        this.relations = relations;
        this.types = relations.stream().map(Relation::name).toList();
        this.selfLoops = selfLoops;
        this.factCounts = factCounts;
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
            Described described = ModelCommits.readBetween(() -> {
                StoredModel stored = wanted.again(transaction);
                ModelReplacedException.requireSame(wanted, stored);
                return new Described(stored, relations(transaction, stored));
            });
            LoadedModel read = read(transaction, described, checkCancelled);
            StoredModel after = wanted.again(transaction);
            ModelReplacedException.requireSame(wanted, after);
            if (described.stored.embeddingKey().equals(after.embeddingKey())) {
                return read;
            }
            // A new version has got the usual keys meanwhile, and maybe lost the others on nodes not yet seen.
        }
    }

    /** What there is of a model apart from the entities. */
    private record Described(StoredModel stored, List<RelationRow> relations) {}

    private static List<RelationRow> relations(Transaction transaction, StoredModel stored) {
        List<RelationRow> relations = new ArrayList<>();
        Node modelNode = transaction.getNodeByElementId(stored.node().getElementId());
        for (Relationship link : modelNode.getRelationships(Direction.OUTGOING, ModelNodes.HAS_RELATION)) {
            Node node = link.getEndNode();
            relations.add(new RelationRow(
                    ModelNodes.relation(node),
                    (float[]) node.getProperty(ModelNodes.EMBEDDING),
                    Boolean.TRUE.equals(node.getProperty(ModelNodes.SELF_LOOPS)),
                    (Long) node.getProperty(ModelNodes.RELATION_FACTS, 0L),
                    calibration(node)));
        }
        relations.sort(Comparator.comparing(row -> row.relation.name()));
        return relations;
    }

    private static LoadedModel read(Transaction transaction, Described described, Runnable checkCancelled) {
        StoredModel stored = described.stored;
        List<RelationRow> relations = described.relations;
        ScoringFunction function = stored.function();
        List<Row> entities = entities(transaction, stored, stored.entityWidth(), checkCancelled);
        Parameters parameters = new Parameters(
                entities.stream().map(Row::values).toArray(float[][]::new),
                relations.stream().map(RelationRow::values).toArray(float[][]::new));
        return new LoadedModel(
                stored,
                new EmbeddingModel(function, parameters),
                entities.stream().mapToLong(Row::id).toArray(),
                relations.stream().map(RelationRow::relation).toList(),
                relations.stream().map(RelationRow::selfLoops).toList(),
                relations.stream().mapToLong(RelationRow::facts).toArray(),
                relations.stream().anyMatch(row -> row.calibration == null)
                        ? null
                        : new RelationCalibrations(
                                relations.stream().map(RelationRow::calibration).toList()));
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

    /**
     * Whether the caller is to {@linkplain #readRecorded read} them now: nobody else does, and the heap has room for them. Never
     * where a property splits a type: a change of its value makes another fact of a relationship, and memory would not notice.
     */
    public boolean claimsRecorded() {
        return recorded.get() == null
                && relations.stream().noneMatch(Relation::isSplit)
                && RecordedFacts.fit(this, stored)
                && readingRecorded.compareAndSet(false, true);
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

    /** The relation of a name, or a negative number. */
    public int relation(String name) {
        return Math.max(-1, Collections.binarySearch(types, name));
    }

    /** The relation that a relationship is a fact of now, or a negative number. */
    public int relation(Relationship relationship) {
        return relation(howRelated.of(relationship).name());
    }

    /** What a relationship is called where it is a fact: its type or, where a property splits that, with its value. */
    public String typeName(Relationship relationship) {
        return howRelated.of(relationship).name();
    }

    /** The relationships at a node that are facts of a relation now. */
    public Stream<Relationship> relationships(Node node, Direction direction, int relation) {
        return node.getRelationships(direction, relationshipType(relation)).stream()
                .filter(link -> isOf(link, relation));
    }

    /** Whether a relationship of the relation's type is a fact of it now. */
    boolean isOf(Relationship relationship, int relation) {
        return !relations.get(relation).isSplit() || relation(relationship) == relation;
    }

    /** The type of the relationships that are facts of a relation. */
    public RelationshipType relationshipType(int relation) {
        return RelationshipType.withName(relations.get(relation).type());
    }

    /** Each relation, by name ascending. */
    public List<Relation> relations() {
        return relations;
    }

    /** The relations that one type is split into, in the order of their values; empty if it is not split. */
    public int[] split(String type) {
        return IntStream.range(0, relations.size())
                .filter(i ->
                        relations.get(i).isSplit() && relations.get(i).type().equals(type))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> relations.get(i).number()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The types that are split, by name. */
    public List<String> splitTypes() {
        return relations.stream()
                .filter(Relation::isSplit)
                .map(Relation::type)
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * The relations that a type is split into, as {@link #split} has them.
     *
     * @param key under which the user gave the type
     * @throws IllegalArgumentException if it is none that is split
     */
    public int[] requireSplit(String key, String type) {
        int[] split = split(type);
        if (split.length == 0) {
            List<String> types = splitTypes();
            throw new IllegalArgumentException(
                    types.isEmpty()
                            ? "'%s': model '%s' knows no type that a property splits, so that '%s' has no values to predict; train one with 'relationshipProperties'"
                                    .formatted(key, name(), type)
                            : "'%s': '%s' is no type that a property splits in model '%s'; those are %s"
                                    .formatted(key, type, name(), Nearest.list(types)));
        }
        return split;
    }

    /** How many facts of some relations the model was trained on. */
    public long[] factCounts(int[] wanted) {
        return Arrays.stream(wanted).mapToLong(relation -> factCounts[relation]).toArray();
    }

    /**
     * The relations that a user means by some names: {@code *} all of them, and a type that is split what it is split into.
     *
     * @param key under which the user gave them
     * @throws IllegalArgumentException if the model does not know one
     */
    public List<Integer> requireRelations(String key, List<String> names) {
        if (names.contains(TrainConfiguration.ALL)) {
            return IntStream.range(0, relations.size()).boxed().toList();
        }
        return names.stream()
                .flatMapToInt(name -> {
                    int[] split = relation(name) < 0 ? split(name) : new int[0];
                    return split.length > 0 ? IntStream.of(split) : IntStream.of(requireRelation(key, name));
                })
                .distinct()
                .boxed()
                .toList();
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
        int[] split = split(type);
        if (relation < 0 && split.length > 0) {
            throw new IllegalArgumentException(
                    "'%s': in model '%s' the type '%s' is several relations, by its property '%s'; name one of %s"
                            .formatted(
                                    key,
                                    name(),
                                    type,
                                    relations.get(split[0]).property(),
                                    Nearest.list(Arrays.stream(split)
                                            .mapToObj(types::get)
                                            .toList())));
        }
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
    private record RelationRow(
            Relation relation, float[] values, boolean selfLoops, long facts, PlattCalibration calibration) {}
}
