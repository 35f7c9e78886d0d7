package io.github.whylink.procedures.store;

import io.github.whylink.embedding.facts.Facts;
import io.github.whylink.embedding.kernel.CounterHash;
import io.github.whylink.embedding.train.TrainingSettings;
import io.github.whylink.influence.TrainedModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Which trainings were repeated and found to lead to the rows that are stored, or not.
 *
 * <p>A training is a function of its facts and settings, so that what was found once holds as long as they and the rows are
 * what they were. In memory only: another server may have another build of the plugin.
 */
final class RepeatedTrainings {
    /** What this server found: procedures are made anew for every call, so that they have to meet somewhere. */
    static final RepeatedTrainings OF_THIS_SERVER = new RepeatedTrainings();

    private static final int REMEMBERED = 100;

    private final Map<Key, Boolean> found = new LinkedHashMap<>();

    /** Two numbers of 64 bits that all facts and all rows went into, and what says how they were trained. */
    record Key(long facts, long rows, TrainingSettings settings, int epochs) {}

    static Key key(TrainedModel trained) {
        Facts facts = trained.facts();
        long factsHash = Arrays.hashCode(facts.entityClasses());
        for (int i = 0; i < facts.count(); i++) {
            factsHash = CounterHash.hash(factsHash, facts.key(i), Float.floatToIntBits(facts.weight(i)), 0);
        }
        long rowsHash = hash(
                hash(0, trained.model().parameters().entities()),
                trained.model().parameters().relations());
        // Threads never change the result.
        return new Key(
                factsHash, rowsHash, trained.settings().with().concurrency(1).build(), trained.epochs());
    }

    private static long hash(long seed, float[][] rows) {
        long hash = seed;
        for (float[] row : rows) {
            for (float value : row) {
                hash = CounterHash.hash(hash, Float.floatToRawIntBits(value), 0, 0);
            }
        }
        return hash;
    }

    boolean isRepeatable(Key key, BooleanSupplier repeat) {
        Boolean known;
        synchronized (found) {
            known = found.get(key);
        }
        if (known != null) {
            return known;
        }
        boolean repeatable = repeat.getAsBoolean();
        synchronized (found) {
            found.put(key, repeatable);
            if (found.size() > REMEMBERED) {
                found.remove(found.keySet().iterator().next());
            }
        }
        return repeatable;
    }
}
