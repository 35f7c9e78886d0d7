package io.github.whylink.procedures.store;

import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.neo4j.graphdb.GraphDatabaseService;

/**
 * Models that were used lately, as long as there is memory for them.
 *
 * <p>The key holds the version, so that a model that was dropped and trained again is another one. The version does not
 * change when an entity is deleted from the graph, and nothing tells the plugin of that. So a model in memory looks now and
 * then whether its nodes are still there, as often as it may without taking more than a small part of the time: in a small
 * graph at each call, in a large one every few seconds.
 */
public final class ModelCache {
    /** The cache of this server: procedures are made anew for every call, so that they have to meet somewhere. */
    public static final ModelCache OF_THIS_SERVER = new ModelCache();

    private static final int CAPACITY = 8;

    /** Looking whether the nodes are there takes one part of the time in so many. */
    private static final int LOOKED_FOR = 10;

    private final Map<Key, Cached> models = new LinkedHashMap<>(CAPACITY, 0.75f, true);

    private record Key(String database, String version) {}

    /** A model and when, by the clock of the JVM, to look whether its nodes are still there. */
    private record Cached(SoftReference<LoadedModel> model, long lookAtNanos) {
        Cached(LoadedModel model, long lookAtNanos) {
            this(new SoftReference<>(model), lookAtNanos);
        }
    }

    /**
     * Returns the model, from memory if it is there: for those who name the entities that they ask about. An entity whose
     * node was deleted may still be a part of it.
     */
    public LoadedModel get(GraphDatabaseService database, StoredModel stored, Runnable checkCancelled) {
        Cached cached = cached(database, stored);
        LoadedModel model = cached == null ? null : cached.model.get();
        return model == null ? reload(database, stored, checkCancelled) : model;
    }

    /** The same for those who ask about all entities: read again when a node was found to be deleted. */
    public LoadedModel whole(GraphDatabaseService database, StoredModel stored, Runnable checkCancelled) {
        Cached cached = cached(database, stored);
        LoadedModel model = cached == null ? null : cached.model.get();
        if (model == null) {
            return reload(database, stored, checkCancelled);
        }
        long begun = System.nanoTime();
        if (begun - cached.lookAtNanos < 0) {
            return model;
        }
        boolean whole =
                new InnerTransactions(database).read(transaction -> model.hasAllNodes(transaction, checkCancelled));
        if (!whole) {
            return reload(database, stored, checkCancelled);
        }
        long ended = System.nanoTime();
        put(database, stored, new Cached(model, ended + LOOKED_FOR * (ended - begun)));
        return model;
    }

    /** Reads the model from the graph again: what is committed, as the calls of all users share it. */
    public LoadedModel reload(GraphDatabaseService database, StoredModel stored, Runnable checkCancelled) {
        LoadedModel model = new InnerTransactions(database)
                .read(transaction -> LoadedModel.of(transaction, stored, checkCancelled));
        put(database, stored, new Cached(model, System.nanoTime()));
        return model;
    }

    private Cached cached(GraphDatabaseService database, StoredModel stored) {
        synchronized (models) {
            return models.get(new Key(database.databaseName(), stored.version()));
        }
    }

    private void put(GraphDatabaseService database, StoredModel stored, Cached cached) {
        synchronized (models) {
            models.put(new Key(database.databaseName(), stored.version()), cached);
            if (models.size() > CAPACITY) {
                models.remove(models.keySet().iterator().next());
            }
        }
    }
}
