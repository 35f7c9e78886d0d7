package io.github.whylink.procedures.store;

import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.neo4j.graphdb.GraphDatabaseService;

/**
 * Models that were used lately, as long as there is memory for them.
 *
 * <p>The key holds the version, so that a model that was dropped and trained again is another one. The version does not
 * change when an entity is deleted from the graph: who meets an entity without a node calls {@link #reload}.
 */
public final class ModelCache {
    /** The cache of this server: procedures are made anew for every call, so that they have to meet somewhere. */
    public static final ModelCache OF_THIS_SERVER = new ModelCache();

    private static final int CAPACITY = 8;

    private final Map<Key, SoftReference<LoadedModel>> models = new LinkedHashMap<>(CAPACITY, 0.75f, true);

    private record Key(String database, String version) {}

    /** Returns the model, from memory if it is there. */
    public LoadedModel get(GraphDatabaseService database, StoredModel stored, Runnable checkCancelled) {
        SoftReference<LoadedModel> cached;
        synchronized (models) {
            cached = models.get(new Key(database.databaseName(), stored.version()));
        }
        LoadedModel model = cached == null ? null : cached.get();
        return model == null ? reload(database, stored, checkCancelled) : model;
    }

    /** Reads the model from the graph again: what is committed, as the calls of all users share it. */
    public LoadedModel reload(GraphDatabaseService database, StoredModel stored, Runnable checkCancelled) {
        LoadedModel model = new InnerTransactions(database)
                .read(transaction -> LoadedModel.of(transaction, stored, checkCancelled));
        synchronized (models) {
            models.put(new Key(database.databaseName(), stored.version()), new SoftReference<>(model));
            if (models.size() > CAPACITY) {
                models.remove(models.keySet().iterator().next());
            }
        }
        return model;
    }
}
